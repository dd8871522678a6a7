// HOT. Routes by the bytes of exchange and routing key, so that the common publish decodes no string.
// A cached route is valid while the vhost's topology revision is unchanged. Budget: one hash of the
// names and one comparison of bytes.

import type { Queue } from '../queue/queue.ts';
import type { Exchange } from './exchange.ts';

export interface CachedRoute {
  readonly names: Buffer;
  readonly exchange: Exchange;
  readonly targets: Queue[];
  /** Publishes that went this way and are not counted at exchange and queues yet. */
  uncounted: number;
}

/** Routes plus their targets kept per vhost; beyond, the cache starts anew. */
const ENTRIES_MAX = 262_144;

export class RouteCache {
  #routes = new Map<number, CachedRoute>();
  #revision = -1;
  #entries = 0;
  /** Routes with something uncounted. */
  #used: CachedRoute[] = [];

  /** The route for names = buffer[start, end), or undefined. */
  find(buffer: Buffer, start: number, end: number, revision: number): CachedRoute | undefined {
    if (this.#revision !== revision) {
      this.#clear();
      this.#revision = revision;
      return undefined;
    }
    const route = this.#routes.get(hashOf(buffer, start, end));
    return route !== undefined && sameBytes(route.names, buffer, start, end) ? route : undefined;
  }

  /** One more publish went that way: nothing is counted per target until somebody asks. */
  count(route: CachedRoute): void {
    if (route.uncounted++ === 0) this.#used.push(route);
  }

  /** The counts of exchanges and queues are complete after this. */
  settleCounts(): void {
    const used = this.#used;
    this.#used = [];
    for (const route of used) {
      route.exchange.counts.routed(route.targets, route.uncounted);
      route.uncounted = 0;
    }
  }

  #clear(): void {
    this.settleCounts();
    this.#routes.clear();
    this.#entries = 0;
  }

  add(route: CachedRoute): void {
    if (this.#entries >= ENTRIES_MAX) this.#clear();
    this.#entries += 1 + route.targets.length;
    this.#routes.set(hashOf(route.names, 0, route.names.length), route);
  }
}

export function sameBytes(names: Buffer, buffer: Buffer, start: number, end: number): boolean {
  const length = names.length;
  if (end - start !== length) return false;
  for (let i = 0; i < length; i++) if (names[i] !== buffer[start + i]) return false;
  return true;
}

/** FNV-1a, 32 bits: fast, and a collision only costs a route. Signed: a larger number would be boxed. */
function hashOf(buffer: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  return hash | 0;
}
