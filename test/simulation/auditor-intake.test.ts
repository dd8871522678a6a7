// The auditor's rules of delays and deduplication: true histories pass, broken ones are flagged as what
// they are.

import { describe, expect, it } from 'vitest';
import * as amqp from '../../src/protocol/generated/methods.ts';
import type { HistoryEvent } from './history.ts';
import { crash, judge, kinds, open, quiet, selectOn, sent } from './history-fixture.ts';
import { confirmed, declare, exchange, got, gotNothing, put, readyWith } from './ruled-history.ts';
import { EPOCH_MS } from './simulated-clock.ts';

const queue = 'delay-queue';
const asked = { headers: { 'x-delay': 40 } };
const released = { headers: { 'x-delay': -40 } };
const held = [...readyWith(queue), put('m1', queue, asked), ...confirmed(1)];
const later = { pauseMs: 50 };

const fanout = [
  ...readyWith('delay-0', 'delay-1'),
  ...exchange('delay-fanout', 'fanout', [
    ['delay-0', ''],
    ['delay-1', ''],
  ]),
];
const spread = [...fanout, put('m1', 'all', asked, 'delay-fanout'), ...confirmed(1)];
const from = { exchange: 'delay-fanout', routingKey: 'all' };

describe('the auditor passes', () => {
  it('a message that comes out at its time, told by the sign of its delay', () => {
    expect(judge(held, later, got('m1', { queue, tag: 1 }, released))).toEqual([]);
  });
  it('a message that is held until a given time', () => {
    const at = { headers: { 'x-deliver-at': EPOCH_MS + 40 } };
    const publish = [...readyWith(queue), put('m1', queue, at), ...confirmed(1)];
    expect(judge(publish, later, quiet, got('m1', { queue, tag: 1 }, at))).toEqual([]);
    expect(kinds(publish, got('m1', { queue, tag: 1 }, at))).toEqual(['delay']);
  });
  it('a delay of nothing', () => {
    const none = { headers: { 'x-delay': 0 } };
    const publish = [...readyWith(queue), put('m1', queue, none), ...confirmed(1)];
    expect(judge(publish, got('m1', { queue, tag: 1 }, none))).toEqual([]);
  });
  it('a held message in all queues of its exchange, also after a crash', () => {
    const again = [...open(2), ...declare('delay-0', 0, 2), ...declare('delay-1', 0, 2)];
    const zero = got('m1', { ...from, queue: 'delay-0', tag: 1, connection: 2 }, released);
    const one = got('m1', { ...from, queue: 'delay-1', tag: 2, connection: 2 }, released);
    expect(judge(spread, crash, again, later, zero, one)).toEqual([]);
  });
});

describe('the auditor flags', () => {
  it('a delivery before its time', () => {
    expect(kinds(held, got('m1', { queue, tag: 1 }, released))).toEqual(['delay']);
  });
  it('a delay that counts again, or was never told of', () => {
    expect(kinds(held, later, got('m1', { queue, tag: 1 }, asked))).toEqual(['corrupt']);
  });
  it('a message that is held for ever, or got lost', () => {
    expect(kinds(held, quiet)).toEqual(['stuck']);
    expect(kinds(held, later, quiet, gotNothing(queue))).toEqual(['lost']);
    const again = [...open(2), ...declare(queue, 0, 2)];
    expect(kinds(held, crash, again, later, quiet, gotNothing(queue, 2))).toEqual(['lost']);
  });
  it('a message that comes out twice', () => {
    const twice = [1, 2].map((tag) => got('m1', { queue, tag }, released));
    expect(kinds(held, later, ...twice)).toEqual(['duplicate']);
  });
  it('a message that reaches only one of its queues', () => {
    const zero = got('m1', { ...from, queue: 'delay-0', tag: 1 }, released);
    expect(kinds(spread, later, quiet, zero, gotNothing('delay-1'))).toEqual(['lost']);
  });
  it('a confirm for what is held and not durable', () => {
    const publish = [...readyWith(queue), put('m1', queue, asked)];
    const confirm = sent({ id: amqp.BASIC_ACK, deliveryTag: 1, multiple: false });
    expect(kinds(publish, confirm, { kind: 'turnEnded' })).toEqual(['confirm']);
  });
  it('more messages than can be due', () => {
    expect(kinds(held, declare(queue, 1))).toEqual(['count']);
    expect(judge(held, later, declare(queue, 1))).toEqual([]);
    expect(kinds(held, later, quiet, declare(queue, 0))).toEqual(['count']);
  });
});

