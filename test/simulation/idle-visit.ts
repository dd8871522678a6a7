// What somebody does on a broker that has nothing to do: asks for something that would happen in an hour,
// and takes it back. When they are gone the broker waits for nothing, and holds no timer.

import type { MessageProperties } from '../../src/protocol/content-header.ts';
import type { FieldValue } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { flag, integer, tableOf } from './queue-rules.ts';
import type { SimulatedClient } from './simulated-client.ts';

const HOUR_MS = 3_600_000;
const QUEUE = 'idle';

/** A method to be answered, or something to be sent before the next one. */
export type Move = amqp.Method | ((client: SimulatedClient) => void);

function declare(name: string, value: FieldValue | undefined): Move {
  const flags = { passive: false, durable: true, exclusive: false, autoDelete: false };
  const table = tableOf([[name, value]]);
  return { id: amqp.QUEUE_DECLARE, queue: QUEUE, ...flags, noWait: false, arguments: table };
}

function publish(properties: MessageProperties): Move {
  const flags = { mandatory: false, immediate: false };
  const method = { id: amqp.BASIC_PUBLISH, exchange: '', routingKey: QUEUE, ...flags } as const;
  return (client) => client.publish(1, method, Buffer.from('idle|'), properties);
}

const get: Move = { id: amqp.BASIC_GET, queue: QUEUE, noAck: true };
const purge: Move = { id: amqp.QUEUE_PURGE, queue: QUEUE, noWait: false };
const remove: Move = {
  id: amqp.QUEUE_DELETE,
  queue: QUEUE,
  ifUnused: false,
  ifEmpty: false,
  noWait: false,
};
const persistent = { deliveryMode: 2 } as const;
const delay = new Map<string, FieldValue>([['x-delay', { type: 'I', value: HOUR_MS }]]);

/** By name. Each ends with an idle broker. */
export const VISITS: Readonly<Record<string, readonly Move[]>> = {
  'publish and get': [declare('x', undefined), publish(persistent), get],
  'get what would expire': [
    declare('x-message-ttl', integer(HOUR_MS)),
    publish(persistent),
    get,
    get,
  ],
  'purge what would expire': [
    declare('x', undefined),
    publish({ ...persistent, expiration: String(HOUR_MS) }),
    purge,
  ],
  'delete what would expire': [declare('x-message-ttl', integer(HOUR_MS)), publish({}), remove],
  'delete a queue that would expire': [declare('x-expires', integer(HOUR_MS)), get, remove],
  'delete a queue that holds a message': [
    declare('x-delayed', flag(true)),
    publish({ ...persistent, headers: delay }),
    remove,
  ],
};
