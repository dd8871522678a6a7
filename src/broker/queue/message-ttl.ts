// x-message-ttl and the expiration property: when a message expires, and the end of those that did.
// As in RabbitMQ only the head is looked at: a message behind one that lives longer waits for it.

import { Deadline, type Deadlines } from '../deadlines.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { expiresAtMsAt } from '../message/record-trailer.ts';
import type { Turn } from '../turn.ts';
import type { Departures } from './departures.ts';
import type { QueueLane } from './queue-lane.ts';

/** Messages dropped per turn and queue: a backlog that expires at once must not stop the loop. */
const DROPPED_PER_TURN_MAX = 2_000;

/** What the clockwork needs of its queue. */
export interface Expirable {
  /** Has the next messages of the lane read from the disk, then dispatches. */
  readThenDispatch(lane: QueueLane): void;
  dispatchLater(): void;
}

export class MessageTtl {
  /** The queue's own; undefined: only messages with an expiration expire. */
  ttlMs: number | undefined;
  readonly #queue: Expirable;
  readonly #departures: Departures;
  readonly #turn: Turn;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline;
  #droppedCount = 0;

  constructor(queue: Expirable, departures: Departures, turn: Turn, deadlines: Deadlines) {
    this.#queue = queue;
    this.#departures = departures;
    this.#turn = turn;
    this.#deadlines = deadlines;
    this.#deadline = new Deadline(() => queue.dispatchLater());
  }

  /** When a message that arrives now expires; 0 = never. */
  expiresAtMs(message: IncomingMessage): number {
    const own = message.expirationMs;
    const ttlMs = this.ttlMs;
    if (ttlMs === undefined) return own < 0 ? 0 : this.#turn.wallMs + own;
    return this.#turn.wallMs + (own < 0 ? ttlMs : Math.min(own, ttlMs));
  }

  turnStarted(): void {
    this.#droppedCount = 0;
  }

  /**
   * Drops expired messages at the head of the lane. A message that expires in this very turn
   * (TTL 0) is dropped with `isInclusive` only: consumers get their chance first. False when the
   * head is not known to be alive: it lies on the disk, or enough was dropped for one turn.
   */
  dropExpired(lane: QueueLane, isInclusive: boolean): boolean {
    const { messages } = lane;
    const limitMs = this.#turn.wallMs + (isInclusive ? 1 : 0);
    while (messages.mayExpire && messages.readyCount > 0) {
      if (!messages.peek()) return false;
      const expiresAtMs = foundExpiresAtMs(lane);
      if (expiresAtMs === 0 || expiresAtMs >= limitMs) return true;
      if (this.#droppedCount >= DROPPED_PER_TURN_MAX) {
        this.#deadlines.setIn(this.#deadline, 0);
        return false;
      }
      this.#droppedCount++;
      this.#departures.dropHead(lane, 'expired');
    }
    return true;
  }

  /** The same behind what a take found, which stays found. */
  dropExpiredBehindTaken(lane: QueueLane): void {
    const { messages } = lane;
    const { takenSegment, takenIndex, takenPosition, takenRedelivered, takenDeliveryCount } =
      messages;
    this.dropExpired(lane, true);
    messages.takenSegment = takenSegment;
    messages.takenIndex = takenIndex;
    messages.takenPosition = takenPosition;
    messages.takenRedelivered = takenRedelivered;
    messages.takenDeliveryCount = takenDeliveryCount;
  }

  /** Of a message that was taken for delivery from anywhere in the queue (see group-dispatch.ts). */
  isTakenExpired(lane: QueueLane, isInclusive: boolean): boolean {
    const expiresAtMs = foundExpiresAtMs(lane);
    return expiresAtMs !== 0 && expiresAtMs < this.#turn.wallMs + (isInclusive ? 1 : 0);
  }

  /** Drops it; false when that is enough for one turn. */
  dropTaken(lane: QueueLane): boolean {
    this.#departures.dropTaken(lane, 'expired');
    if (++this.#droppedCount < DROPPED_PER_TURN_MAX) return true;
    this.#deadlines.setIn(this.#deadline, 0);
    return false;
  }

  /** End of the queue's turn: what is due goes, and the deadline is that of the earliest head. */
  keepUp(lane: QueueLane): void {
    const { messages } = lane;
    if (!messages.mayExpire || messages.readyCount === 0) return;
    if (messages.needsCold) return this.#awaitCold(lane);
    lane.recoveredExpiresAtMs = 0;
    if (!this.dropExpired(lane, true)) {
      if (messages.needsCold) this.#awaitCold(lane);
      return;
    }
    if (messages.readyCount === 0 || !messages.mayExpire) return;
    const expiresAtMs = foundExpiresAtMs(lane);
    if (expiresAtMs !== 0) this.#armAt(expiresAtMs);
  }

  /** The head is on the disk. After a restart it is left there until it may be due. */
  #awaitCold(lane: QueueLane): void {
    const atMs = lane.recoveredExpiresAtMs;
    lane.recoveredExpiresAtMs = 0;
    if (atMs > this.#turn.wallMs) {
      this.#armAt(atMs);
      lane.recoveredExpiresAtMs = atMs;
    } else {
      this.#queue.readThenDispatch(lane);
    }
  }

  #armAt(wallMs: number): void {
    this.#deadlines.bringForward(this.#deadline, Math.max(0, wallMs - this.#turn.wallMs));
  }

  /** The queue is gone, or nothing in it is ready. */
  stop(): void {
    this.#deadlines.cancel(this.#deadline);
  }
}

/** Of the message that peek() or a take found. */
function foundExpiresAtMs(lane: QueueLane): number {
  const { takenSegment, takenIndex } = lane.messages;
  return expiresAtMsAt(takenSegment.slab, takenSegment.offsets[takenIndex] as number);
}
