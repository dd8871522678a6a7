// The dead letters of one queue that nobody took yet (x-dead-letter-strategy at-least-once). They lie in a
// lane of their own, on the disk in the commit that takes them out of the queue, and are tried again when
// routes or settings changed, and now and then.

import { Deadline, type Deadlines } from '../deadlines.ts';
import type { Journal, QueueState } from '../journal.ts';
import { contentHeaderOf } from '../message/message-properties.ts';
import { incomingAt, shareLarge } from '../message/message-record.ts';
import { RECORD_DEAD_LETTERED, RECORD_FLAGS_OFFSET } from '../message/record.ts';
import { type Undelivered, undeliveredNames } from '../message/undelivered-trailer.ts';
import type { Dispatchable, Journaled, Turn } from '../turn.ts';
import { type LaneEnvironment, QueueLane } from './queue-lane.ts';
import { requeueAt } from './returned-positions.ts';

/** RabbitMQ's. */
const RETRY_MS = 180_000;
/** After a change, for more changes may follow: what two queues are to get is not to go to the first alone. */
const RETRY_AFTER_CHANGE_MS = 100;
/** As many as RabbitMQ has on their way at once: behind so many that nobody takes, no more are tried. */
const REFUSED_PER_RETRY_MAX = 32;
/** A backlog that goes at once must not stop the loop. */
const TRIED_PER_TURN_MAX = 1_000;

export interface UndeliveredEnvironment extends LaneEnvironment {
  readonly turn: Turn;
  readonly deadlines: Deadlines;
}

/** What became of a letter: gone, as it was, or partly delivered. */
export type Redelivered = 'gone' | 'kept' | Undelivered;

/** Tries to deliver the record at slab[offset]. */
export type Redeliver = (slab: Buffer, offset: number) => Redelivered;

export class UndeliveredLetters implements Dispatchable, Journaled {
  readonly #turn: Turn;
  readonly #deadlines: Deadlines;
  readonly #lane: QueueLane;
  readonly #redeliver: Redeliver;
  readonly #onDropped: () => void;
  readonly #deadline = new Deadline(() => this.#retry());
  #isRetryScheduled = false;
  #isCollectScheduled = false;
  #isRemoved = false;

  constructor(
    environment: UndeliveredEnvironment,
    storageId: number,
    redeliver: Redeliver,
    recovered: QueueState | undefined,
    onDropped: () => void,
  ) {
    this.#onDropped = onDropped;
    this.#turn = environment.turn;
    this.#deadlines = environment.deadlines;
    this.#redeliver = redeliver;
    const definition = { level: 0, storageId, isDurable: true };
    this.#lane = new QueueLane(definition, environment, recovered);
    if (this.count > 0) this.#deadlines.setIn(this.#deadline, 0);
    if (this.#lane.messages.isJournalDirty) this.#collectLater();
  }

  /** RabbitMQ's messages_dlx. */
  get count(): number {
    const { readyCount, unackedCount } = this.#lane.messages;
    return readyCount + unackedCount;
  }

  /** RabbitMQ's message_bytes_dlx. */
  get bodyBytes(): number {
    return this.#lane.messages.bodyBytes;
  }

  /** Keeps a copy of the record at slab[offset]. */
  hold(slab: Buffer, offset: number, letter: Undelivered): void {
    const message = incomingAt(slab, offset);
    message.bodyBytes = contentHeaderOf(message).bodyBytes;
    message.isPersistent = true;
    message.extraFlags = (slab[offset + RECORD_FLAGS_OFFSET] as number) & RECORD_DEAD_LETTERED;
    message.hiddenKeys = undeliveredNames(letter);
    shareLarge(message);
    const { messages, paging } = this.#lane;
    const segments = messages.segments.length;
    messages.enqueueWithTrailer(message, letter.diedAtMs);
    messages.isJournalDirty = true;
    let bytes = message.contentEnd - message.contentStart;
    if (messages.segments.length !== segments && messages.memory.isOverBudget) {
      bytes += paging.chooseLeaving();
    }
    this.#turn.addUncommitted(bytes);
    this.#collectLater();
    if (!this.#deadline.isSet) this.#deadlines.setIn(this.#deadline, RETRY_MS);
  }

  /** Routes or settings changed. */
  retryLater(): void {
    if (this.#isRemoved || this.count === 0) return;
    this.#deadlines.bringForward(this.#deadline, RETRY_AFTER_CHANGE_MS);
  }

  /** At the end of the turn. */
  #retry(): void {
    if (this.#isRetryScheduled || this.#isRemoved) return;
    this.#isRetryScheduled = true;
    this.#turn.dispatchLater(this);
  }

  dispatch(): void {
    this.#isRetryScheduled = false;
    if (this.#isRemoved) return;
    const { messages } = this.#lane;
    // What is held anew meanwhile is not tried again.
    let left = Math.min(messages.readyCount, TRIED_PER_TURN_MAX);
    const refused: number[] = [];
    for (; left > 0 && refused.length < REFUSED_PER_RETRY_MAX && messages.take(); left--) {
      const { takenSegment, takenIndex, takenPosition } = messages;
      const offset = takenSegment.offsets[takenIndex] as number;
      const outcome = this.#redeliver(takenSegment.slab, offset);
      if (outcome === 'kept') {
        refused.push(takenPosition);
        continue;
      }
      if (outcome !== 'gone') this.hold(takenSegment.slab, offset, outcome);
      messages.settleAt(takenSegment, takenIndex);
    }
    for (const position of refused) requeueAt(messages, position);
    if (messages.isJournalDirty) this.#collectLater();
    this.#goOn(refused.length < REFUSED_PER_RETRY_MAX);
  }

  #goOn(mayTryMore: boolean): void {
    const { messages, paging } = this.#lane;
    if (this.count === 0) return this.#deadlines.cancel(this.#deadline);
    if (mayTryMore && messages.isCursorAtCold) return paging.readAhead(() => this.#wasRead());
    // All of them were tried, or the next ones are in another turn.
    const isMore = mayTryMore && messages.readyCount > messages.passed.size;
    this.#deadlines.setIn(this.#deadline, isMore ? 0 : RETRY_MS);
  }

  #wasRead(): void {
    if (this.#lane.messages.isJournalDirty) this.#collectLater();
    this.#retry();
  }

  purge(): void {
    this.#lane.messages.purge();
    this.#deadlines.cancel(this.#deadline);
    if (this.#lane.messages.isJournalDirty) this.#collectLater();
  }

  /** The queue is gone. */
  drop(): void {
    this.#isRemoved = true;
    this.#deadlines.cancel(this.#deadline);
    this.#lane.messages.removeAll();
    this.#onDropped();
    this.#collectLater();
  }

  #collectLater(): void {
    if (this.#isCollectScheduled) return;
    this.#isCollectScheduled = true;
    this.#turn.collectLater(this);
  }

  collect(journal: Journal): void {
    this.#isCollectScheduled = false;
    if (this.#isRemoved) this.#lane.drop(journal);
    else this.#lane.collect(journal);
  }

  committed(): void {
    this.#lane.committed();
    if (this.#lane.messages.isJournalDirty) this.#collectLater();
  }
}
