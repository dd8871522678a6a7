// The verdict over a correct history is clean, and each kind of broken history is named as what it is.

import { describe, expect, it } from 'vitest';
import { failuresOf, Ledger } from './ledger.ts';

/** Two messages, confirmed, each routed to two queues. */
function ledger(): Ledger {
  const kept = new Ledger();
  for (const id of ['p:1', 'p:2'] as const) {
    kept.published(id, ['a', 'b']);
    kept.confirmed(id);
  }
  return kept;
}

/** Everything comes out of both queues in the end. */
function drain(kept: Ledger, except?: string): Ledger {
  for (const queue of ['a', 'b']) {
    for (const id of ['p:1', 'p:2'] as const) {
      if (`${id} in ${queue}` !== except) kept.drained(id, queue, 9, true);
    }
  }
  return kept;
}

const failures = (kept: Ledger): string[] =>
  failuresOf(kept.verdict()).map((text) => text.slice(0, text.indexOf(':')));

describe('the ledger', () => {
  it('is content when everything comes out', () => {
    const kept = drain(ledger());
    expect(failures(kept)).toEqual([]);
    expect(kept.verdict()).toMatchObject({
      publishedCount: 2,
      confirmedCount: 2,
      deliveredCount: 4,
    });
  });
  it('allows repeats behind a reconnect and what was never answered', () => {
    const kept = ledger();
    kept.published('p:3', ['a', 'b']);
    kept.delivered('p:1', 'a', 1, false);
    kept.delivered('p:1', 'a', 2, false);
    kept.delivered('p:3', 'b', 2, false);
    expect(failures(drain(kept))).toEqual([]);
    expect(kept.verdict()).toMatchObject({ duplicateCount: 2, recoveredCount: 1 });
  });
  it('counts an acknowledged message as handed over', () => {
    const kept = ledger();
    kept.delivered('p:1', 'a', 1, false);
    kept.settled('p:1', 'a');
    expect(failures(drain(kept, 'p:1 in a'))).toEqual([]);
  });
  it('names a confirmed message that is gone, also from one queue of several', () => {
    expect(drain(ledger(), 'p:2 in b').verdict().lost).toEqual(['p:2 in b']);
  });
  it('names a message that was delivered, not acknowledged, and is gone', () => {
    const kept = ledger();
    kept.delivered('p:1', 'a', 1, false);
    expect(drain(kept, 'p:1 in a').verdict().lost).toEqual(['p:1 in a']);
  });
  it('names what was never published, or not there', () => {
    const kept = ledger();
    kept.published('p:3', ['a']);
    kept.delivered('x:1', 'a', 1, false);
    kept.delivered('p:3', 'b', 1, false);
    expect(kept.verdict().unexpected).toEqual(['x:1 in a', 'p:3 in b']);
  });
  it('names a repeat without the flag on one connection', () => {
    const kept = ledger();
    kept.delivered('p:1', 'a', 1, false);
    kept.delivered('p:1', 'a', 1, false);
    expect(failures(drain(kept))).toEqual(['unflagged']);
  });
  it('names first deliveries out of order', () => {
    const kept = ledger();
    kept.delivered('p:2', 'a', 1, false);
    kept.delivered('p:1', 'a', 1, false);
    expect(failures(drain(kept))).toEqual(['misordered']);
  });
  it('names changed bodies and false confirms', () => {
    const kept = drain(ledger());
    kept.corrupt('p:1', 'a');
    kept.confirmed('p:1');
    kept.confirmed('q:1');
    expect(failures(kept)).toEqual(['corrupt', 'false confirms']);
    expect(kept.verdict().falseConfirms).toEqual(['p:1', 'q:1']);
  });
});
