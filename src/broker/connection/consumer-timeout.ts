// The delivery acknowledgement timeout of one channel (RabbitMQ's consumer_timeout), basic.get included: one
// deadline while something is unacknowledged. Nothing is noted per delivery: each tick marks the last delivery
// tag with the time, so the age of a delivery is known to within a tick and never taken for more than it is.

import { ofNoMethod, preconditionFailed } from '../../protocol/amqp-error.ts';
import type { BrokerSettings } from '../broker-settings.ts';
import { Deadline } from '../deadlines.ts';
import { LATE_TAGS_MAX } from '../limits.ts';
import type { Queue } from '../queue/queue.ts';
import type { Channel } from './channel.ts';
import type { DeliveryOwner } from './unacked-deliveries.ts';

/** RabbitMQ looks once a minute. */
const TICK_MS_MAX = 60_000;
const TICK_MS_MIN = 10;
const TICKS_PER_TIMEOUT = 10;
/** Then every other one is dropped: the older a delivery, the coarser its age. */
const MARKS_MAX = 64;

/** Every delivery up to `tag` was made by `atMs`. */
interface Mark {
  readonly tag: number;
  readonly atMs: number;
}

/** How long a delivery may stay unacknowledged; Infinity = for ever. The consumer's word goes before the queue's. */
export function consumerTimeoutMs(
  settings: BrokerSettings,
  queue: Queue | undefined,
  ofConsumerMs: number | undefined,
): number {
  const ms = ofConsumerMs ?? queue?.settings.consumerTimeoutMs ?? settings.consumerTimeoutMs;
  return ms === 0 ? Number.POSITIVE_INFINITY : ms;
}

