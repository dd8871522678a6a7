// Queues, exchanges and messages for routing tests, without the rules of topology.

import { Binding, type BindingDestination, bindingKey } from '../../../src/broker/exchange/binding.ts';
import { Exchange } from '../../../src/broker/exchange/exchange.ts';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
import type { Reached, RoutedMessage, Router } from '../../../src/broker/exchange/router.ts';
import type { Queue, QueueDefinition } from '../../../src/broker/queue/queue.ts';
import { EMPTY_TABLE, type FieldTable } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';

/** What topology may rely on of a queue, and nothing more. */
export class FakeQueue implements Queue {
  readonly vhostName: string;
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  readonly storageId: number;
  readonly bindings = new Set<Binding>();
  readyCount = 0;
  consumerCount = 0;
  removedCount = 0;

  constructor(definition: QueueDefinition) {
    this.vhostName = definition.vhostName;
    this.name = definition.name;
    this.isDurable = definition.isDurable;
    this.isAutoDelete = definition.isAutoDelete;
    this.exclusiveOwner = definition.exclusiveOwner;
    this.arguments = definition.arguments;
    this.storageId = definition.storageId;
  }

  purge(): number {
    const purgedCount = this.readyCount;
    this.readyCount = 0;
    return purgedCount;
  }

  remove(): void {
    this.removedCount++;
    this.consumerCount = 0;
    this.readyCount = 0;
  }
}

export function queueNamed(name: string): FakeQueue {
  return new FakeQueue({
    vhostName: '/',
    name,
    isDurable: false,
    isAutoDelete: false,
    exclusiveOwner: undefined,
    arguments: EMPTY_TABLE,
    storageId: 1,
  });
}

export function exchangeOf(
  type: string,
  name = 'x',
  exchangeArguments: FieldTable = EMPTY_TABLE,
): Exchange {
  const createRouter = EXCHANGE_TYPES.get(type) as () => Router;
  const definition = {
    vhostName: '/',
    name,
    type,
    isDurable: false,
    isAutoDelete: false,
    isInternal: false,
    arguments: exchangeArguments,
    id: 0,
  };
  return new Exchange(definition, createRouter());
}

/** Binds without any check, as topology does after its checks. */
export function bindTo(
  source: Exchange,
  destination: Queue | Exchange,
  routingKey = '',
  plainArguments: { readonly [key: string]: PlainValue } = {},
): Binding {
  const bindingArguments = tableOf(plainArguments);
  const isExchange = destination instanceof Exchange;
  const end: BindingDestination = isExchange ? { exchange: destination } : { queue: destination };
  const kind = isExchange ? 'exchange' : 'queue';
  const key = bindingKey(kind, destination.name, routingKey, bindingArguments);
  const binding = new Binding(source, end, routingKey, bindingArguments, key, 0);
  source.bindings.set(key, binding);
  source.router.bind(binding);
  return binding;
}

export function unbind(binding: Binding): void {
  binding.source.bindings.delete(binding.key);
  binding.source.router.unbind(binding);
}

export function messageOf(
  routingKeys: readonly string[] = [''],
  headers: { readonly [key: string]: PlainValue } = {},
): RoutedMessage {
  const table = tableOf(headers);
  return { routingKeys, headers: () => table };
}

/** Collects what one router reports. */
export class Collected implements Reached {
  readonly bindings: Binding[] = [];
  readonly queues: Queue[] = [];

  add(binding: Binding): void {
    this.bindings.push(binding);
  }

  addQueue(queue: Queue): void {
    this.queues.push(queue);
  }

  /** Names of what the bindings lead to and of the queues, sorted. */
  get names(): string[] {
    const names = this.bindings.map((binding) => binding.destination.name);
    return [...names, ...this.queues.map((queue) => queue.name)].sort();
  }
}

/** What the exchange's own bindings match. */
export function reachedBy(exchange: Exchange, message: RoutedMessage): string[] {
  const collected = new Collected();
  exchange.router.route(message.routingKeys[0] as string, message, collected);
  return collected.names;
}
