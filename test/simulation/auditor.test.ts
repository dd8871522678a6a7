// The auditor itself: a correct history passes, and each kind of broken history is flagged as what it is.

import { describe, expect, it } from 'vitest';
import { EMPTY_TABLE } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { Auditor } from './auditor.ts';
import type { HistoryEvent } from './history.ts';
import { bindQueue, declareExchange, declareQueue, EXCHANGES } from './world-names.ts';

const QUEUE = 'durable-0';
const TOPIC = EXCHANGES[2];

function event(
  kind: 'received' | 'sent',
  method: amqp.Method,
  id?: string,
  connection = 1,
): HistoryEvent {
  const base = { kind, connection, channel: 1, method };
  if (id === undefined) return base;
  return { ...base, content: { body: Buffer.from(`${id}|body`), isPersistent: true } };
}
const received = (method: amqp.Method, id?: string, connection = 1): HistoryEvent =>
  event('received', method, id, connection);
const sent = (method: amqp.Method, id?: string, connection = 1): HistoryEvent =>
  event('sent', method, id, connection);

const turn: HistoryEvent = { kind: 'turnEnded' };
const quiet: HistoryEvent = { kind: 'quiet' };
const crash: HistoryEvent = { kind: 'crashed' };
const commit: HistoryEvent[] = [{ kind: 'commitStarted' }, turn, { kind: 'commitDurable' }];

function open(connection = 1): HistoryEvent[] {
  return [
    received({ id: amqp.CHANNEL_OPEN }, undefined, connection),
    sent({ id: amqp.CHANNEL_OPEN_OK }, undefined, connection),
  ];
}

function declared(messageCount = 0, connection = 1): HistoryEvent[] {
  const reply = {
    id: amqp.QUEUE_DECLARE_OK,
    queue: QUEUE,
    messageCount,
    consumerCount: 0,
  } as const;
  return [
    received(declareQueue(QUEUE, -1), undefined, connection),
    sent(reply, undefined, connection),
  ];
}

const select: HistoryEvent[] = [
  received({ id: amqp.CONFIRM_SELECT, noWait: false }),
  sent({ id: amqp.CONFIRM_SELECT_OK }),
];

function publish(
  id: string,
  exchange = '',
  routingKey: string = QUEUE,
  mandatory = false,
): HistoryEvent {
  return received(
    { id: amqp.BASIC_PUBLISH, exchange, routingKey, mandatory, immediate: false },
    id,
  );
}

function confirm(deliveryTag: number, multiple = false): HistoryEvent {
  return sent({ id: amqp.BASIC_ACK, deliveryTag, multiple });
}

function consume(tag: string, noAck = false): HistoryEvent[] {
  const rest = { noLocal: false, exclusive: false, noWait: false, arguments: EMPTY_TABLE };
  return [
    received({ id: amqp.BASIC_CONSUME, queue: QUEUE, consumerTag: tag, noAck, ...rest }),
    sent({ id: amqp.BASIC_CONSUME_OK, consumerTag: tag }),
  ];
}

function deliver(
  id: string,
  deliveryTag: number,
  redelivered = false,
  consumerTag = 'tag',
): HistoryEvent {
  const names = { exchange: '', routingKey: QUEUE };
  return sent({ id: amqp.BASIC_DELIVER, consumerTag, deliveryTag, redelivered, ...names }, id);
}

function ack(deliveryTag: number): HistoryEvent {
  return received({ id: amqp.BASIC_ACK, deliveryTag, multiple: false });
}

function get(noAck = true, connection = 1): HistoryEvent {
  return received({ id: amqp.BASIC_GET, queue: QUEUE, noAck }, undefined, connection);
}

function getOk(id: string, deliveryTag: number, redelivered = false, connection = 1): HistoryEvent {
  const names = { exchange: '', routingKey: QUEUE, messageCount: 0 };
  return sent({ id: amqp.BASIC_GET_OK, deliveryTag, redelivered, ...names }, id, connection);
}

const getEmpty = (connection = 1): HistoryEvent =>
  sent({ id: amqp.BASIC_GET_EMPTY }, undefined, connection);

function judge(...events: (HistoryEvent | HistoryEvent[])[]): string[] {
  const auditor = new Auditor();
  for (const one of events.flat()) auditor.handle(one);
  return auditor.violations;
}

function kinds(...events: (HistoryEvent | HistoryEvent[])[]): string[] {
  return [...new Set(judge(...events).map((text) => text.slice(0, text.indexOf(':'))))];
}

const ready = [...open(), ...declared(), ...commit];
const stored = [...ready, ...select, publish('m1'), ...commit, confirm(1), turn];

describe('the auditor passes', () => {
  it('publish, confirm, consume, acknowledge', () => {
    expect(judge(stored, consume('tag'), deliver('m1', 1), turn, ack(1), commit, quiet)).toEqual(
      [],
    );
  });
  it('a confirmed message that comes back after a crash', () => {
    expect(
      judge(stored, crash, open(2), declared(1, 2), get(true, 2), getOk('m1', 1, false, 2), turn),
    ).toEqual([]);
  });
  it('the loss of what was not durable', () => {
    expect(
      judge(ready, publish('m1'), turn, crash, open(2), declared(0, 2), get(true, 2), getEmpty(2)),
    ).toEqual([]);
  });
  it('a delivery in the turn of its confirm that needs no commit', () => {
    const noAck = consume('tag', true);
    expect(
      judge(ready, select, noAck, publish('m1'), confirm(1), deliver('m1', 1), turn, quiet),
    ).toEqual([]);
  });
  it('a settled message that comes back because its end was not durable', () => {
    const settled = [consume('tag'), deliver('m1', 1), turn, ack(1), turn].flat();
    expect(judge(stored, settled, crash, open(2), declared(1, 2))).toEqual([]);
  });
  it('a requeue to the original place', () => {
    const nack = received({ id: amqp.BASIC_NACK, deliveryTag: 1, multiple: false, requeue: true });
    expect(
      judge(stored, consume('tag'), deliver('m1', 1), turn, nack, deliver('m1', 2, true), turn),
    ).toEqual([]);
  });
});

