// All virtual hosts of the node by name. Deleting one ends everything in it; its connections are the
// caller's to close first.

import { NotFoundError, ValidationError } from '../../util/request-errors.ts';
import { INTERNAL_USER } from '../events.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Limits } from '../limits.ts';
import type { Metadata } from '../metadata.ts';
import type { NodeCounts } from '../metrics/node-counts.ts';
import type { Queue } from '../queue/queue.ts';
import { DEFAULT_QUEUE_TYPE, type QueueType } from '../queue/queue-types.ts';
import type { IdSequence } from './id-sequence.ts';
import { deleteRecordsOf, putVirtualHost } from './records.ts';
import type { TopologyEvents } from './topology-events.ts';
import { type VhostLimit, type VhostNotes, VirtualHost } from './vhost.ts';

export interface VirtualHostsOptions {
  /** Where the creation and deletion of vhosts is told. */
  readonly events?: TopologyEvents;
  /** The vhost that has the event exchange; none by default. */
  readonly eventExchangeVhost?: string | undefined;
  /** Of vhosts that have none of their own. */
  readonly defaultQueueType?: QueueType | undefined;
  /** Where what was counted in a vhost goes with its end. */
  readonly counts?: NodeCounts;
}

export class VirtualHosts {
  readonly #metadata: Metadata;
  readonly #ids: IdSequence;
  readonly #limits: Limits;
  readonly #events: TopologyEvents | undefined;
  readonly #eventExchangeVhost: string | undefined;
  readonly #counts: NodeCounts | undefined;
  readonly #byName = new Map<string, VirtualHost>();
  /** Of vhosts that have none of their own. */
  readonly defaultQueueType: QueueType;

  constructor(
    metadata: Metadata,
    ids: IdSequence,
    limits: Limits,
    options: VirtualHostsOptions = {},
  ) {
    this.#metadata = metadata;
    this.#ids = ids;
    this.#limits = limits;
    this.#events = options.events;
    this.#eventExchangeVhost = options.eventExchangeVhost;
    this.#counts = options.counts;
    this.defaultQueueType = options.defaultQueueType ?? DEFAULT_QUEUE_TYPE;
  }

  get count(): number {
    return this.#byName.size;
  }

  get #actorName(): string {
    return this.#events?.actorName ?? INTERNAL_USER;
  }

  get(name: string): VirtualHost | undefined {
    return this.#byName.get(name);
  }

  /** Throws NotFoundError, for operators. */
  existing(name: string): VirtualHost {
    const vhost = this.#byName.get(name);
    if (vhost !== undefined) return vhost;
    throw new NotFoundError(`Virtual host '${name}' does not exist`);
  }

  all(): IterableIterator<VirtualHost> {
    return this.#byName.values();
  }

  /** The vhost of that name, made and stored when it does not exist. Throws ValidationError. */
  create(name: string, userName = this.#actorName): VirtualHost {
    const existing = this.#byName.get(name);
    if (existing !== undefined) return existing;
    if (this.#byName.size >= this.#limits.vhostsMax) {
      throw new ValidationError(
        `cannot create vhost '${name}': vhost limit of ${this.#limits.vhostsMax} is reached`,
      );
    }
    const vhost = this.restore(name, this.#ids.take());
    putVirtualHost(this.#metadata, vhost);
    this.#events?.vhostCreated(vhost, userName);
    return vhost;
  }

  /** Undefined takes the limit away. Throws NotFoundError. */
  setLimit(name: string, limit: VhostLimit, value: number | undefined): void {
    const vhost = this.existing(name);
    if (value === undefined) vhost.limits.delete(limit);
    else vhost.limits.set(limit, value);
    putVirtualHost(this.#metadata, vhost);
    this.#events?.vhostLimitsSet(vhost);
  }

  /** Undefined: the node's. Throws NotFoundError. */
  setDefaultQueueType(name: string, type: QueueType | undefined): void {
    const vhost = this.existing(name);
    vhost.defaultQueueType = type;
    putVirtualHost(this.#metadata, vhost);
  }

  /** What is left out stays. Throws NotFoundError. */
  describe(name: string, notes: Partial<VhostNotes>): void {
    const vhost = this.existing(name);
    vhost.notes = { ...vhost.notes, ...notes };
    putVirtualHost(this.#metadata, vhost);
  }

  /** At start: a vhost that is stored already. */
  restore(name: string, id: number): VirtualHost {
    const vhost = new VirtualHost(name, id);
    if (name === this.#eventExchangeVhost) vhost.addEventExchange();
    this.#byName.set(name, vhost);
    return vhost;
  }

  /** False when there is none of that name. */
  delete(name: string, userName = this.#actorName): boolean {
    const vhost = this.#byName.get(name);
    if (vhost === undefined) return false;
    this.#byName.delete(name);
    deleteRecordsOf(this.#metadata, vhost);
    for (const exchange of vhost.exchanges.values()) exchange.intake?.drop();
    const queues = [...vhost.queues.values()];
    const exchanges = [...vhost.exchanges.values()];
    vhost.queues.clear();
    vhost.exchanges.clear();
    vhost.bindingCount = 0;
    vhost.topologyRevision++;
    for (const queue of queues) queue.remove();
    this.#countRemoved(vhost, queues, exchanges);
    this.#events?.vhostDeleted(vhost, queues, exchanges, userName);
    return true;
  }

  #countRemoved(
    vhost: VirtualHost,
    queues: readonly Queue[],
    exchanges: readonly Exchange[],
  ): void {
    const counts = this.#counts;
    if (counts === undefined) return;
    vhost.routeCache.settleCounts();
    for (const queue of queues) vhost.counts.queueRemoved(queue.type.name, queue.counts);
    for (const exchange of exchanges) vhost.counts.exchangeRemoved(exchange.counts);
    counts.churn.queuesDeleted += queues.length;
    counts.removedVhosts.add(vhost.counts);
  }
}
