// One channel: its consumers, unacknowledged deliveries, publishing mode. What it holds is released at
// the moment it closes or fails, not when the peer answers.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { Method } from '../../protocol/generated/methods.ts';
import type { Actor } from '../actor.ts';
import type { BrokerNode, ReplyReceiver } from '../broker-node.ts';
import { ChannelCounts } from '../metrics/resource-counts.ts';
import type { Outgoing } from '../outgoing.ts';
import type { ReturnReason } from '../queue/retry-delay.ts';
import type { VirtualHost } from '../vhost/vhost.ts';
import type { Connection } from './connection.ts';
import { channelClosed, consumerDeleted } from './connection-events.ts';
import type { Consumer } from './consumer.ts';
import { ConsumerTimeout } from './consumer-timeout.ts';
import { ContentAssembly } from './content-assembly.ts';
import { ChannelPublishing } from './publish.ts';
import { PublisherConfirms } from './publisher-confirms.ts';
import { newReplyAddress } from './reply-to.ts';
import { Transaction } from './transaction.ts';
import {
  type DeliveryOwner,
  type Settlement,
  settleDelivery,
  UnackedDeliveries,
} from './unacked-deliveries.ts';

export class Channel implements ReplyReceiver {
  readonly connection: Connection;
  readonly number: number;
  readonly node: BrokerNode;
  readonly vhost: VirtualHost;
  readonly actor: Actor;
  readonly outgoing: Outgoing;
  readonly frameMaxBytes: number;
  readonly consumers = new Map<string, Consumer>();
  readonly unacked = new UnackedDeliveries();
  readonly consumerTimeout: ConsumerTimeout;
  readonly publishing: ChannelPublishing;
  readonly counts: ChannelCounts = new ChannelCounts(this);
  lastDeliveryTag = 0;
  /** For consumers that start later (basic.qos global=0); 0 = unlimited. */
  prefetchCount = 0;
  /** Over all consumers of the channel (basic.qos global=1); 0 = unlimited. */
  globalPrefetchCount = 0;
  /** What an empty queue name means. */
  lastQueueName: string | undefined;
  confirms: PublisherConfirms | undefined;
  transaction: Transaction | undefined;
  /** We sent channel.close: everything but close and close-ok is ignored. */
  isClosing = false;
  /** The consumer of amq.rabbitmq.reply-to and its address. */
  #reply: { readonly consumer: Consumer; readonly address: string } | undefined;
  #assembly: ContentAssembly | undefined;
  #isReleased = false;

  constructor(connection: Connection, number: number, vhost: VirtualHost, actor: Actor) {
    this.connection = connection;
    this.number = number;
    this.node = connection.node;
    this.vhost = vhost;
    this.actor = actor;
    this.outgoing = connection.outgoing;
    this.frameMaxBytes = connection.frameMaxBytes;
    this.publishing = new ChannelPublishing(this);
    this.consumerTimeout = new ConsumerTimeout(this);
  }

  get assembly(): ContentAssembly {
    this.#assembly ??= new ContentAssembly(this.node.settings.frameMaxBytes);
    return this.#assembly;
  }

  /** True while a publish waits for the rest of its content. */
  get isAssembling(): boolean {
    return this.#assembly !== undefined && !this.#assembly.isIdle;
  }

  /** Deliveries in the prefetch window: acknowledged ones leave it only when their tx commits. */
  get windowCount(): number {
    return this.unacked.count + (this.transaction?.settleCount ?? 0);
  }

  send(method: Method): void {
    this.connection.send(this.number, method);
  }

  /**
   * The -ok of a method. With `isStored` it leaves when the change is durable (invariant 4); with
   * `isDurable` also when another client's change that it confirms is not durable yet.
   */
  reply(method: Method, noWait: boolean, isStored: boolean, isDurable = false): void {
    if (noWait) return;
    if (isStored || (isDurable && this.node.turn.isCommitPending)) {
      this.connection.output.holdUntilDurable();
    }
    this.send(method);
  }

  selectConfirms(): void {
    if (this.transaction !== undefined) {
      throw preconditionFailed('cannot switch from tx to confirm mode');
    }
    this.confirms ??= new PublisherConfirms(this.node.turn, this.outgoing, this.number);
  }

  selectTransactions(): void {
    if (this.confirms !== undefined) {
      throw preconditionFailed('cannot switch from confirm to tx mode');
    }
    this.transaction ??= new Transaction();
  }

