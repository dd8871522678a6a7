// How messages leave their queue unacknowledged: refused by their consumer, expired, too many. Each is
// settled in the turn in which it becomes a dead letter, so both are one commit.

import type { DeadLetterSink, DeathReason } from './dead-letter.ts';
import type { GroupDispatch } from './group-dispatch.ts';
import type { Queue } from './queue.ts';
import type { QueueLane } from './queue-lane.ts';

export class Departures {
  readonly #queue: Queue;
  readonly #groups: GroupDispatch | undefined;
  readonly #deadLetters: DeadLetterSink;

  constructor(queue: Queue, groups: GroupDispatch | undefined, deadLetters: DeadLetterSink) {
    this.#queue = queue;
    this.#groups = groups;
    this.#deadLetters = deadLetters;
  }

  /** Settles a delivered message for good. */
  drop(lane: QueueLane, position: number, reason: DeathReason): void {
    const segment = lane.messages.find(position);
    this.deadLetter(segment.slab, segment.offsets[position - segment.base] as number, reason);
    this.#queue.settle(position + lane.positionOffset);
  }

  /** Takes the head of the lane out for good; it is in memory. */
  dropHead(lane: QueueLane, reason: DeathReason): void {
    this.#groups?.passHead();
    lane.messages.take();
    this.dropTaken(lane, reason);
  }

  /** Settles a message that was taken, and for good. */
  dropTaken(lane: QueueLane, reason: DeathReason): void {
    const { messages } = lane;
    const segment = messages.takenSegment;
    const index = messages.takenIndex;
    this.deadLetter(segment.slab, segment.offsets[index] as number, reason);
    messages.settleAt(segment, index);
  }

  /** Without a dead-letter exchange there is nothing to do. */
  deadLetter(slab: Buffer, offset: number, reason: DeathReason): void {
    const queue = this.#queue;
    if (queue.settings.deadLetterExchange === undefined) return;
    this.#deadLetters.add(queue, slab, offset, reason);
  }
}
