// Consumers: each settles by its habit and, now and then, publishes a mark on the same connection:
// when the mark is confirmed, every settlement sent before it has to be durable.

import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Link } from './link.ts';
import { decodeBody } from './message-body.ts';
import type { Producer } from './producer.ts';
import type { Habit } from './world.ts';

const PREFETCH = 60;
/** A batch that stays below the prefetch, so that some messages are always out and not settled. */
const BATCH = 25;
const MARK_EVERY = 40;
const SPECIAL_PERCENT = 8;

export interface ConsumerPlan {
  readonly queue: string;
  readonly habit: Habit;
  /** Decides what is special, and makes the marks. */
  readonly producer: Producer;
  /** False while draining: marks would fill a queue again. */
  readonly hasMarks: boolean;
  readonly onDelivery: () => void;
}

interface Waiting {
  readonly message: ConsumeMessage;
  readonly id: string | undefined;
}

export class Consumer {
  readonly #plan: ConsumerPlan;
  readonly #link: Link;
  #channelName = '';
  #waiting: Waiting[] = [];
  #settledCount = 0;
  #markCount = 0;

  constructor(plan: ConsumerPlan, link: Link) {
    this.#plan = plan;
    this.#link = link;
  }

  async start(): Promise<void> {
    const { name, channel } = await this.#link.confirmChannel(() => undefined);
    this.#channelName = name;
    await channel.prefetch(PREFETCH);
    await channel.consume(this.#plan.queue, (message) => {
      if (message !== null) this.#delivered(channel, message);
    });
  }

  #delivered(channel: ConfirmChannel, message: ConsumeMessage): void {
    const { queue, onDelivery } = this.#plan;
    const { epoch, name } = this.#link;
    const id = decodeBody(message.content);
    const isRedelivered = message.fields.redelivered;
    this.#link.note({ kind: 'delivered', epoch, link: name, queue, id, isRedelivered });
    onDelivery();
    try {
      this.#settle(channel, { message, id });
      if (this.#plan.hasMarks && this.#settledCount >= MARK_EVERY) this.#publishMark(channel);
    } catch {
      // The channel ended with the broker while deliveries were still being read.
    }
  }

  #settle(channel: ConfirmChannel, delivery: Waiting): void {
    const { habit, producer } = this.#plan;
    const isSpecial = producer.random.chance(SPECIAL_PERCENT);
    if (habit === 'ack multiple') {
      this.#waiting.push(delivery);
      if (this.#waiting.length < BATCH) return;
      for (const waiting of this.#waiting) this.#noteSettled(waiting.id, 'done');
      this.#waiting = [];
      channel.ack(delivery.message, true);
    } else if (habit === 'requeue some' && isSpecial) {
      this.#noteSettled(delivery.id, 'requeued');
      channel.nack(delivery.message, false, true);
    } else if (habit === 'reject some' && isSpecial) {
      this.#noteSettled(delivery.id, 'done');
      channel.reject(delivery.message, false);
    } else {
      this.#noteSettled(delivery.id, 'done');
      channel.ack(delivery.message);
    }
  }

  #noteSettled(id: string | undefined, outcome: 'done' | 'requeued'): void {
    if (id === undefined) return;
    const { epoch, name: link } = this.#link;
    const { queue } = this.#plan;
    this.#link.note({ kind: 'settled', epoch, link, queue, id, outcome, atMs: performance.now() });
    if (outcome === 'done') this.#settledCount++;
  }

  #publishMark(channel: ConfirmChannel): void {
    this.#settledCount = 0;
    const { producer } = this.#plan;
    const { id, sequence, route, body } = producer.next();
    this.#link.note({
      kind: 'published',
      epoch: this.#link.epoch,
      link: this.#link.name,
      channel: this.#channelName,
      tag: ++this.#markCount,
      id,
      producer: producer.name,
      sequence,
      queues: route.queues,
      isPersistent: true,
      group: id,
    });
    channel.publish(route.exchange, route.routingKey, body, { persistent: true });
  }
}
