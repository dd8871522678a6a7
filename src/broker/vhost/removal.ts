// Taking queues, exchanges and bindings away, with all that follows: a queue or exchange takes its
// bindings with it, and an auto-delete exchange goes with its last binding as source.

import { INTERNAL_USER } from '../events.ts';
import type { Binding } from '../exchange/binding.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Metadata } from '../metadata.ts';
import type { NodeCounts } from '../metrics/node-counts.ts';
import type { Queue } from '../queue/queue.ts';
import type { TopologyEvents } from './topology-events.ts';
import type { VirtualHost } from './vhost.ts';

/** Each method returns whether a stored record went away. Events name the user who wanted it. */
export class Removal {
  readonly #metadata: Metadata;
  readonly #events: TopologyEvents;
  readonly #counts: NodeCounts;

  constructor(metadata: Metadata, events: TopologyEvents, counts: NodeCounts) {
    this.#metadata = metadata;
    this.#events = events;
    this.#counts = counts;
  }

  /** The queue is in the vhost. */
  removeQueue(vhost: VirtualHost, queue: Queue, userName = INTERNAL_USER): boolean {
    vhost.queues.delete(queue.name);
    vhost.topologyRevision++;
    vhost.counts.queueRemoved(queue.type.name, queue.counts);
    this.#counts.churn.queuesDeleted++;
    let isStored = queue.isDurable;
    if (queue.isDurable) this.#metadata.delete('queue', queue.storageId);
    const left: Exchange[] = [];
    for (const binding of queue.bindings) {
      if (this.#detach(vhost, binding)) isStored = true;
      this.#events.bindingDeleted(binding, INTERNAL_USER);
      left.push(binding.source);
    }
    if (this.#removeUnbound(vhost, left)) isStored = true;
    // Last, because consumers are told here and the queue must be gone by then.
    queue.remove();
    this.#events.queueDeleted(queue, userName);
    return isStored;
  }

  /** The exchange is in the vhost. */
  removeExchange(vhost: VirtualHost, exchange: Exchange, userName = INTERNAL_USER): boolean {
    const left: Exchange[] = [];
    const isStored = this.#drop(vhost, exchange, left, userName);
    return this.#removeUnbound(vhost, left) || isStored;
  }

  /** The binding is in the vhost. */
  removeBinding(vhost: VirtualHost, binding: Binding, userName = INTERNAL_USER): boolean {
    const isStored = this.#detach(vhost, binding);
    this.#events.bindingDeleted(binding, userName);
    return this.#removeUnbound(vhost, [binding.source]) || isStored;
  }

  /** Removes those auto-delete exchanges of `left` that have lost their last binding. A worklist,
   *  because a client may build a chain longer than the stack. */
  #removeUnbound(vhost: VirtualHost, left: Exchange[]): boolean {
    let isStored = false;
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const isPresent = vhost.exchanges.get(next.name) === next;
      if (!isPresent || !next.isAutoDelete || next.bindings.size > 0) continue;
      if (this.#drop(vhost, next, left, INTERNAL_USER)) isStored = true;
    }
    return isStored;
  }

  /** Removes the exchange with its bindings; those that led to it are from exchanges put on `left`. */
  #drop(vhost: VirtualHost, exchange: Exchange, left: Exchange[], userName: string): boolean {
    vhost.exchanges.delete(exchange.name);
    vhost.topologyRevision++;
    exchange.intake?.drop();
    vhost.routeCache.settleCounts();
    vhost.counts.exchangeRemoved(exchange.counts);
    let isStored = exchange.id !== 0;
    if (exchange.id !== 0) this.#metadata.delete('exchange', exchange.id);
    this.#events.exchangeDeleted(exchange, userName);
    for (const binding of exchange.bindings.values()) {
      if (this.#detach(vhost, binding)) isStored = true;
      this.#events.bindingDeleted(binding, userName);
    }
    for (const binding of exchange.incomingBindings) {
      if (this.#detach(vhost, binding)) isStored = true;
      this.#events.bindingDeleted(binding, userName);
      left.push(binding.source);
    }
    return isStored;
  }

  #detach(vhost: VirtualHost, binding: Binding): boolean {
    binding.source.bindings.delete(binding.key);
    binding.source.router.unbind(binding);
    binding.destinationQueue?.bindings.delete(binding);
    binding.destinationExchange?.incomingBindings.delete(binding);
    vhost.bindingCount--;
    vhost.topologyRevision++;
    if (binding.id === 0) return false;
    this.#metadata.delete('binding', binding.id);
    return true;
  }
}
