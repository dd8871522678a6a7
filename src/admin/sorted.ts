// What lives in a vhost in the order in which the API lists it. Kept until the vhost changes: ten thousand
// names are not to be sorted for each page that somebody looks at.

import type { Exchange } from '../broker/exchange/exchange.ts';
import type { Queue } from '../broker/queue/queue.ts';
import type { VirtualHost } from '../broker/vhost/vhost.ts';
import { compareTexts } from './term-order.ts';

interface Sorted<T> {
  readonly revision: number;
  readonly items: readonly T[];
}

class SortedCache<T extends { readonly name: string }> {
  readonly #byVhost = new WeakMap<VirtualHost, Sorted<T>>();
  readonly #all: (vhost: VirtualHost) => Iterable<T>;

  constructor(all: (vhost: VirtualHost) => Iterable<T>) {
    this.#all = all;
  }

  of(vhost: VirtualHost): readonly T[] {
    const known = this.#byVhost.get(vhost);
    if (known?.revision === vhost.topologyRevision) return known.items;
    const items = [...this.#all(vhost)].sort((one, other) => compareTexts(one.name, other.name));
    this.#byVhost.set(vhost, { revision: vhost.topologyRevision, items });
    return items;
  }
}

const queues = new SortedCache<Queue>((vhost) => vhost.queues.values());
const exchanges = new SortedCache<Exchange>((vhost) => vhost.exchanges.values());

/** By name. */
export const sortedQueues = (vhost: VirtualHost) => queues.of(vhost);
export const sortedExchanges = (vhost: VirtualHost) => exchanges.of(vhost);
