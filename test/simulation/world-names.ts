// The names of the simulated world. A name always means the same kind of thing, so that declaring it
// again never conflicts and whoever restarts the broker can make the durable part whole.

import { EMPTY_TABLE } from '../../src/protocol/field-table.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { EXCHANGE_RULES, exchangeArgumentsOf } from './exchange-rules.ts';
import { argumentsOf, rulesOf } from './queue-rules.ts';
import type { WorldFamilies } from './world-families.ts';

export const DURABLE_QUEUES = ['durable-0', 'durable-1', 'durable-2'] as const;
export const TRANSIENT_QUEUES = ['transient-0', 'transient-1'] as const;
export const AUTO_DELETE_QUEUES = ['auto-0', 'auto-1'] as const;
export const SHARED_QUEUES = [...DURABLE_QUEUES, ...TRANSIENT_QUEUES, ...AUTO_DELETE_QUEUES];

export const EXCHANGES = [
  { name: 'x-direct', type: 'direct', isDurable: true },
  { name: 'x-fanout', type: 'fanout', isDurable: true },
  { name: 'x-topic', type: 'topic', isDurable: true },
  { name: 'y-fanout', type: 'fanout', isDurable: false },
] as const;

export const ROUTING_KEYS = ['a', 'b', 'a.b', 'a.b.c', ''] as const;
export const BINDING_KEYS: Readonly<Record<string, readonly string[]>> = {
  'x-direct': ['a', 'b', 'a.b'],
  'x-fanout': [''],
  'x-topic': ['a.*', '#.c', 'b', '#', '*'],
  'y-fanout': [''],
  'amq.topic': ['a.#', 'b'],
};

export function declareQueue(name: string, connection: number): amqp.QueueDeclare {
  return {
    id: amqp.QUEUE_DECLARE,
    queue: name,
    passive: false,
    durable: name.startsWith('durable') || rulesOf(name).isDurable,
    exclusive: name === exclusiveQueue(connection),
    autoDelete: name.startsWith('auto'),
    noWait: false,
    arguments: argumentsOf(name),
  };
}

export function exclusiveQueue(connection: number): string {
  return `exclusive-${connection}`;
}

export function declareExchange(exchange: {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
}): amqp.ExchangeDeclare {
  return {
    id: amqp.EXCHANGE_DECLARE,
    exchange: exchange.name,
    type: exchange.type,
    passive: false,
    durable: exchange.isDurable,
    autoDelete: false,
    internal: false,
    noWait: false,
    arguments: exchangeArgumentsOf(exchange.name),
  };
}

export function bindQueue(queue: string, exchange: string, routingKey: string): amqp.QueueBind {
  return {
    id: amqp.QUEUE_BIND,
    queue,
    exchange,
    routingKey,
    noWait: false,
    arguments: EMPTY_TABLE,
  };
}

/** What makes the durable part of the world whole again, whatever a crash left of it. */
export function durableWorld(families: WorldFamilies): amqp.Method[] {
  const queues = DURABLE_QUEUES.map((name) => declareQueue(name, -1));
  const exchanges = EXCHANGES.filter((exchange) => exchange.isDurable).map(declareExchange);
  const bindings = [...exchanges.map(({ exchange }) => exchange), 'amq.topic'].flatMap((exchange) =>
    (BINDING_KEYS[exchange] ?? []).flatMap((key) =>
      DURABLE_QUEUES.map((queue) => bindQueue(queue, exchange, key)),
    ),
  );
  const ruled = families.queues.map((name) => declareQueue(name, -1));
  return [...queues, ...ruled, ...exchanges, ...bindings, ...ruledExchanges(families.exchanges)];
}

function ruledExchanges(names: readonly string[]): amqp.Method[] {
  return names.flatMap((name) => {
    const { type, bindings = [] } = EXCHANGE_RULES[name] ?? { type: '' };
    const bind = bindings.map(([queue, key]) => bindQueue(queue, name, key));
    return [declareExchange({ name, type, isDurable: true }), ...bind];
  });
}
