// The auditor's rules of who gets a message: true histories pass, broken ones are flagged as what they are.

import { describe, expect, it } from 'vitest';
import type { FieldTable } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import type { HistoryEvent } from './history.ts';
import { event, judge, kinds, quiet, received, sent, turn } from './history-fixture.ts';
import { integer, tableOf } from './queue-rules.ts';
import { confirmed, put, readyWith } from './ruled-history.ts';

function consume(queue: string, consumerTag: string, priority = 0): HistoryEvent[] {
  const flags = { noLocal: false, noAck: false, exclusive: false, noWait: false };
  const table: FieldTable = tableOf([['x-priority', integer(priority)]]);
  return [
    received({ id: amqp.BASIC_CONSUME, queue, consumerTag, ...flags, arguments: table }),
    sent({ id: amqp.BASIC_CONSUME_OK, consumerTag }),
  ];
}

function cancel(consumerTag: string): HistoryEvent[] {
  return [
    received({ id: amqp.BASIC_CANCEL, consumerTag, noWait: false }),
    sent({ id: amqp.BASIC_CANCEL_OK, consumerTag }),
  ];
}

function limit(prefetchCount: number): HistoryEvent[] {
  return [
    received({ id: amqp.BASIC_QOS, prefetchSize: 0, prefetchCount, global: false }),
    sent({ id: amqp.BASIC_QOS_OK }),
  ];
}

function out(queue: string, id: string, consumerTag: string, deliveryTag = 1): HistoryEvent[] {
  const names = { exchange: '', routingKey: queue, redelivered: false };
  return [event('sent', { id: amqp.BASIC_DELIVER, consumerTag, deliveryTag, ...names }, id), turn];
}

const message = (queue: string, id = 'm1') => [put(id, queue), ...confirmed(id === 'm1' ? 1 : 2)];

describe('the auditor of consumer priorities', () => {
  const queue = 'active-none';
  const two = [...consume(queue, 'low'), ...limit(1), ...consume(queue, 'high', 3), turn];
  const ready = [...readyWith(queue), ...two, ...message(queue)];
  const full = [...ready, ...out(queue, 'm1', 'high'), ...message(queue, 'm2')];
  const congested = (isCongested: boolean): HistoryEvent => ({
    kind: 'congestion',
    connection: 1,
    isCongested,
  });

  it('passes the higher one, and the lower one while the higher can take no more', () => {
    expect(judge(full, out(queue, 'm2', 'low', 2))).toEqual([]);
    expect(judge(ready, congested(true), turn, out(queue, 'm1', 'low'))).toEqual([]);
  });
  it('flags the lower one while the higher can take one', () => {
    expect(kinds(ready, out(queue, 'm1', 'low'))).toEqual(['consumer']);
    const again = [congested(true), turn, congested(false), turn];
    expect(kinds(ready, again, out(queue, 'm1', 'low'))).toEqual(['consumer']);
  });
});

describe('the auditor of single active consumers', () => {
  const queue = 'active-one';
  const three = ['first', 'low', 'high'].map((tag, at) => consume(queue, tag, [0, 1, 2][at]));
  const ready = [...readyWith(queue), ...three.flat(), turn, ...message(queue)];

  it('passes the one that came first, whatever the priorities', () => {
    expect(judge(ready, out(queue, 'm1', 'first'))).toEqual([]);
    expect(kinds(ready, out(queue, 'm1', 'high'))).toEqual(['consumer']);
  });
  it('passes the one of highest priority once the active one has left', () => {
    expect(judge(ready, cancel('first'), out(queue, 'm1', 'high'))).toEqual([]);
    expect(kinds(ready, cancel('first'), out(queue, 'm1', 'low'))).toEqual(['consumer']);
  });
  it('flags a message that waits for the active one, not one that waits for the others', () => {
    expect(kinds(ready, quiet)).toEqual(['stuck']);
    const busy = [...readyWith(queue), ...limit(1), ...consume(queue, 'first'), ...limit(0)];
    const all = [...busy, ...consume(queue, 'next'), turn, ...message(queue)];
    const one = [...out(queue, 'm1', 'first'), ...message(queue, 'm2')];
    expect(judge(all, one, quiet)).toEqual([]);
  });
});
