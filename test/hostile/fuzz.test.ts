// A few thousand fuzz runs in every test run; many more by `node dist/test/hostile/fuzz-main.js`.

import { describe, expect, it } from 'vitest';
import { type FuzzKind, fuzzRun } from './fuzz.ts';
import { LegalServer } from './legal-server.ts';
import * as client from './methods.ts';
import { frame, HEADER, method, shortString, u16 } from './wire.ts';

const KINDS: [FuzzKind, number][] = [
  ['typed', 1200],
  ['mutated', 1200],
  ['handshake', 1200],
];

describe('fuzz', () => {
  it.each(KINDS)('%s sessions', { timeout: 60_000 }, (kind, runs) => {
    for (let seed = 1; seed <= runs; seed++) {
      expect(fuzzRun(kind, seed), `${kind} seed ${seed}`).toBeUndefined();
    }
  });
});

describe('the watch over what a server sends', () => {
  const openOk = method(1, 20, 11, Buffer.alloc(4));
  const closed = method(1, 20, 40, u16(404), shortString('NOT_FOUND - x'), u16(0), u16(0));

  function problemOf(...frames: Buffer[]): string | undefined {
    const server = new LegalServer();
    for (const bytes of frames) server.take(bytes);
    return server.problem;
  }

  it('passes a legal conversation', () => {
    expect(problemOf(openOk, method(1, 60, 11), closed, openOk)).toBeUndefined();
  });
  it('flags what no server may send', () => {
    expect(problemOf(client.channelOpen(1))).toContain('channel.open');
    expect(problemOf(method(1, 60, 11))).toContain('not open');
    expect(problemOf(openOk, closed, method(1, 60, 11))).toContain('not open');
    expect(problemOf(client.connectionClose())).toContain('reply code 200');
    expect(problemOf(openOk, frame(HEADER, 1, Buffer.alloc(14)))).toContain('stray');
    expect(problemOf(frame(7, 0, Buffer.alloc(0)))).toContain('type 7');
  });
});
