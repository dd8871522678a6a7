// What becomes of messages that nobody acknowledged: given back by their consumer, refused, expired, too many.
// One that leaves is settled in the turn in which it becomes a dead letter, so both are one commit.

import type { Clock, Random } from '../clock.ts';
import type { Deadlines } from '../deadlines.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { recordOf } from '../message/message-record.ts';
import type { DeadLetterSink, DeathReason } from './dead-letter.ts';
import type { GroupDispatch } from './group-dispatch.ts';
import type { Queue } from './queue.ts';
import type { QueueLane } from './queue-lane.ts';
import type { QueueLanes } from './queue-lanes.ts';
import { type ReturnReason, retryDelayMs } from './retry-delay.ts';
import { endWaitAt, requeueAt, waitAt } from './returned-positions.ts';
import { WaitingMessages } from './waiting-messages.ts';

export interface DeparturesEnvironment {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly random: Random;
  readonly deadLetters: DeadLetterSink;
}

export class Departures {
  readonly #queue: Queue;
  readonly #groups: GroupDispatch | undefined;
  readonly #lanes: QueueLanes;
  readonly #environment: DeparturesEnvironment;
  /** Made for the first message that waits. */
  #waiting: WaitingMessages | undefined;

  constructor(
    queue: Queue,
    groups: GroupDispatch | undefined,
    lanes: QueueLanes,
    environment: DeparturesEnvironment,
  ) {
    this.#queue = queue;
    this.#groups = groups;
    this.#lanes = lanes;
    this.#environment = environment;
  }

  /** A delivered message goes back to its place, at once or later, unless it came back too often. */
  giveBack(lane: QueueLane, position: number, reason: ReturnReason): void {
    const { settings } = this.#queue;
    const { messages } = lane;
    if (reason === 'stays') return requeueAt(messages, position);
    if (settings.countsDeliveries) {
      if (messages.deliveryCountAt(position) >= settings.deliveryLimit) {
        return this.drop(lane, position, 'delivery_limit');
      }
      lane.countReturn(position);
    }
    const count = messages.deliveryCountAt(position);
    const delayMs = retryDelayMs(settings.retry, reason, count, this.#environment.random);
    if (delayMs === 0) return requeueAt(messages, position);
    const segment = messages.find(position);
    this.#groups?.waits(segment, position - segment.base);
    waitAt(messages, position);
    this.#waiting ??= this.#createWaiting();
    this.#waiting.add(position + lane.positionOffset, delayMs);
  }

  #createWaiting(): WaitingMessages {
    const { clock, deadlines } = this.#environment;
    return new WaitingMessages(clock, deadlines, (position) => {
      const lane = this.#endWait(position);
      requeueAt(lane.messages, position - lane.positionOffset);
      this.#queue.dispatchLater();
    });
  }

  #endWait(position: number): QueueLane {
    const lane = this.#lanes.at(position);
    const own = position - lane.positionOffset;
    endWaitAt(lane.messages, own);
    const segment = lane.messages.find(own);
    this.#groups?.waitEnds(segment, own - segment.base);
    return lane;
  }

  /** Settles what waits; returns how many messages did. */
  purgeWaiting(): number {
    const positions = this.#waiting?.takeAll() ?? [];
    for (const position of positions) {
      this.#endWait(position);
      this.#queue.settle(position);
    }
    return positions.length;
  }

  /** The queue is gone. */
  stop(): void {
    this.#waiting?.stop();
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

  /** The queue is full and did not take the message, which may become a dead letter. */
  refused(message: IncomingMessage): void {
    if (this.#queue.settings.overflow !== 'reject-publish-dlx') return;
    this.deadLetter(recordOf(message), 0, 'maxlen');
  }

  /** Without a dead-letter exchange there is nothing to do. */
  deadLetter(slab: Buffer, offset: number, reason: DeathReason): void {
    const queue = this.#queue;
    if (queue.settings.deadLetterExchange === undefined) return;
    this.#environment.deadLetters.add(queue, slab, offset, reason);
  }
}
