// What is counted for a channel, an exchange and a queue. The channel counts into one object per exchange
// and queue that it uses (a "use"); the totals of an exchange or queue are the sum over the uses, which
// are added to its past when the channel ends, so that nothing is counted twice on the hot path.

import { DeathCounts, DeliveryCounts, PublishCounts } from './message-counts.ts';

/** Whose counts these are. */
export interface Resource {
  readonly vhostName: string;
  readonly name: string;
}

/** What one channel did with one exchange. */
export class ExchangeUse extends PublishCounts {
  readonly channel: ChannelCounts;
  readonly exchange: ExchangeCounts;

  constructor(channel: ChannelCounts, exchange: ExchangeCounts) {
    super();
    this.channel = channel;
    this.exchange = exchange;
  }
}

/** What one channel did with one queue. */
export class QueueUse extends DeliveryCounts {
  readonly channel: ChannelCounts;
  readonly queue: QueueCounts;

  constructor(channel: ChannelCounts, queue: QueueCounts) {
    super();
    this.channel = channel;
    this.queue = queue;
  }
}

/** Most exchanges, queues and channels of a large node are idle: these stand for what they do not need. */
const NO_EXCHANGE_USES: ReadonlySet<ExchangeUse> = new Set();
const NO_QUEUE_USES: ReadonlySet<QueueUse> = new Set();

