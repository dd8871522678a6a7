// The auditor's rules of what is given back: how often it may be, what is told of it, how long it waits. True
// histories pass, broken ones are flagged as what they are.

import { describe, expect, it } from 'vitest';
import * as amqp from '../../src/protocol/generated/methods.ts';
import type { HistoryEvent } from './history.ts';
import {
  commit,
  crash,
  event,
  judge,
  kinds,
  open,
  quiet,
  received,
  turn,
} from './history-fixture.ts';
import { confirmed, declare, gotNothing, put, readyWith } from './ruled-history.ts';

const pause = (pauseMs: number) => ({ pauseMs });

/** A get with acknowledgement that finds the message. */
function out(queue: string, tag: number, deliveryCount = 0, connection = 1, isAgain = tag > 1) {
  const names = { exchange: '', routingKey: queue, redelivered: isAgain, messageCount: 0 };
  const method = { id: amqp.BASIC_GET_OK, deliveryTag: tag, ...names } as const;
  const count = deliveryCount === 0 ? {} : { deliveryCount };
  return [
    received({ id: amqp.BASIC_GET, queue, noAck: false }, undefined, connection),
    event('sent', method, 'm1', connection, count),
    turn,
  ];
}

const nack = (deliveryTag: number): HistoryEvent =>
  received({ id: amqp.BASIC_NACK, deliveryTag, multiple: false, requeue: true });
const reject = (deliveryTag: number): HistoryEvent =>
  received({ id: amqp.BASIC_REJECT, deliveryTag, requeue: true });

function stored(queue: string, isPersistent = true): HistoryEvent[] {
  return [...readyWith(queue), put('m1', queue, { isPersistent }), ...confirmed(1)];
}

describe('the auditor of returns', () => {
  const queue = 'retry-limit';

  it('passes one that comes out once more than the limit, each time with its count', () => {
    const all = [out(queue, 1), nack(1), out(queue, 2, 1), reject(2), out(queue, 3, 2)].flat();
    expect(judge(stored(queue), all)).toEqual([]);
  });
  it('flags one that comes out more often, and a count that is wrong', () => {
    const all = [out(queue, 1), nack(1), out(queue, 2, 1), nack(2), out(queue, 3, 2), nack(3)];
    expect(kinds(stored(queue), all.flat(), out(queue, 4, 2))).toEqual(['returns']);
    expect(kinds(stored(queue), out(queue, 1), nack(1), out(queue, 2, 2))).toEqual(['returns']);
    expect(kinds(stored(queue), out(queue, 1), nack(1), out(queue, 2))).toEqual(['returns']);
  });
  it('flags a count that is gone after a crash although it was durable', () => {
    const returned = [...stored(queue), ...out(queue, 1), nack(1), turn];
    const again = [...open(2), ...declare(queue, 1, 2)];
    const next = (count: number) => [...again, ...out(queue, 1, count, 2, true)];
    expect(judge(returned, commit, crash, next(1))).toEqual([]);
    expect(kinds(returned, commit, crash, next(0))).toEqual(['returns']);
    expect(judge(returned, crash, next(0))).toEqual([]);
  });
  it('flags a retry before its time, which grows with the returns', () => {
    const slow = 'retry-linear';
    const once = [...stored(slow), ...out(slow, 1), nack(1)];
    expect(kinds(once, pause(29), out(slow, 2, 1))).toEqual(['delay']);
    expect(judge(once, pause(30), out(slow, 2, 1))).toEqual([]);
    const second = [...out(slow, 2, 1), nack(2)];
    expect(kinds(once, pause(30), second, pause(59), out(slow, 3, 2))).toEqual(['delay']);
    expect(judge(once, pause(30), second, pause(60), out(slow, 3, 2))).toEqual([]);
  });
  it('knows which returns wait', () => {
    const failed = 'retry-failed';
    expect(judge(stored(failed), out(failed, 1), nack(1), out(failed, 2, 1))).toEqual([]);
    expect(kinds(stored(failed), out(failed, 1), reject(1), out(failed, 2, 1))).toEqual(['delay']);
  });
  it('flags one that waits without a timer, and one that got lost', () => {
    const slow = 'retry-linear';
    const once = [...stored(slow), ...out(slow, 1), nack(1)];
    expect(kinds(once, quiet)).toEqual(['stuck']);
    expect(kinds(once, pause(30), quiet, gotNothing(slow))).toEqual(['lost']);
  });
  it('knows that a group waits with its message, and no other group', () => {
    const group = 'retry-group';
    const in1 = (name: string) => ({ isPersistent: true, headers: { group: name } });
    const withTwo = (other: string) => [
      ...readyWith(group),
      put('m1', group, in1('a')),
      put('m2', group, in1(other)),
      ...confirmed(2),
    ];
    const names = { exchange: '', routingKey: group, redelivered: false, messageCount: 1 };
    const found = { id: amqp.BASIC_GET_OK, deliveryTag: 1, ...names } as const;
    const get = received({ id: amqp.BASIC_GET, queue: group, noAck: false });
    const taken = event('sent', found, 'm1', 1, { headers: { group: 'a' } });
    const back = [get, taken, turn, nack(1), turn];
    expect(judge(withTwo('a'), back, gotNothing(group))).toEqual([]);
    expect(kinds(withTwo('b'), back, gotNothing(group))).toEqual(['lost']);
  });
  it('knows that a quorum queue keeps transient messages', () => {
    const name = 'retry-quorum';
    const again = [...open(2), ...declare(name, 1, 2)];
    const none = [...open(2), ...declare(name, 0, 2), ...gotNothing(name, 2)];
    const early = event('sent', { id: amqp.BASIC_ACK, deliveryTag: 1, multiple: false });
    expect(judge(stored(name, false), crash, again)).toEqual([]);
    expect(kinds(stored(name, false), crash, none, { kind: 'drained' })).toContain('lost');
    const published = [...readyWith(name), put('m1', name, { isPersistent: false })];
    expect(kinds(published, early, turn)).toEqual(['confirm']);
  });
});
