// Histories made by hand for the tests of the auditor: one channel, mostly one queue.

import { EMPTY_TABLE } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { Auditor } from './auditor.ts';
import type { Content, HistoryEvent } from './history.ts';
import { declareQueue, EXCHANGES } from './world-names.ts';

export const QUEUE = 'durable-0';
export const TOPIC = EXCHANGES[2];

export function event(
  kind: 'received' | 'sent',
  method: amqp.Method,
  id?: string,
  connection = 1,
  content: Partial<Content> = {},
): HistoryEvent {
  const base = { kind, connection, channel: 1, method };
  if (id === undefined) return base;
  return { ...base, content: { body: Buffer.from(`${id}|body`), isPersistent: true, ...content } };
}
export const received = (method: amqp.Method, id?: string, connection = 1): HistoryEvent =>
  event('received', method, id, connection);
export const sent = (method: amqp.Method, id?: string, connection = 1): HistoryEvent =>
  event('sent', method, id, connection);

export const turn: HistoryEvent = { kind: 'turnEnded' };
export const quiet: HistoryEvent = { kind: 'quiet' };
export const crash: HistoryEvent = { kind: 'crashed' };
export const commit: HistoryEvent[] = [{ kind: 'commitStarted' }, turn, { kind: 'commitDurable' }];

export function open(connection = 1): HistoryEvent[] {
  return [
    received({ id: amqp.CHANNEL_OPEN }, undefined, connection),
    sent({ id: amqp.CHANNEL_OPEN_OK }, undefined, connection),
  ];
}

export function declared(messageCount = 0, connection = 1): HistoryEvent[] {
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

export function selectOn(connection: number): HistoryEvent[] {
  return [
    received({ id: amqp.CONFIRM_SELECT, noWait: false }, undefined, connection),
    sent({ id: amqp.CONFIRM_SELECT_OK }, undefined, connection),
  ];
}
export const select = selectOn(1);

export function publish(
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

export function confirm(deliveryTag: number, multiple = false, connection = 1): HistoryEvent {
  return sent({ id: amqp.BASIC_ACK, deliveryTag, multiple }, undefined, connection);
}

export function consume(tag: string, noAck = false): HistoryEvent[] {
  const rest = { noLocal: false, exclusive: false, noWait: false, arguments: EMPTY_TABLE };
  return [
    received({ id: amqp.BASIC_CONSUME, queue: QUEUE, consumerTag: tag, noAck, ...rest }),
    sent({ id: amqp.BASIC_CONSUME_OK, consumerTag: tag }),
  ];
}

export function deliver(
  id: string,
  deliveryTag: number,
  redelivered = false,
  consumerTag = 'tag',
): HistoryEvent {
  const names = { exchange: '', routingKey: QUEUE };
  return sent({ id: amqp.BASIC_DELIVER, consumerTag, deliveryTag, redelivered, ...names }, id);
}

export function ack(deliveryTag: number): HistoryEvent {
  return received({ id: amqp.BASIC_ACK, deliveryTag, multiple: false });
}

export function get(noAck = true, connection = 1): HistoryEvent {
  return received({ id: amqp.BASIC_GET, queue: QUEUE, noAck }, undefined, connection);
}

export function getOk(
  id: string,
  deliveryTag: number,
  redelivered = false,
  connection = 1,
): HistoryEvent {
  const names = { exchange: '', routingKey: QUEUE, messageCount: 0 };
  return sent({ id: amqp.BASIC_GET_OK, deliveryTag, redelivered, ...names }, id, connection);
}

export const getEmpty = (connection = 1): HistoryEvent =>
  sent({ id: amqp.BASIC_GET_EMPTY }, undefined, connection);

/** What happens behind it happens that much later. */
export interface Pause {
  readonly pauseMs: number;
}

export function judge(...events: (HistoryEvent | Pause | HistoryEvent[])[]): string[] {
  const auditor = new Auditor();
  let nowMs = 0;
  for (const one of events.flat()) {
    if ('pauseMs' in one) nowMs += one.pauseMs;
    else auditor.handle(one, nowMs);
  }
  return auditor.violations;
}

export function kinds(...events: (HistoryEvent | Pause | HistoryEvent[])[]): string[] {
  return [...new Set(judge(...events).map((text) => text.slice(0, text.indexOf(':'))))];
}

export const ready = [...open(), ...declared(), ...commit];
export const stored = [...ready, ...select, publish('m1'), ...commit, confirm(1), turn];
