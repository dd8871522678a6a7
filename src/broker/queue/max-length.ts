// x-max-length and x-max-length-bytes: they bound ready messages and those that wait for a retry, body octets only. drop-head acts
// after consumers had their chance; reject-publish before the message is taken in.

import type { IncomingMessage } from '../message/incoming-message.ts';
import type { Departures } from './departures.ts';
import type { QueueLane } from './queue-lane.ts';
import type { QueueLanes } from './queue-lanes.ts';
import type { Overflow, QueueSettings } from './queue-settings.ts';
import type { UndeliveredLetters } from './undelivered-letters.ts';

/** Messages dropped per turn and queue when a limit shrank: more go in the turns after. */
const DROPPED_PER_TURN_MAX = 2_000;

/** What the limit needs of its queue. */
export interface Bounded {
  /** They count, too. */
  readonly undelivered: UndeliveredLetters | undefined;
  readThenDispatch(lane: QueueLane): void;
  dispatchLater(): void;
}

export class MaxLength {
  #count = Number.POSITIVE_INFINITY;
  #bytes = Number.POSITIVE_INFINITY;
  overflow: Overflow = 'drop-head';
  readonly #queue: Bounded;
  readonly #departures: Departures;
  readonly #lanes: QueueLanes;

  constructor(queue: Bounded, departures: Departures, lanes: QueueLanes) {
    this.#queue = queue;
    this.#departures = departures;
    this.#lanes = lanes;
  }

  apply(settings: QueueSettings): void {
    this.#count = settings.maxLength ?? Number.POSITIVE_INFINITY;
    this.#bytes = settings.maxLengthBytes ?? Number.POSITIVE_INFINITY;
    this.overflow = settings.overflow;
  }

  get isSet(): boolean {
    return this.#count !== Number.POSITIVE_INFINITY || this.countsBytes;
  }

  get countsBytes(): boolean {
    return this.#bytes !== Number.POSITIVE_INFINITY;
  }

  /** True when messages are refused rather than dropped. */
  get rejects(): boolean {
    return this.isSet && this.overflow !== 'drop-head';
  }

  /** True when the queue would be too long with one more. */
  wouldOverflow(message: IncomingMessage): boolean {
    const lanes = this.#lanes;
    const { undelivered } = this.#queue;
    const count = lanes.readyCount + lanes.waitingCount + (undelivered?.count ?? 0);
    if (count + 1 > this.#count) return true;
    if (!this.countsBytes) return false;
    const bodyBytes = lanes.readyBodyBytes + (undelivered?.bodyBytes ?? 0);
    return bodyBytes + message.bodyBytes > this.#bytes;
  }

  /** Drops from the head until the queue is within its limits. */
  keepUp(): void {
    const queue = this.#queue;
    for (let dropped = 0; this.#isOver(); dropped++) {
      // With priorities the head of the highest level goes first, as in RabbitMQ.
      const lane = this.#lanes.head;
      if (lane === undefined) return;
      if (dropped >= DROPPED_PER_TURN_MAX) return queue.dispatchLater();
      if (!lane.messages.peek()) return queue.readThenDispatch(lane);
      this.#departures.dropHead(lane, 'maxlen');
    }
  }

  #isOver(): boolean {
    const lanes = this.#lanes;
    if (this.overflow !== 'drop-head') return false;
    if (lanes.readyCount + lanes.waitingCount > this.#count) return true;
    return this.countsBytes && lanes.readyCount > 0 && lanes.readyBodyBytes > this.#bytes;
  }
}
