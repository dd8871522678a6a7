// What events say of virtual hosts, exchanges, queues and bindings: RabbitMQ's header names.

import { type BrokerEvents, type EventFields, printedTable } from '../events.ts';
import type { Binding } from '../exchange/binding.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { POLICY_KINDS } from '../policy/policy.ts';
import type { Queue } from '../queue/queue.ts';
import { policyCleared, vhostLimitsCleared, vhostLimitsSet } from './parameter-events.ts';
import type { VirtualHost } from './vhost.ts';

export class TopologyEvents {
  readonly #events: BrokerEvents;

  constructor(events: BrokerEvents) {
    this.#events = events;
  }

  exchangeCreated(exchange: Exchange, userName: string): void {
    this.#events.emit('exchange.created', () => ({
      user_who_performed_action: userName,
      policy: '',
      arguments: printedTable(exchange.arguments),
      internal: exchange.isInternal,
      auto_delete: exchange.isAutoDelete,
      durable: exchange.isDurable,
      type: exchange.type,
      name: exchange.name,
      vhost: exchange.vhostName,
    }));
  }

  exchangeDeleted(exchange: Exchange, userName: string): void {
    this.#events.emit('exchange.deleted', () => named(exchange, userName));
  }

  queueCreated(queue: Queue, userName: string): void {
    const owner = queue.exclusiveOwner;
    this.#events.emit('queue.created', () => ({
      user_who_performed_action: userName,
      exclusive: owner !== undefined,
      owner_pid: owner === undefined ? '' : this.#events.processName(owner),
      arguments: printedTable(queue.arguments),
      auto_delete: queue.isAutoDelete,
      durable: queue.isDurable,
      name: queue.name,
      vhost: queue.vhostName,
    }));
  }

  queueDeleted(queue: Queue, userName: string): void {
    this.#events.emit('queue.deleted', () => named(queue, userName));
  }

  bindingCreated(binding: Binding, userName: string): void {
    this.#events.emit('binding.created', () => bindingFields(binding, userName));
  }

  bindingDeleted(binding: Binding, userName: string): void {
    this.#events.emit('binding.deleted', () => bindingFields(binding, userName));
  }

  vhostCreated(vhost: VirtualHost, userName: string): void {
    for (const exchange of vhost.exchanges.values()) this.exchangeCreated(exchange, userName);
    this.#events.emit('vhost.created', () => ({
      tags: '',
      description: '',
      user_who_performed_action: userName,
      tracing: vhost.isTraced,
      name: vhost.name,
    }));
  }

  /** Who makes the change that is being made. */
  get actorName(): string {
    return this.#events.actorName;
  }

  vhostLimitsSet(vhost: VirtualHost): void {
    vhostLimitsSet(this.#events, vhost);
  }

  /** With everything that was in it. */
  vhostDeleted(
    vhost: VirtualHost,
    queues: Iterable<Queue>,
    exchanges: Iterable<Exchange>,
    userName: string,
  ): void {
    for (const queue of queues) this.queueDeleted(queue, userName);
    for (const exchange of exchanges) this.exchangeDeleted(exchange, userName);
    const { name, policies } = vhost;
    this.#events.emit('vhost.deleted', () => ({ user_who_performed_action: userName, name }));
    if (vhost.limits.size > 0) vhostLimitsCleared(this.#events, vhost);
    for (const kind of POLICY_KINDS) {
      for (const policy of policies.all(kind)) {
        policyCleared(this.#events, kind, name, policy.name, []);
      }
    }
  }
}

function named(entity: Exchange | Queue, userName: string): EventFields {
  return {
    user_who_performed_action: userName,
    name: entity.name,
    vhost: entity.vhostName,
  };
}

function bindingFields(binding: Binding, userName: string): EventFields {
  return {
    user_who_performed_action: userName,
    vhost: binding.source.vhostName,
    arguments: printedTable(binding.arguments),
    routing_key: binding.routingKey,
    destination_kind: binding.destinationQueue === undefined ? 'exchange' : 'queue',
    destination_name: binding.destination.name,
    source_kind: 'exchange',
    source_name: binding.source.name,
  };
}