export class ConsumerTimeout {
  readonly #channel: Channel;
  readonly #deadline = new Deadline(() => this.#tick());
  /** Oldest first; the first covers the oldest delivery. */
  #marks: Mark[] = [];
  /** The shortest timeout that a delivery may have. */
  #shortestMs = Number.POSITIVE_INFINITY;
  /** Requeued for being late and not answered by the client yet. */
  #lateTags: Set<number> | undefined;
  /** Late tags up to here are not remembered one by one any more. */
  #forgottenTag = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.unacked.onNextAdd = this.#arm;
  }

  /** A delivery may follow that has this timeout. */
  expect(timeoutMs: number): void {
    if (timeoutMs >= this.#shortestMs) return;
    this.#shortestMs = timeoutMs;
    const { unacked, node } = this.#channel;
    if (this.#deadline.isSet) this.#schedule(node.clock.nowMs());
    else if (unacked.onNextAdd === undefined) unacked.onNextAdd = this.#arm;
  }

  /** True, once, for a delivery that was requeued for being late: its client could not know. */
  forgives(tag: number): boolean {
    if (this.#lateTags?.delete(tag) === true) return true;
    return tag !== 0 && tag <= this.#forgottenTag;
  }

  /** The channel ends. */
  stop(): void {
    this.#channel.unacked.onNextAdd = undefined;
    this.#channel.node.deadlines.cancel(this.#deadline);
  }

  #arm = (): void => {
    const nowMs = this.#channel.node.clock.nowMs();
    this.#mark(nowMs);
    this.#lookForShortest();
    this.#schedule(nowMs);
  };

  #tick(): void {
    const { unacked, node } = this.#channel;
    const nowMs = node.clock.nowMs();
    if (unacked.count > 0) {
      this.#mark(nowMs);
      this.#lookForShortest();
      this.#handleLate(nowMs);
      // The channel was closed for it.
      if (this.#channel.isClosing) return;
    }
    if (unacked.count > 0) return this.#schedule(nowMs);
    this.#marks = [];
    this.#shortestMs = Number.POSITIVE_INFINITY;
    unacked.onNextAdd = this.#arm;
  }

  #mark(nowMs: number): void {
    const { lastDeliveryTag, unacked } = this.#channel;
    const marks = this.#marks;
    if (marks.at(-1)?.tag !== lastDeliveryTag) marks.push({ tag: lastDeliveryTag, atMs: nowMs });
    const oldest = unacked.oldestTag;
    const passed = marks.findIndex((mark) => mark.tag >= oldest);
    if (passed > 0) marks.splice(0, passed);
    // What a dropped one covered counts as younger: late is found out later, never too early.
    if (marks.length > MARKS_MAX) this.#marks = marks.filter((_, index) => index % 2 === 0);
  }

  /** Policies may have changed it since a consumer came. */
  #lookForShortest(): void {
    for (const consumer of this.#channel.consumers.values()) {
      this.#shortestMs = Math.min(this.#shortestMs, consumer.consumerTimeoutMs);
    }
  }

  #schedule(nowMs: number): void {
    // Nobody waits for anything: no timer is held, until a consumer or queue with a timeout comes.
    if (this.#shortestMs === Number.POSITIVE_INFINITY) {
      this.#marks = [];
      this.#channel.node.deadlines.cancel(this.#deadline);
      return;
    }
    const tickMs = Math.min(
      Math.max(this.#shortestMs / TICKS_PER_TIMEOUT, TICK_MS_MIN),
      TICK_MS_MAX,
    );
    const firstAtMs = (this.#marks[0] as Mark).atMs + this.#shortestMs;
    const isFirstNext = firstAtMs > nowMs && firstAtMs < nowMs + tickMs;
    this.#channel.node.deadlines.setAt(this.#deadline, isFirstNext ? firstAtMs : nowMs + tickMs);
  }

  #handleLate(nowMs: number): void {
    const tags: number[] = [];
    let timeoutMs = 0;
    const marks = this.#marks;
    let at = 0;
    this.#channel.unacked.forEachUpTo(
      this.#lastTagOlderThan(this.#shortestMs, nowMs),
      (tag, owner) => {
        while ((marks[at] as Mark).tag < tag) at++;
        const ageMs = nowMs - (marks[at] as Mark).atMs;
        if (ageMs < owner.consumerTimeoutMs) return;
        if (tags.length === 0) timeoutMs = owner.consumerTimeoutMs;
        tags.push(tag);
      },
    );
    if (tags.length === 0) return;
    if (this.#channel.node.settings.consumerTimeoutResponse === 'requeue') this.#requeue(tags);
    else this.#closeChannel(timeoutMs);
  }

  /** 0 when there is none. */
  #lastTagOlderThan(ageMs: number, nowMs: number): number {
    let tag = 0;
    for (const mark of this.#marks) {
      if (nowMs - mark.atMs < ageMs) break;
      tag = mark.tag;
    }
    return tag;
  }

  #closeChannel(timeoutMs: number): void {
    const { connection, number } = this.#channel;
    const error = preconditionFailed(
      `delivery acknowledgement on channel ${number} timed out. Timeout value used: ${timeoutMs} ms. ` +
        'This timeout value can be configured, see consumers doc guide to learn more',
    );
    connection.failed(number, 0, ofNoMethod(error));
  }

  #requeue(tags: readonly number[]): void {
    const channel = this.#channel;
    const { connection, node, unacked } = channel;
    for (const tag of tags) {
      if (!unacked.takeOne(tag)) continue;
      this.#rememberLate(tag);
      (unacked.takenOwner as DeliveryOwner).requeue(unacked.takenPosition, 'failed');
    }
    node.log.warn(
      { channel: channel.number, deliveries: tags.length, ...connection.logFields() },
      'delivery acknowledgement timed out: the messages are requeued',
    );
    channel.windowHasRoom();
  }

  #rememberLate(tag: number): void {
    this.#lateTags ??= new Set();
    this.#lateTags.add(tag);
    if (this.#lateTags.size <= LATE_TAGS_MAX) return;
    const [oldest = 0] = this.#lateTags;
    this.#lateTags.delete(oldest);
    this.#forgottenTag = Math.max(this.#forgottenTag, oldest);
  }
}
