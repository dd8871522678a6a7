// Which queues a message reaches. Budget: no allocation per route beyond what the router needs;
// each exchange is visited once (an epoch mark), each queue is appended once.

import type { Random } from '../clock.ts';
import type { Queue } from '../queue/queue.ts';
import type { Binding } from './binding.ts';
import type { Exchange } from './exchange.ts';
import type { Reached, RoutedMessage } from './router.ts';

/** What routing needs of a virtual host. */
export interface RoutingTable {
  readonly exchanges: ReadonlyMap<string, Exchange>;
  /** Number of the last route in this vhost; exchanges carry it as their mark. */
  routeEpoch: number;
}

/** Up to here a scan of the result is cheaper than a set of what it holds. */
const SCANNED_TARGETS_MAX = 16;

/** One per channel or broker; holds only scratch, so it is not re-entrant. */
export class Routing implements Reached {
  readonly #pending: Exchange[] = [];
  readonly #seenQueues = new Set<Queue>();
  #targets: Queue[] = [];
  #epoch = 0;
  #hasMatched = false;
  readonly #random: Random;
  /** State of the sequence that `choose` draws from; 0 = it has not begun. */
  #chance = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Appends each reached queue to `targets` once (queues already there are not added again).
   * True when the result depends only on exchange and routing key, so that it may be kept until
   * the vhost's topology revision changes.
   */
  route(
    vhost: RoutingTable,
    exchange: Exchange,
    message: RoutedMessage,
    targets: Queue[],
  ): boolean {
    this.#targets = targets;
    this.#epoch = ++vhost.routeEpoch;
    let isKeyedOnly = message.routingKeys.length === 1;
    this.#visit(exchange);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      if (!next.router.isCacheable) isKeyedOnly = false;
      if (next.intake !== undefined) {
        isKeyedOnly = false;
        if (!message.enters(next)) continue;
      }
      this.#routeOne(next, message);
      // Destinations that are exchanges count as a match even when they lead nowhere.
      if (!this.#hasMatched && next.alternateExchange !== undefined) {
        const alternate = vhost.exchanges.get(next.alternateExchange);
        if (alternate !== undefined) this.#visit(alternate);
      }
    }
    if (this.#seenQueues.size > 0) this.#seenQueues.clear();
    return isKeyedOnly;
  }

  #routeOne(exchange: Exchange, message: RoutedMessage): void {
    this.#hasMatched = false;
    const keys = message.routingKeys;
    const keyCount = exchange.router.usesEveryKey ? keys.length : 1;
    for (let index = 0; index < keyCount; index++) {
      exchange.router.route(keys[index] as string, message, this);
    }
  }

  #visit(exchange: Exchange): void {
    if (exchange.routeEpoch === this.#epoch) return;
    exchange.routeEpoch = this.#epoch;
    this.#pending.push(exchange);
  }

  /** Called by routers. */
  add(binding: Binding): void {
    const queue = binding.destinationQueue;
    if (queue !== undefined) {
      this.addQueue(queue);
      return;
    }
    this.#hasMatched = true;
    this.#visit(binding.destinationExchange as Exchange);
  }

  /** Called by routers. */
  addQueue(queue: Queue): void {
    this.#hasMatched = true;
    const targets = this.#targets;
    if (targets.length < SCANNED_TARGETS_MAX) {
      if (targets.includes(queue)) return;
    } else {
      const seen = this.#seenQueues;
      if (seen.size === 0) for (const target of targets) seen.add(target);
      if (seen.has(queue)) return;
      seen.add(queue);
    }
    targets.push(queue);
  }

  /** Called by routers. Xorshift: the choice has to be even, not secret, and costs no allocation. */
  choose(count: number): number {
    let chance = this.#chance === 0 ? this.#random.bytes(4).readInt32BE() | 1 : this.#chance;
    chance ^= chance << 13;
    chance ^= chance >>> 17;
    chance ^= chance << 5;
    this.#chance = chance;
    return Math.floor(((chance >>> 0) / 0x1_0000_0000) * count);
  }
}