export class ExchangeCounts {
  readonly resource: Resource;
  /** Copies that went to queues. */
  publishOut = 0;
  isRemoved = false;
  #uses: Set<ExchangeUse> | undefined;
  /** Of channels that are gone. */
  #past: PublishCounts | undefined;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get uses(): ReadonlySet<ExchangeUse> {
    return this.#uses ?? NO_EXCHANGE_USES;
  }

  get total(): PublishCounts {
    const total = new PublishCounts();
    this.addTo(total);
    return total;
  }

  addTo(total: PublishCounts): void {
    if (this.#past !== undefined) total.add(this.#past);
    if (this.#uses !== undefined) for (const use of this.#uses) total.add(use);
  }

  used(use: ExchangeUse): void {
    this.#uses ??= new Set();
    this.#uses.add(use);
  }

  /** The channel ends. */
  useEnded(use: ExchangeUse): void {
    this.#uses?.delete(use);
    this.#past ??= new PublishCounts();
    this.#past.add(use);
  }

  /** So many messages went to these queues. */
  routed(targets: readonly { readonly counts: QueueCounts }[], messages: number): void {
    this.publishOut += targets.length * messages;
    for (const { counts } of targets) counts.source(this).publish += messages;
  }

  /** One message came without a channel, and went to these queues. */
  publishedByOperator(
    targets: readonly { readonly counts: QueueCounts }[],
    isRouted: boolean,
  ): void {
    this.routed(targets, 1);
    this.#past ??= new PublishCounts();
    this.#past.publish++;
    if (!isRouted) this.#past.returnUnroutable++;
  }

  /** The exchange is gone; its channels keep what they counted. */
  remove(): void {
    this.isRemoved = true;
    for (const use of this.uses) use.channel.exchangeRemoved(use);
    this.#uses = undefined;
  }
}

/** What a queue got by way of one exchange. */
export interface QueueSource {
  readonly exchange: ExchangeCounts;
  publish: number;
}

export interface Fetched {
  readonly count: number;
  readonly redeliveredCount: number;
  /** They are gone with that. */
  readonly isSettled: boolean;
  readonly isEmpty: boolean;
}

/** Never changed: the first source comes with an array of its own. */
const NO_SOURCES: QueueSource[] = [];

/** By the words of x-death. */
const DEATHS = {
  expired: 'expired',
  maxlen: 'maxlen',
  rejected: 'rejected',
  delivery_limit: 'deliveryLimit',
} as const;

export class QueueCounts {
  readonly resource: Resource;
  /** Exchanges that clients published to; the one found last comes first. */
  #sources = NO_SOURCES;
  #uses: Set<QueueUse> | undefined;
  /** Of channels that are gone. */
  #past: DeliveryCounts | undefined;
  #deaths: DeathCounts | undefined;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get uses(): ReadonlySet<QueueUse> {
    return this.#uses ?? NO_QUEUE_USES;
  }

  get total(): DeliveryCounts {
    const total = new DeliveryCounts();
    this.addTo(total);
    return total;
  }

  addTo(total: DeliveryCounts): void {
    if (this.#past !== undefined) total.add(this.#past);
    if (this.#uses !== undefined) for (const use of this.#uses) total.add(use);
  }

  used(use: QueueUse): void {
    this.#uses ??= new Set();
    this.#uses.add(use);
  }

  /** The channel ends. */
  useEnded(use: QueueUse): void {
    this.#uses?.delete(use);
    this.#past ??= new DeliveryCounts();
    this.#past.add(use);
  }

  /** Undefined: no message of it became a dead letter yet. */
  get deaths(): DeathCounts | undefined {
    return this.#deaths;
  }

  died(reason: keyof typeof DEATHS): void {
    this.#deaths ??= new DeathCounts();
    this.#deaths[DEATHS[reason]]++;
  }

  deadLetterConfirmed(): void {
    this.#deaths ??= new DeathCounts();
    this.#deaths.confirmed++;
  }

  get sources(): readonly QueueSource[] {
    this.#sources = this.#sources.filter(({ exchange }) => !exchange.isRemoved);
    return this.#sources;
  }

  source(exchange: ExchangeCounts): QueueSource {
    const first = this.#sources[0];
    return first?.exchange === exchange ? first : this.#findSource(exchange);
  }

  #findSource(exchange: ExchangeCounts): QueueSource {
    const sources = this.#sources;
    const at = sources.findIndex((source) => source.exchange === exchange);
    if (at < 0) {
      const source = { exchange, publish: 0 };
      // Without statistics nobody looks, and exchanges come and go.
      this.#sources = [...this.sources, source];
      return source;
    }
    const source = sources[at] as QueueSource;
    sources[at] = sources[0] as QueueSource;
    sources[0] = source;
    return source;
  }

  /** An operator fetched messages, without a channel. */
  fetchedByOperator(fetched: Fetched): void {
    this.#past ??= new DeliveryCounts();
    const past = this.#past;
    if (fetched.isSettled) past.getNoAck += fetched.count;
    else past.get += fetched.count;
    past.redeliver += fetched.redeliveredCount;
    if (fetched.isEmpty) past.getEmpty++;
  }

  /** The queue is gone; its channels keep what they counted. */
  remove(): void {
    for (const use of this.uses) use.channel.queueRemoved(use);
    this.#uses = undefined;
  }
}

/** A channel as others name it. */
export interface CountedChannel {
  readonly number: number;
  readonly connection: {
    readonly name: string;
    readonly transport: { readonly remoteAddress: string; readonly remotePort: number };
    readonly user: { readonly name: string } | undefined;
  };
}

export class ChannelCounts {
  readonly channel: CountedChannel;
  #exchanges: Map<ExchangeCounts, ExchangeUse> | undefined;
  #queues: Map<QueueCounts, QueueUse> | undefined;
  /** With exchanges and queues that are gone. */
  #pastPublishes: PublishCounts | undefined;
  #pastDeliveries: DeliveryCounts | undefined;

  constructor(channel: CountedChannel) {
    this.channel = channel;
  }

  get hasPublished(): boolean {
    return this.#exchanges !== undefined || this.#pastPublishes !== undefined;
  }

  get exchangeUses(): Iterable<ExchangeUse> {
    return this.#exchanges?.values() ?? NO_EXCHANGE_USES;
  }

  get queueUses(): Iterable<QueueUse> {
    return this.#queues?.values() ?? NO_QUEUE_USES;
  }

  /** What the channel does with the exchange is counted there. */
  ofExchange(exchange: ExchangeCounts): ExchangeUse {
    this.#exchanges ??= new Map();
    const existing = this.#exchanges.get(exchange);
    if (existing !== undefined) return existing;
    const use = new ExchangeUse(this, exchange);
    this.#exchanges.set(exchange, use);
    exchange.used(use);
    return use;
  }

  ofQueue(queue: QueueCounts): QueueUse {
    this.#queues ??= new Map();
    const existing = this.#queues.get(queue);
    if (existing !== undefined) return existing;
    const use = new QueueUse(this, queue);
    this.#queues.set(queue, use);
    queue.used(use);
    return use;
  }

  get publishes(): PublishCounts {
    const total = new PublishCounts();
    if (this.#pastPublishes !== undefined) total.add(this.#pastPublishes);
    for (const use of this.exchangeUses) total.add(use);
    return total;
  }

  get deliveries(): DeliveryCounts {
    const total = new DeliveryCounts();
    if (this.#pastDeliveries !== undefined) total.add(this.#pastDeliveries);
    for (const use of this.queueUses) total.add(use);
    return total;
  }

  exchangeRemoved(use: ExchangeUse): void {
    this.#exchanges?.delete(use.exchange);
    this.#pastPublishes ??= new PublishCounts();
    this.#pastPublishes.add(use);
  }

  queueRemoved(use: QueueUse): void {
    this.#queues?.delete(use.queue);
    this.#pastDeliveries ??= new DeliveryCounts();
    this.#pastDeliveries.add(use);
  }

  /** The channel ends. */
  close(): void {
    for (const use of this.exchangeUses) use.exchange.useEnded(use);
    for (const use of this.queueUses) use.queue.useEnded(use);
    this.#exchanges = undefined;
    this.#queues = undefined;
  }
}
