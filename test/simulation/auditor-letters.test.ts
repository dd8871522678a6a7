// The auditor's rules of dead letters that go through an exchange, to several queues and with several keys:
// true histories pass, broken ones are flagged as what they are.

import { describe, expect, it } from 'vitest';
import type { Content, HistoryEvent, SeenDeath, SeenHeaders } from './history.ts';
import { judge, kinds, quiet } from './history-fixture.ts';
import { confirmed, declare, exchange, got, gotNothing, put, readyWith } from './ruled-history.ts';

const bindings: [string, string][] = [
  ['death-0', 'death-keys'],
  ['death-1', 'two'],
  ['death-0', 'all'],
  ['death-chain', 'all'],
  ['death-cycle', 'loop'],
  ['death-0', 'loop'],
];
const queues = [...['death-keys', 'death-all', 'death-cycle', 'death-0', 'death-1'], 'death-chain'];
const world = [
  ...readyWith(...queues, 'durable-safe'),
  ...exchange('death-exchange', 'direct', bindings),
];
const later = { pauseMs: 110 };
const drained: HistoryEvent = { kind: 'drained' };

function died(queue: string, changes: Partial<SeenDeath> = {}): SeenDeath {
  const first = { queue, reason: 'expired', count: 1, exchange: '', routingKeys: [queue] };
  return { ...first, timeSeconds: 1_800_000_000, originalExpiration: undefined, ...changes };
}

let tag = 0;
/** The dead letter comes out of a queue to which that key led it. */
function letter(queue: string, routingKey: string, deaths: SeenDeath[], headers?: SeenHeaders) {
  const from = { queue, routingKey, exchange: 'death-exchange', tag: ++tag };
  const content: Partial<Content> = headers === undefined ? { deaths } : { deaths, headers };
  return got('m1', from, content);
}

function history(...parts: (HistoryEvent[] | HistoryEvent | typeof later)[]) {
  tag = 0;
  return [[...world], ...parts.flat()];
}

describe('the auditor of dead letters through an exchange', () => {
  const copies = { headers: { CC: ['two'], BCC: ['none'] } };
  const stored = [put('m1', 'death-keys', copies), ...confirmed(1)];
  const keys = died('death-keys', { routingKeys: ['death-keys', 'two'] });
  const out = (queue: string, headers: SeenHeaders = { CC: ['two'] }) =>
    letter(queue, 'death-keys', [keys], headers);

  it('passes one that goes to the queues of all its keys', () => {
    const both = history(stored, later, out('death-0'), out('death-1'), drained);
    expect(judge(...both)).toEqual([]);
  });
  it('flags one that reaches only one of them', () => {
    const one = history(stored, later, out('death-0'), gotNothing('death-1'), drained);
    expect(kinds(...one)).toEqual(['lost']);
  });
  it('flags one that comes to a queue to which none of its keys leads', () => {
    expect(kinds(...history(stored, later, out('death-chain')))).toEqual(['death']);
  });
  it('flags a BCC that is seen, and an x-death without the keys of CC', () => {
    const seen = out('death-0', { CC: ['two'], BCC: ['none'] });
    expect(kinds(...history(stored, later, seen))).toEqual(['corrupt']);
    const bare = letter('death-0', 'death-keys', [died('death-keys')], { CC: ['two'] });
    expect(kinds(...history(stored, later, bare))).toEqual(['death']);
  });
  it('follows one through two queues', () => {
    const deaths = [died('death-all')];
    const again = died('death-chain', { exchange: 'death-exchange', routingKeys: ['all'] });
    const first = [put('m1', 'death-all'), ...confirmed(1)];
    const end = (chain: SeenDeath[]) =>
      got('m1', { queue: 'durable-safe', tag: ++tag }, { deaths: chain });
    const all = history(
      first,
      later,
      later,
      letter('death-0', 'all', deaths),
      end([again, ...deaths]),
    );
    expect(judge(...all, drained)).toEqual([]);
    const lost = history(first, later, later, letter('death-0', 'all', deaths), quiet, drained);
    expect(kinds(...lost)).toEqual(['lost']);
  });
  it('knows that nothing comes back to where it died', () => {
    const first = [put('m1', 'death-cycle'), ...confirmed(1)];
    const deaths = [died('death-cycle')];
    expect(judge(...history(first, later, letter('death-0', 'loop', deaths), drained))).toEqual([]);
    const back = history(first, later, letter('death-cycle', 'loop', deaths));
    expect(kinds(...back)).toContain('death');
  });
  it('flags a CC that is kept although the key was replaced', () => {
    const first = [put('m1', 'death-all', { headers: { CC: ['two'] } }), ...confirmed(1)];
    const deaths = [died('death-all', { routingKeys: ['death-all', 'two'] })];
    expect(judge(...history(first, later, letter('death-0', 'all', deaths)))).toEqual([]);
    const kept = history(first, later, letter('death-0', 'all', deaths, { CC: ['two'] }));
    expect(kinds(...kept)).toEqual(['corrupt']);
  });
  it('flags more octets than a queue may hold', () => {
    const queue = 'death-drop';
    const big = (id: string) => {
      const event = put(id, queue) as HistoryEvent & { kind: 'received' };
      return { ...event, content: { body: Buffer.from(id.padEnd(900, '|')), isPersistent: true } };
    };
    const two = [...readyWith(queue), big('m1'), big('m2'), ...confirmed(2)];
    expect(judge(two, declare(queue, 1))).toEqual([]);
    expect(kinds(two, declare(queue, 2))).toEqual(['count']);
  });
});
