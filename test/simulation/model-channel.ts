// The auditor's idea of a channel and its connection: what was asked and not answered, what was
// delivered and not settled, what was published and not confirmed.

import type { Method } from '../../src/protocol/generated/methods.ts';
import type { ModelQueue, PublishedMessage, QueueEntry } from './model-queue.ts';

export interface ModelConsumer {
  readonly tag: string;
  readonly queue: ModelQueue;
  readonly channel: ModelChannel;
  readonly isNoAck: boolean;
  readonly prefetchCount: number;
  readonly priority: number;
  /** When it came: a number of the history. */
  readonly since: number;
  unackedCount: number;
  /** Per level: the last position it got for the first time. */
  readonly lastFirstPositions: Map<number, number>;
}

/** A delivery that was not settled. `entry` is undefined once its queue is gone. */
export interface ModelDelivery {
  readonly tag: number;
  readonly entry: QueueEntry;
  readonly consumer: ModelConsumer | undefined;
}

/** `giveUp`: basic.reject with requeue. */
export type SettleKind = 'ack' | 'requeue' | 'giveUp' | 'reject';

export interface ModelPublish {
  readonly message: PublishedMessage;
  entries: QueueEntry[];
  /** A basic.return must have been sent before the confirm or commit-ok. */
  mustReturn: boolean;
}

export interface PendingGet {
  readonly queue: ModelQueue;
  readonly isNoAck: boolean;
  /** The queue has something for sure, and nobody else can take it. */
  mustFind: boolean;
  /** Dropped by a purge that may have come behind the get. */
  purged: readonly QueueEntry[];
}

export interface ExpectedReply {
  readonly id: Method['id'];
  /** Says what is wrong with the reply; undefined = nothing. */
  check(method: Method, body: Buffer | undefined): string | undefined;
}

export class ModelChannel {
  readonly connection: ModelConnection;
  readonly number: number;
  readonly consumers = new Map<string, ModelConsumer>();
  /**
   * Gone in this turn. A queue with rules delivers before it answers what is asked of it: what it
   * handed out leaves at the end of the turn, in front of whatever tells that the consumer is gone.
   */
  readonly leaving = new Map<string, ModelConsumer>();
  readonly unacked: ModelDelivery[] = [];
  readonly replies: ExpectedReply[] = [];
  /** Messages that must come back as basic.return, in this order. */
  readonly returns: ModelPublish[] = [];
  /** Consumers the broker has to cancel itself. */
  readonly cancels = new Set<string>();
  mode: 'plain' | 'confirm' | 'tx' = 'plain';
  publishedCount = 0;
  readonly unconfirmed = new Map<number, ModelPublish>();
  txPublishes: { message: PublishedMessage; queues: ModelQueue[]; isMandatory: boolean }[] = [];
  txSettles: { delivery: ModelDelivery; kind: SettleKind }[] = [];
  prefetchCount = 0;
  globalPrefetchCount = 0;
  lastTag = 0;
  /** Gets in the order they were asked. */
  readonly pendingGets: PendingGet[] = [];
  /** The broker closed it and waits for close-ok. */
  isClosing = false;
  /** The client closed it; close-ok ends it. */
  isClosedByClient = false;

  constructor(connection: ModelConnection, number: number) {
    this.connection = connection;
    this.number = number;
  }

  /** Deliveries that count for the window shared by all consumers. */
  get outstandingCount(): number {
    return this.unacked.length + this.txSettles.length;
  }

  expect(id: Method['id'], check: ExpectedReply['check'] = () => undefined): void {
    this.replies.push({ id, check });
  }
}

export class ModelConnection {
  readonly number: number;
  readonly channels = new Map<number, ModelChannel>();
  isClosed = false;
  /** Its socket takes no more; and when that changed last. */
  isCongested = false;
  congestionAt = 0;
  #repliedCount = 0;
  /** What came behind a reply that may be held: the broker takes it in when that reply has left. */
  #heldBack: { readonly entry: QueueEntry; readonly afterReply: number }[] = [];

  constructor(number: number) {
    this.number = number;
  }

  get #awaitedCount(): number {
    let count = 0;
    for (const channel of this.channels.values()) count += channel.replies.length;
    return count;
  }

  /** A publish arrived; while replies are awaited nobody sees whether it was taken in. */
  holdBack(entries: readonly QueueEntry[]): void {
    const awaited = this.#awaitedCount;
    if (awaited === 0) return;
    for (const entry of entries) {
      entry.takenInAt = Number.POSITIVE_INFINITY;
      entry.wasHeldBack = true;
      this.#heldBack.push({ entry, afterReply: this.#repliedCount + awaited });
    }
  }

  /** A reply left. */
  replied(now: number): void {
    this.#repliedCount++;
    this.#takeIn(now, this.#awaitedCount === 0);
  }

  /** Nothing moves any more in this turn. */
  turnEnded(now: number): void {
    if (this.#awaitedCount === 0) this.#takeIn(now, true);
  }

  #takeIn(now: number, isAll: boolean): void {
    while (this.#heldBack.length > 0) {
      const first = this.#heldBack[0] as { entry: QueueEntry; afterReply: number };
      if (!isAll && first.afterReply > this.#repliedCount) return;
      first.entry.takenInAt = now;
      this.#heldBack.shift();
    }
  }
}
