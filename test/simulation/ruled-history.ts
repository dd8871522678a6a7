// Pieces of histories made by hand around queues with rules, for the tests of the auditor.

import * as amqp from '../../src/protocol/generated/methods.ts';
import type { Content, HistoryEvent } from './history.ts';
import { commit, confirm, event, open, received, select, sent, turn } from './history-fixture.ts';
import { bindQueue, declareExchange, declareQueue } from './world-names.ts';

export function declare(queue: string, messageCount = 0, connection = 1): HistoryEvent[] {
  const reply = { id: amqp.QUEUE_DECLARE_OK, queue, messageCount, consumerCount: 0 } as const;
  return [
    received(declareQueue(queue, -1), undefined, connection),
    event('sent', reply, undefined, connection),
  ];
}

/** A publish with these properties; to the default exchange unless another is given. */
export function put(
  id: string,
  routingKey: string,
  content: Partial<Content> = {},
  exchange = '',
  connection = 1,
): HistoryEvent {
  const flags = { mandatory: false, immediate: false };
  const method = { id: amqp.BASIC_PUBLISH, exchange, routingKey, ...flags } as const;
  return event('received', method, id, connection, content);
}

export interface Get {
  readonly queue: string;
  readonly tag: number;
  readonly connection?: number;
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly redelivered?: boolean;
}

/** A get, without acknowledgement, that finds the message. */
export function got(id: string, get: Get, content: Partial<Content> = {}): HistoryEvent[] {
  const { queue, tag, connection = 1, exchange = '', routingKey = queue } = get;
  const names = { exchange, routingKey, redelivered: get.redelivered ?? false, messageCount: 0 };
  return [
    received({ id: amqp.BASIC_GET, queue, noAck: true }, undefined, connection),
    event('sent', { id: amqp.BASIC_GET_OK, deliveryTag: tag, ...names }, id, connection, content),
    turn,
  ];
}

/** A get that finds nothing. */
export function gotNothing(queue: string, connection = 1): HistoryEvent[] {
  return [
    received({ id: amqp.BASIC_GET, queue, noAck: true }, undefined, connection),
    event('sent', { id: amqp.BASIC_GET_EMPTY }, undefined, connection),
    turn,
  ];
}

/** An exchange with its bindings. */
export function exchange(name: string, type: string, bindings: [string, string][]): HistoryEvent[] {
  const declared = declareExchange({ name, type, isDurable: true });
  return [
    received(declared),
    sent({ id: amqp.EXCHANGE_DECLARE_OK }),
    ...bindings.flatMap(([target, key]) => [
      received(bindQueue(target, name, key)),
      sent({ id: amqp.QUEUE_BIND_OK }),
    ]),
  ];
}

/** A channel with confirms, and the queues. */
export function readyWith(...queues: string[]): HistoryEvent[] {
  return [...open(), ...queues.flatMap((name) => declare(name)), ...commit, ...select];
}

/** All of it is durable, and so many publishes are confirmed. */
export function confirmed(count: number, connection = 1): HistoryEvent[] {
  return [...commit, confirm(count, true, connection), turn];
}
