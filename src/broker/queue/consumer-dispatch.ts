// Shares the ready messages of one queue out to its consumers: to those of the highest priority that can
// take a message now, strict round robin among equals. With a single active consumer the others wait.
// Budget: no allocation, one canTake() per message with one consumer.

import { withDeliveryCount } from '../message/delivery-count-header.ts';
import type { QueueConsumer } from './queue-consumer.ts';
import type { QueueLane } from './queue-lane.ts';
import type { QueueLimits } from './queue-limits.ts';
import type { QueueMessages } from './queue-messages.ts';
import type { QueueSettings } from './queue-settings.ts';
import type { QueueType } from './queue-types.ts';

/** Which of its consumers a queue delivers to. */
export type ActiveConsumers =
  | 'all'
  /** One. When it leaves, the one of highest priority follows, among equals the oldest. */
  | 'single'
  /** The same, and a newcomer of higher priority takes over once the active one has nothing unacked. */
  | 'single-of-highest-priority';

export function activeConsumersOf(settings: QueueSettings, type: QueueType): ActiveConsumers {
  if (!settings.isSingleActiveConsumer) return 'all';
  return type.replacesActiveConsumer ? 'single-of-highest-priority' : 'single';
}

/** Hands out what a take found. */
export function deliverTaken(
  consumer: QueueConsumer,
  messages: QueueMessages,
  positionOffset: number,
): void {
  const segment = messages.takenSegment;
  let slab = segment.slab;
  let offset = segment.offsets[messages.takenIndex] as number;
  if (messages.takenDeliveryCount !== 0) {
    slab = withDeliveryCount(slab, offset, messages.takenDeliveryCount);
    offset = 0;
  }
  const position = messages.takenPosition + positionOffset;
  consumer.deliver(slab, offset, position, messages.takenRedelivered);
}

/** Consumers of one priority. */
class RoundRobin {
  readonly priority: bigint;
  readonly consumers: QueueConsumer[] = [];
  #next = 0;

  constructor(priority: bigint) {
    this.priority = priority;
  }

