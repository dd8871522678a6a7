// One consumer of one channel: its prefetch, its deliveries. Owner of the positions it has not
// settled. Budget: integer writes and the copy of the record.

import type { FieldTable } from '../../protocol/field-table.ts';
import { BASIC_CANCEL, BASIC_DELIVER } from '../../protocol/generated/methods.ts';
import type { BrokerSettings } from '../broker-settings.ts';
import { DeliveryCounts } from '../metrics/message-counts.ts';
import type { Queue } from '../queue/queue.ts';
import type { QueueConsumer } from '../queue/queue-consumer.ts';
import type { ReturnReason } from '../queue/retry-delay.ts';
import type { Channel } from './channel.ts';
import { consumerDeleted } from './connection-events.ts';
import { consumerTimeoutMs } from './consumer-timeout.ts';
import { deliverPrefix, writeContent } from './deliver.ts';
import { traceDelivery } from './firehose.ts';
import type { DeliveryOwner } from './unacked-deliveries.ts';

export interface ConsumerOptions {
  readonly consumerTag: string;
  readonly isNoAck: boolean;
  readonly isExclusive: boolean;
  /** 0 = as much as the queue's type allows. Fixed when the consumer starts (basic.qos global=0). */
  readonly prefetchCount: number;
  readonly arguments: FieldTable;
  /** Default 0. */
  readonly priority?: bigint;
  /** Undefined: as the queue has it. */
  readonly timeoutMs?: number | undefined;
}

export class Consumer implements QueueConsumer, DeliveryOwner {
  readonly channel: Channel;
  /** Undefined for the consumer of direct replies, which has no queue. */
  readonly queue: Queue | undefined;
  readonly consumerTag: string;
  readonly isNoAck: boolean;
  readonly isExclusive: boolean;
  readonly prefetchCount: number;
  readonly arguments: FieldTable;
  readonly priority: bigint;
  unackedCount = 0;
  readonly #timeoutMs: number | undefined;
  /** Deliveries that it may have unsettled. */
  readonly #unackedMax: number;
  readonly #prefix: Buffer;
  readonly #outgoing: Channel['outgoing'];
  readonly #counts: DeliveryCounts;

  constructor(channel: Channel, queue: Queue | undefined, options: ConsumerOptions) {
    this.channel = channel;
    this.queue = queue;
    this.consumerTag = options.consumerTag;
    this.isNoAck = options.isNoAck;
    this.isExclusive = options.isExclusive;
    this.prefetchCount = options.prefetchCount;
    this.arguments = options.arguments;
    this.priority = options.priority ?? 0n;
    this.#timeoutMs = options.timeoutMs;
    const { prefetchCount } = options;
    const unlimited = queue?.type.defaultPrefetchCount ?? Number.POSITIVE_INFINITY;
    this.#unackedMax = prefetchCount === 0 ? unlimited : prefetchCount;
    this.#prefix = deliverPrefix(channel.number, BASIC_DELIVER, options.consumerTag);
    this.#outgoing = channel.outgoing;
    this.#counts =
      queue === undefined ? new DeliveryCounts() : channel.counts.ofQueue(queue.counts);
  }

  get consumerTimeoutMs(): number {
    return consumerTimeoutMs(this.channel.node.settings, this.queue, this.#timeoutMs);
  }

  canTake(): boolean {
    if (this.#outgoing.isCongested) return false;
    if (this.isNoAck) return true;
    if (this.unackedCount >= this.#unackedMax) return false;
    const channel = this.channel;
    return channel.globalPrefetchCount === 0 || channel.windowCount < channel.globalPrefetchCount;
  }

  deliver(slab: Buffer, offset: number, position: number, isRedelivered: boolean): void {
    const channel = this.channel;
    const tag = ++channel.lastDeliveryTag;
    const counts = this.#counts;
    if (isRedelivered) counts.redeliver++;
    if (this.isNoAck) {
      counts.deliverNoAck++;
    } else {
      counts.deliver++;
      this.unackedCount++;
      channel.unacked.add(tag, this, position);
    }
    const prefix = this.#prefix;
    const outgoing = this.#outgoing;
    const begin = writeContent(
      outgoing,
      channel.number,
      channel.frameMaxBytes,
      prefix,
      slab,
      offset,
    );
    const out = outgoing.buffer;
    const at = begin + prefix.length - 9;
    const high = tag > 0xffffffff ? Math.floor(tag / 0x1_0000_0000) : 0;
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = high >>> 8;
    out[at + 3] = high;
    out[at + 4] = tag >>> 24;
    out[at + 5] = tag >>> 16;
    out[at + 6] = tag >>> 8;
    out[at + 7] = tag;
    out[at + 8] = isRedelivered ? 1 : 0;
    if (channel.vhost.isTraced) this.#trace(slab, offset, isRedelivered);
  }

  #trace(slab: Buffer, offset: number, isRedelivered: boolean): void {
    if (this.queue === undefined) return;
    traceDelivery(this.channel, this.queue, slab, offset, isRedelivered);
  }

  settle(position: number): void {
    this.unackedCount--;
    this.#counts.ack++;
    const queue = this.queue as Queue;
    queue.settle(position);
    queue.dispatchLater();
  }

  reject(position: number): void {
    this.unackedCount--;
    const queue = this.queue as Queue;
    queue.reject(position);
    queue.dispatchLater();
  }

  requeue(position: number, reason: ReturnReason): void {
    this.unackedCount--;
    (this.queue as Queue).requeue(position, reason);
  }

  /** An operator ends the consumer; what it has not settled stays with its channel. */
  cancel(): void {
    this.queue?.removeConsumer(this);
    this.queueRemoved();
  }

  /** The queue is gone under the consumer. */
  queueRemoved(): void {
    this.channel.consumers.delete(this.consumerTag);
    consumerDeleted(this);
    if (!this.channel.connection.capabilities.consumerCancelNotify) return;
    const method = { id: BASIC_CANCEL, consumerTag: this.consumerTag, noWait: true } as const;
    this.channel.connection.output.sendAfterReply(this.channel.number, method);
  }
}

/** Holds what basic.get handed out without consumer: one per channel and queue. */
export class GetOwner implements DeliveryOwner {
  readonly #settings: BrokerSettings;
  readonly #queue: Queue;
  readonly #counts: DeliveryCounts;

  constructor(settings: BrokerSettings, queue: Queue, counts: DeliveryCounts) {
    this.#settings = settings;
    this.#queue = queue;
    this.#counts = counts;
  }

  get consumerTimeoutMs(): number {
    return consumerTimeoutMs(this.#settings, this.#queue, undefined);
  }

  settle(position: number): void {
    this.#counts.ack++;
    this.#queue.settle(position);
  }

  reject(position: number): void {
    this.#queue.reject(position);
  }

  requeue(position: number, reason: ReturnReason): void {
    this.#queue.requeue(position, reason);
  }
}