  /** Acknowledges or gives back one delivery, or with `multiple` all up to the tag (0 = all). */
  settle(tag: number, multiple: boolean, settlement: Settlement): void {
    const unacked = this.unacked;
    if (!multiple) {
      if (unacked.takeOne(tag)) return this.#settleTaken(settlement);
      if (this.consumerTimeout.forgives(tag)) return;
      throw unknownTag(tag);
    }
    if (tag !== 0 && !unacked.has(tag) && !this.consumerTimeout.forgives(tag)) {
      throw unknownTag(tag);
    }
    const last = tag === 0 ? this.lastDeliveryTag : tag;
    while (unacked.takeFirst(last)) this.#settleTaken(settlement);
  }

  #settleTaken(settlement: Settlement): void {
    const { takenOwner, takenPosition, takenTag } = this.unacked;
    const owner = takenOwner as DeliveryOwner;
    if (this.transaction !== undefined) {
      this.transaction.settle(takenTag, owner, takenPosition, settlement);
    } else {
      settleDelivery(owner, takenPosition, settlement);
    }
    this.windowHasRoom();
  }

  /** The window that all consumers share has room again: others than the owner may go on. */
  windowHasRoom(): void {
    if (this.globalPrefetchCount !== 0) this.wakeConsumers();
  }

  /** Everything unacknowledged goes back to its queue and will be delivered anew. */
  recover(reason: ReturnReason): void {
    const unacked = this.unacked;
    while (unacked.takeFirst(this.lastDeliveryTag)) {
      (unacked.takenOwner as DeliveryOwner).requeue(unacked.takenPosition, reason);
    }
    this.windowHasRoom();
  }

  /** Queues may have messages for consumers that could not take them before. */
  wakeConsumers(): void {
    for (const consumer of this.consumers.values()) consumer.queue?.dispatchLater();
  }

  setReplyConsumer(consumer: Consumer): void {
    if (this.#reply !== undefined) throw preconditionFailed('reply consumer already set');
    const address = newReplyAddress(this.node);
    this.#reply = { consumer, address };
    this.node.replyReceivers.set(address, this);
  }

  /** True when the tag was that of the reply consumer. */
  clearReplyConsumer(consumerTag: string): boolean {
    if (this.#reply?.consumer.consumerTag !== consumerTag) return false;
    this.node.replyReceivers.delete(this.#reply.address);
    this.#reply = undefined;
    return true;
  }

  /** True when the tag is in use on the channel. */
  hasConsumer(consumerTag: string): boolean {
    return this.consumers.has(consumerTag) || this.#reply?.consumer.consumerTag === consumerTag;
  }

  /** The address that replaces amq.rabbitmq.reply-to in a request. */
  replyAddress(): string {
    if (this.#reply === undefined) {
      throw preconditionFailed('fast reply consumer does not exist');
    }
    return this.#reply.address;
  }

  deliverReply(record: Buffer): void {
    this.#reply?.consumer.deliver(record, 0, 0, false);
  }

  /** Releases consumers, deliveries and modes. Confirms that wait for nothing still leave. */
  release(): void {
    // What was to follow a reply leaves now: behind the close nothing of this channel may come.
    this.connection.output.replied();
    this.#endConfirms();
    if (this.transaction !== undefined) {
      const { tags, owners, positions } = this.transaction.rollback();
      this.unacked.restore(tags, owners, positions);
      this.transaction = undefined;
    }
    if (this.#reply !== undefined) this.clearReplyConsumer(this.#reply.consumer.consumerTag);
    const consumers = [...this.consumers.values()];
    this.consumers.clear();
    for (const consumer of consumers) {
      consumer.queue?.removeConsumer(consumer);
      consumerDeleted(consumer);
    }
    this.consumerTimeout.stop();
    this.recover('failed');
    this.#assembly?.reset();
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.counts.close();
    this.node.counts.churn.channelsClosed++;
    channelClosed(this);
  }

  #endConfirms(): void {
    if (this.confirms === undefined) return;
    this.confirms.sendConfirms();
    this.confirms.close();
    this.node.counts.receivedConfirm += this.confirms.publishedCount;
    this.confirms = undefined;
  }
}

function unknownTag(tag: number): Error {
  return preconditionFailed(`unknown delivery tag ${BigInt(tag)}`);
}