describe('the auditor of duplicates', () => {
  const name = 'dedup-queue';
  const key = { headers: { 'x-deduplication-header': 'k' } };
  const one = got('m1', { queue: name, tag: 1 }, key);
  const both = [...readyWith(name), put('m1', name, key), put('m2', name, key)];
  const durable = [...both, ...confirmed(2)];
  const again = [...open(2), ...declare(name, 0, 2), ...selectOn(2)];
  const withOne = [...open(2), ...declare(name, 1, 2)];
  const retry = (id: string) => put(id, name, key, '', 2);
  /** m1 may have been stored when the broker died; m2 repeats it and is confirmed. */
  const open1 = [...readyWith(name), put('m1', name, key), crash, ...again];
  const repeated = [...open1, retry('m2'), ...confirmed(1, 2)];
  const gotAgain = (id: string, tag: number) => got(id, { queue: name, tag, connection: 2 }, key);
  const drained: HistoryEvent = { kind: 'drained' };

  it('passes the first of two', () => {
    expect(judge(durable, one, gotNothing(name), drained)).toEqual([]);
  });
  it('flags the second, also after a crash', () => {
    expect(kinds(durable, one, got('m2', { queue: name, tag: 2 }, key))).toEqual(['duplicate']);
    expect(kinds(durable, crash, withOne, gotAgain('m2', 1))).toEqual(['duplicate']);
  });
  it('flags the loss of the first, which the confirm of the second promised', () => {
    expect(kinds(durable, crash, withOne, gotNothing(name, 2))).toEqual(['lost']);
  });
  it('flags a confirm of the second before the first is durable', () => {
    const early = [...both, sent({ id: amqp.BASIC_ACK, deliveryTag: 2, multiple: true })];
    expect(kinds(early, { kind: 'turnEnded' })).toEqual(['confirm']);
  });
  it('passes either of a message and what repeats it after a crash', () => {
    expect(judge(repeated, gotAgain('m1', 1), gotNothing(name, 2), drained)).toEqual([]);
    expect(judge(repeated, gotAgain('m2', 1), gotNothing(name, 2), drained)).toEqual([]);
  });
  it('flags both of them, and none', () => {
    expect(kinds(repeated, gotAgain('m1', 1), gotAgain('m2', 2))).toEqual(['duplicate']);
    expect(kinds(repeated, gotAgain('m2', 1), gotAgain('m1', 2))).toEqual(['duplicate']);
    expect(kinds(repeated, gotNothing(name, 2), drained)).toEqual(['lost']);
  });
  it('passes one more after the time of the window, and flags its loss', () => {
    const queue = 'dedup-ttl';
    const before = [...readyWith(queue), put('m1', queue, key)];
    const window = { pauseMs: 60 };
    const after = [put('m2', queue, key), ...confirmed(2)];
    const first = got('m1', { queue, tag: 1 }, key);
    expect(judge(before, window, after, first, got('m2', { queue, tag: 2 }, key))).toEqual([]);
    expect(kinds(before, window, after, first, gotNothing(queue))).toEqual(['lost']);
  });
  it('knows which keys are pushed out of a small window', () => {
    const queue = 'dedup-small';
    const named = (value: string) => ({ headers: { key: value } });
    const puts = ['a', 'b', 'c', 'a', 'c'].map((value, at) => put(`m${at}`, queue, named(value)));
    const all = [...readyWith(queue), ...puts, ...confirmed(5)];
    const four = ['a', 'b', 'c', 'a'].flatMap((value, at) =>
      got(`m${at}`, { queue, tag: at + 1 }, named(value)),
    );
    expect(judge(all, four, gotNothing(queue))).toEqual([]);
    expect(kinds(all, four, got('m4', { queue, tag: 5 }, named('c')))).toEqual(['duplicate']);
  });
});