describe('the auditor flags', () => {
  it('a confirmed message that is gone after a crash', () => {
    expect(kinds(stored, crash, open(2), get(true, 2), getEmpty(2))).toEqual(['lost']);
  });
  it('a message that is gone without a crash', () => {
    expect(kinds(ready, publish('m1'), turn, get(), getEmpty())).toEqual(['lost']);
  });
  it('a count that is too small', () => {
    expect(kinds(stored, declared(0))).toEqual(['count']);
  });
  it('a message nobody published', () => {
    expect(kinds(ready, consume('tag'), deliver('ghost', 1), turn)).toEqual(['unexpected']);
  });
  it('a delivery to nobody', () => {
    expect(kinds(stored, deliver('m1', 1), turn)).toEqual(['unexpected']);
  });
  it('a body that changed', () => {
    const flipped = deliver('m1', 1);
    const content = { body: Buffer.from('m1|bOdy'), isPersistent: true };
    expect(kinds(stored, consume('tag'), { ...flipped, content } as HistoryEvent)).toEqual([
      'corrupt',
    ]);
  });
  it('a message delivered twice', () => {
    expect(kinds(stored, consume('tag'), deliver('m1', 1), deliver('m1', 2))).toContain(
      'duplicate',
    );
  });
  it('a settled message that comes back', () => {
    const settled = [consume('tag'), deliver('m1', 1), turn, ack(1), turn, commit].flat();
    expect(kinds(stored, settled, crash, open(2), declared(1, 2))).toEqual(['count']);
    expect(kinds(stored, settled, deliver('m1', 2, true), turn)).toEqual(['duplicate']);
  });
  it('a redelivery without its flag, and a flag without a delivery', () => {
    const nack = received({ id: amqp.BASIC_NACK, deliveryTag: 1, multiple: false, requeue: true });
    expect(kinds(stored, consume('tag'), deliver('m1', 1), nack, deliver('m1', 2))).toEqual([
      'redelivered',
    ]);
    expect(kinds(stored, consume('tag'), deliver('m1', 1, true))).toEqual(['redelivered']);
  });
  it('messages out of order', () => {
    const both = [...ready, publish('m1'), publish('m2'), turn, ...consume('tag')];
    expect(kinds(both, deliver('m2', 1), turn)).toEqual(['order']);
    expect(kinds(both, deliver('m2', 1), deliver('m1', 2), turn)).toEqual(['order']);
  });
  it('a delivery tag that is skipped', () => {
    expect(kinds(stored, consume('tag'), deliver('m1', 2))).toEqual(['order']);
  });
  it('more unacked than the prefetch count', () => {
    const qos = { id: amqp.BASIC_QOS, prefetchSize: 0, prefetchCount: 1, global: false } as const;
    const both = [
      ...ready,
      publish('m1'),
      publish('m2'),
      received(qos),
      sent({ id: amqp.BASIC_QOS_OK }),
    ];
    expect(kinds(both, consume('tag'), deliver('m1', 1), deliver('m2', 2), turn)).toEqual([
      'prefetch',
    ]);
  });
  it('a confirm before the commit is durable', () => {
    expect(kinds(ready, select, publish('m1'), confirm(1), turn)).toEqual(['confirm']);
    const started: HistoryEvent = { kind: 'commitStarted' };
    expect(
      kinds(ready, select, started, publish('m1'), { kind: 'commitDurable' }, confirm(1), turn),
    ).toEqual(['confirm']);
  });
  it('a confirm of nothing, a confirm twice, a confirm that never comes', () => {
    expect(kinds(ready, select, confirm(1))).toEqual(['confirm']);
    expect(kinds(stored, confirm(1))).toEqual(['confirm']);
    expect(kinds(ready, select, publish('m1'), commit, quiet)).toEqual(['confirm']);
  });
  it('a confirm that overtakes its basic.return', () => {
    const exchange = [received(declareExchange(TOPIC)), sent({ id: amqp.EXCHANGE_DECLARE_OK })];
    const lost = publish('m1', TOPIC.name, 'nowhere', true);
    expect(kinds(ready, exchange, select, lost, confirm(1), turn)).toEqual(['confirm']);
  });
  it('a reply that is missing or wrong', () => {
    expect(kinds(open(), received(declareQueue(QUEUE, -1)), quiet)).toEqual(['reply']);
    const bind = received(bindQueue(QUEUE, 'amq.topic', '#'));
    expect(kinds(ready, bind, sent({ id: amqp.QUEUE_PURGE_OK, messageCount: 0 }))).toEqual([
      'reply',
    ]);
    expect(kinds(ready, sent({ id: amqp.QUEUE_BIND_OK }))).toEqual(['reply']);
  });
  it('a message that waits although a consumer could take it', () => {
    expect(kinds(stored, consume('tag'), quiet)).toEqual(['stuck']);
  });
});
