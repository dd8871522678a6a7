// Shares the messages of a queue with groups out: the consumer whose turn it is gets the group whose turn it is,
// of those that nobody else holds. A group is held while something of it is unacked.

import type { Segment } from '../message/segment.ts';
import { type ActiveConsumers, ConsumerDispatch, deliverTaken } from './consumer-dispatch.ts';
import { GroupHolder, type MessageGroup } from './message-group.ts';
import { type GroupWindow, MessageGroups } from './message-groups.ts';
import type { QueueConsumer } from './queue-consumer.ts';
import type { QueueLane } from './queue-lane.ts';
import type { QueueLimits } from './queue-limits.ts';
import type { QueueMessages } from './queue-messages.ts';
import type { QueueSettings } from './queue-settings.ts';

export class GroupDispatch extends ConsumerDispatch {
  readonly #groups: MessageGroups;
  readonly #holders = new Map<QueueConsumer, GroupHolder>();
  /** Holds what basic.get handed out. */
  readonly #getHolder = new GroupHolder();
  /** False: no more messages can be passed during this run. */
  #canFill = true;
  /** What the last pick found; a consumer that could take a message was seen. */
  #group: MessageGroup | undefined;
  #isAnyWilling = false;
  readonly #accepts = (consumer: QueueConsumer): boolean => {
    if (!consumer.canTake()) return false;
    this.#isAnyWilling = true;
    this.#group = this.#groups.nextFor(this.#holders.get(consumer));
    return this.#group !== undefined;
  };

  constructor(
    messages: QueueMessages,
    headers: readonly string[],
    activeConsumers: ActiveConsumers,
    window?: GroupWindow,
  ) {
    super(activeConsumers);
    this.#groups = new MessageGroups(messages, headers, window);
  }

  /** True when basic.get may find a message once more were read from the disk. */
  get needsCold(): boolean {
    return this.#groups.needsCold;
  }

  /** What take() of the messages finds next is known to its group. */
  passHead(): void {
    this.#groups.fill(1);
  }

  /** A message that was held is settled; called before it is. */
  settled(segment: Segment, index: number): void {
    this.#groups.settled(segment, index);
  }

  /** A message that was held waits for its retry. */
  waits(segment: Segment, index: number): void {
    this.#groups.wait(segment, index);
  }

  waitEnds(segment: Segment, index: number): void {
    this.#groups.endWait(segment, index);
  }

  override add(consumer: QueueConsumer): void {
    this.#holders.set(consumer, new GroupHolder());
    super.add(consumer);
  }

  /** What it has not settled stays its own: nobody gets messages of those groups. */
  override remove(consumer: QueueConsumer): boolean {
    this.#holders.delete(consumer);
    return super.remove(consumer);
  }

  override clear(): void {
    this.#holders.clear();
    super.clear();
  }

  override run(lane: QueueLane, limits: QueueLimits): boolean {
    const { messages, positionOffset } = lane;
    this.#canFill = true;
    if (messages.mayExpire && messages.readyCount > 0 && !limits.ttl.dropExpired(lane, false)) {
      return false;
    }
    while (messages.readyCount > 0) {
      const consumer = this.#pick();
      if (consumer === undefined) return false;
      const group = this.#group as MessageGroup;
      this.#groups.take(group);
      if (messages.mayExpire && limits.ttl.isTakenExpired(lane, false)) {
        this.#groups.leave(group);
        if (!limits.ttl.dropTaken(lane)) return false;
        continue;
      }
      const { takenSegment, takenIndex } = messages;
      deliverTaken(consumer, messages, positionOffset);
      if (consumer.isNoAck) {
        this.#groups.leave(group);
        messages.settleAt(takenSegment, takenIndex);
      } else {
        this.#groups.hold(group, this.#holders.get(consumer) as GroupHolder);
      }
    }
    return true;
  }

  /**
   * Takes one message of a group that nobody holds, for basic.get; its group is held until it is
   * settled. False when there is none in memory.
   */
  take(lane: QueueLane, limits: QueueLimits): boolean {
    const { messages } = lane;
    this.#groups.fill();
    for (;;) {
      const group = this.#groups.nextFor(undefined);
      if (group === undefined) {
        if (!this.#groups.fillMore()) return false;
        continue;
      }
      this.#groups.take(group);
      if (!messages.mayExpire || !limits.ttl.isTakenExpired(lane, true)) {
        this.#groups.hold(group, this.#getHolder);
        return true;
      }
      this.#groups.leave(group);
      if (!limits.ttl.dropTaken(lane)) return false;
    }
  }

  /** Who gets a message of #group. Looks further into the queue when all groups in sight are held. */
  #pick(): QueueConsumer | undefined {
    if (this.#canFill) this.#canFill = this.#groups.fill();
    for (;;) {
      this.#isAnyWilling = false;
      const consumer = this.pickThat(this.#accepts);
      if (consumer !== undefined || !this.#isAnyWilling || !this.#canFill) return consumer;
      this.#canFill = this.#groups.fillMore();
    }
  }
}

/** Undefined for a queue without x-group-by. */
export function groupDispatchOf(
  settings: QueueSettings,
  messages: QueueMessages,
  active: ActiveConsumers,
): GroupDispatch | undefined {
  if (settings.groupBy === undefined) return undefined;
  return new GroupDispatch(messages, settings.groupBy, active);
}
