// The auditor's rules of message groups: true histories pass, broken ones are flagged as what they are.

import { describe, expect, it } from 'vitest';
import { EMPTY_TABLE } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import type { HistoryEvent } from './history.ts';
import {
  commit,
  confirm,
  crash,
  event,
  getEmpty,
  judge,
  kinds,
  open,
  quiet,
  received,
  select,
  turn,
} from './history-fixture.ts';
import { declareQueue } from './world-names.ts';

const queue = 'group-durable';
const names = { exchange: '', routingKey: queue } as const;

function declare(messageCount = 0, connection = 1): HistoryEvent[] {
  const reply = { id: amqp.QUEUE_DECLARE_OK, queue, messageCount, consumerCount: 0 } as const;
  return [
    received(declareQueue(queue, -1), undefined, connection),
    event('sent', reply, undefined, connection),
  ];
}

function put(id: string, group?: string): HistoryEvent {
  const method = { id: amqp.BASIC_PUBLISH, ...names, mandatory: false, immediate: false } as const;
  return event('received', method, id, 1, group === undefined ? {} : { headers: { group } });
}

function consume(consumerTag: string): HistoryEvent[] {
  const flags = { noLocal: false, noAck: false, exclusive: false, noWait: false };
  const method = { id: amqp.BASIC_CONSUME, queue, consumerTag, ...flags, arguments: EMPTY_TABLE };
  return [
    received(method as amqp.BasicConsume),
    event('sent', { id: amqp.BASIC_CONSUME_OK, consumerTag }),
  ];
}

function out(
  id: string,
  group: string | undefined,
  tag: number,
  consumerTag = 'one',
  again = false,
) {
  const base = {
    id: amqp.BASIC_DELIVER,
    consumerTag,
    deliveryTag: tag,
    redelivered: again,
  } as const;
  const headers = group === undefined ? {} : { headers: { group } };
  return event('sent', { ...base, ...names }, id, 1, headers);
}

function got(id: string, group: string, tag: number, connection = 1): HistoryEvent[] {
  const base = { id: amqp.BASIC_GET_OK, deliveryTag: tag, redelivered: false } as const;
  return [
    received({ id: amqp.BASIC_GET, queue, noAck: false }, undefined, connection),
    event('sent', { ...base, ...names, messageCount: 0 }, id, connection, { headers: { group } }),
  ];
}

const settle = (deliveryTag: number): HistoryEvent =>
  received({ id: amqp.BASIC_ACK, deliveryTag, multiple: false });
const giveBack = (deliveryTag: number): HistoryEvent =>
  received({ id: amqp.BASIC_NACK, deliveryTag, multiple: false, requeue: true });

/** Two messages of group a with one of b between them, and two consumers. */
const three = [
  ...open(),
  ...declare(),
  ...commit,
  ...select,
  put('a1', 'a'),
  put('b1', 'b'),
  put('a2', 'a'),
  ...commit,
  confirm(3, true),
  turn,
];
const two = [...three, ...consume('one'), ...consume('two'), turn];

describe('the auditor passes', () => {
  it('a group at one consumer, and at the next once it is settled', () => {
    const held = [out('a1', 'a', 1), out('b1', 'b', 2, 'two'), out('a2', 'a', 3), turn];
    expect(judge(two, held, quiet)).toEqual([]);
    const moved = [out('a1', 'a', 1), turn, settle(1), out('a2', 'a', 2, 'two'), turn];
    expect(judge(two, moved)).toEqual([]);
  });
  it('another group that overtakes, and a message that was given back in its place', () => {
    const back = [out('a1', 'a', 1), turn, giveBack(1), out('a1', 'a', 2, 'two', true), turn];
    expect(judge(two, out('b1', 'b', 1, 'two'), turn)).toEqual([]);
    expect(judge(two, back, out('a2', 'a', 3, 'two'), turn)).toEqual([]);
  });
  it('messages without a group in any order, at several consumers', () => {
    const loose = [...two, put('m1'), put('m2'), turn];
    expect(judge(loose, out('m2', undefined, 1), out('m1', undefined, 2, 'two'), turn)).toEqual([]);
  });
  it('an empty get while all groups are held', () => {
    const get = received({ id: amqp.BASIC_GET, queue, noAck: false });
    const held = [got('a1', 'a', 1), got('b1', 'b', 2)].flat();
    expect(judge(three, held, get, getEmpty(), turn)).toEqual([]);
  });
});

describe('the auditor flags', () => {
  it('a group at two consumers', () => {
    expect(kinds(two, out('a1', 'a', 1), out('a2', 'a', 2, 'two'), turn)).toEqual(['group']);
  });
  it('a group at a consumer and a get, and at two gets', () => {
    expect(kinds(two, out('a1', 'a', 1), turn, got('a2', 'a', 2))).toEqual(['group']);
    expect(kinds(three, got('a1', 'a', 1), got('a2', 'a', 2), turn)).toEqual(['group']);
  });
  it('disorder within a group', () => {
    expect(kinds(two, out('a2', 'a', 1), turn)).toEqual(['group']);
  });
  it('a later message before one that was given back', () => {
    const back = [out('a1', 'a', 1), turn, giveBack(1), out('a2', 'a', 2, 'two')];
    expect(kinds(two, back, turn)).toEqual(['group']);
  });
  it('disorder after a restart', () => {
    const again = [...open(2), ...declare(3, 2), ...commit];
    expect(kinds(three, crash, again, got('a2', 'a', 1, 2), turn)).toEqual(['group']);
    expect(judge(three, crash, again, got('a1', 'a', 1, 2))).toEqual([]);
  });
  it('a group that waits although nobody holds it', () => {
    expect(kinds(two, out('a1', 'a', 1), turn, settle(1), turn, quiet)).toEqual(['stuck']);
    const get = received({ id: amqp.BASIC_GET, queue, noAck: false });
    expect(kinds(three, got('a1', 'a', 1), get, getEmpty())).toEqual(['lost']);
  });
});