  /** The last in turn: all others are served before it. */
  add(consumer: QueueConsumer): void {
    if (this.#next >= this.consumers.length) this.#next = 0;
    if (this.#next === 0) this.consumers.push(consumer);
    else this.consumers.splice(this.#next++, 0, consumer);
  }

  remove(consumer: QueueConsumer): void {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return;
    this.consumers.splice(index, 1);
    if (this.#next > index) this.#next--;
  }

  pick(): QueueConsumer | undefined {
    const consumers = this.consumers;
    const count = consumers.length;
    let next = this.#next;
    for (let tried = 0; tried < count; tried++) {
      if (next >= count) next = 0;
      const consumer = consumers[next] as QueueConsumer;
      next++;
      if (consumer.canTake()) {
        this.#next = next;
        return consumer;
      }
    }
    return undefined;
  }

  pickThat(accepts: (consumer: QueueConsumer) => boolean): QueueConsumer | undefined {
    const { consumers } = this;
    for (let tried = 0; tried < consumers.length; tried++) {
      const at = (this.#next + tried) % consumers.length;
      const consumer = consumers[at] as QueueConsumer;
      if (!accepts(consumer)) continue;
      this.#next = at + 1;
      return consumer;
    }
    return undefined;
  }
}

export class ConsumerDispatch {
  readonly #activeConsumers: ActiveConsumers;
  /** In order of registration, those that wait included. */
  readonly consumers: QueueConsumer[] = [];
  /** Those that get messages, highest priority first; no group is empty. */
  readonly #groups: RoundRobin[] = [];
  /** The single active consumer. */
  #active: QueueConsumer | undefined;
  /** It gets nothing more: another takes over when it has nothing unacked. */
  #isActiveFading = false;

  constructor(activeConsumers: ActiveConsumers) {
    this.#activeConsumers = activeConsumers;
  }

  add(consumer: QueueConsumer): void {
    this.consumers.push(consumer);
    if (this.#activeConsumers === 'all') this.#enter(consumer);
    else this.#appoint();
  }

  /** True when the consumer was there. */
  remove(consumer: QueueConsumer): boolean {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return false;
    this.consumers.splice(index, 1);
    if (this.#activeConsumers === 'all') {
      this.#leave(consumer);
    } else {
      if (this.#active === consumer) this.#active = undefined;
      this.#appoint();
    }
    return true;
  }

  /** False for those that wait behind a single active consumer. */
  isActive(consumer: QueueConsumer): boolean {
    return this.#activeConsumers === 'all' || this.#active === consumer;
  }

  /** The queue is gone. */
  clear(): void {
    this.consumers.length = 0;
    this.#groups.length = 0;
    this.#active = undefined;
    this.#isActiveFading = false;
  }

  /**
   * Delivers the messages of one lane until none is ready in memory or no consumer can take one. True
   * when no ready message is left.
   */
  run(lane: QueueLane, limits: QueueLimits): boolean {
    if (this.#isActiveFading) this.#appoint();
    const { messages, positionOffset } = lane;
    while (messages.readyCount > 0) {
      if (messages.mayExpire) {
        if (!limits.ttl.dropExpired(lane, false)) return false;
        if (messages.readyCount === 0) break;
      }
      const consumer = this.#pick();
      if (consumer === undefined) return false;
      if (!messages.take()) break;
      const { takenSegment, takenIndex } = messages;
      deliverTaken(consumer, messages, positionOffset);
      if (consumer.isNoAck) messages.settleAt(takenSegment, takenIndex);
    }
    return messages.readyCount === 0;
  }

  #pick(): QueueConsumer | undefined {
    const groups = this.#groups;
    for (let i = 0; i < groups.length; i++) {
      const consumer = (groups[i] as RoundRobin).pick();
      if (consumer !== undefined) return consumer;
    }
    return undefined;
  }

  /** The next consumer in turn that `accepts` (which asks canTake), highest priority first. */
  protected pickThat(accepts: (consumer: QueueConsumer) => boolean): QueueConsumer | undefined {
    if (this.#isActiveFading) this.#appoint();
    for (const group of this.#groups) {
      const consumer = group.pickThat(accepts);
      if (consumer !== undefined) return consumer;
    }
    return undefined;
  }

  #enter(consumer: QueueConsumer): void {
    const groups = this.#groups;
    let at = 0;
    while (at < groups.length && (groups[at] as RoundRobin).priority > consumer.priority) at++;
    let group = groups[at];
    if (group?.priority !== consumer.priority) {
      group = new RoundRobin(consumer.priority);
      groups.splice(at, 0, group);
    }
    group.add(consumer);
  }

  #leave(consumer: QueueConsumer): void {
    const at = this.#groups.findIndex((group) => group.priority === consumer.priority);
    const group = this.#groups[at] as RoundRobin;
    group.remove(consumer);
    if (group.consumers.length === 0) this.#groups.splice(at, 1);
  }

  /** Settles who is the single active consumer now. */
  #appoint(): void {
    const first = this.#firstInLine();
    const active = this.#active;
    const isChallenged =
      active !== undefined &&
      this.#activeConsumers === 'single-of-highest-priority' &&
      (first as QueueConsumer).priority > active.priority;
    this.#isActiveFading = isChallenged && active.unackedCount > 0;
    if (active === undefined || (isChallenged && !this.#isActiveFading)) this.#active = first;
    this.#groups.length = 0;
    if (this.#active !== undefined && !this.#isActiveFading) this.#enter(this.#active);
  }

  /** The consumer of highest priority, among equals the oldest. */
  #firstInLine(): QueueConsumer | undefined {
    let first = this.consumers[0];
    for (const consumer of this.consumers) {
      if (consumer.priority > (first as QueueConsumer).priority) first = consumer;
    }
    return first;
  }
}
