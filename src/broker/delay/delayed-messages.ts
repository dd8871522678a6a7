// The messages that one queue or exchange holds back until their time. They lie in the journal, in order
// of time; memory holds counts and the next due time. Invariants: a message leaves the delayed ones in the
// commit that enqueues it; it is released once, and not before its time.

import { Deadline, type Deadlines } from '../deadlines.ts';
import type { DelayedPlace, DelayedRecord, DelayedState, Journal } from '../journal.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { contentHeaderOf, rewriteProperties } from '../message/message-properties.ts';
import { incomingAt, recordOf, shareLarge } from '../message/message-record.ts';
import { RECORD_DEAD_LETTERED, RECORD_FLAGS_OFFSET, RECORD_PERSISTENT } from '../message/record.ts';
import { hiddenKeysAt, withTrailer } from '../message/record-trailer.ts';
import { hiddenKeysOf } from '../message/sender-selected.ts';
import type { CommitWaiter, Journaled, Turn } from '../turn.ts';
import { releasedHeaders } from './delay-headers.ts';
import type { DueClock } from './due-clock.ts';

export interface DelayEnvironment {
  readonly journal: Journal;
  readonly turn: Turn;
  readonly deadlines: Deadlines;
  readonly dueClock: DueClock;
}

/** Enqueues or routes a message whose delay is over; `hiddenKeys` are those of BCC. */
export type ReleaseMessage = (message: IncomingMessage, hiddenKeys: readonly string[]) => void;

export interface DelayOwner {
  readonly storageId: number;
  /** False: nothing that is held survives a restart. */
  readonly isDurable: boolean;
}

/** One page of what is held. */
export interface DelayedPage {
  readonly messages: readonly (DelayedPlace & { readonly record: Buffer })[];
  /** Where the next page begins; undefined = this is the last. */
  readonly next: DelayedPlace | undefined;
}

/** Bytes released per turn, and read for one page. */
const RELEASE_BYTES = 256 * 1024;
const PAGE_BYTES = 1 << 20;
/** A wall clock that was set forward is noticed within this time. */
const CLOCK_CHECK_MS = 10_000;
const START: DelayedPlace = { dueMs: 0, sequence: 0 };
const NEVER = Number.POSITIVE_INFINITY;

export class DelayedMessages implements Journaled, CommitWaiter {
  readonly #environment: DelayEnvironment;
  readonly #owner: DelayOwner;
  readonly #release: ReleaseMessage;
  readonly #deadline = new Deadline(() => this.#check());
  /** Transient messages of earlier starts lie below: void. */
  readonly #firstSequence: number;
  #nextSequence: number;
  #persistentCount: number;
  #transientCount = 0;
  /** No message is due before these: of those that are durable, in the commit in flight, and behind it. */
  #durableDueMs: number;
  #committingDueMs = NEVER;
  #waitingDueMs = NEVER;
  /** Sequences that left and whose removal is not durable yet: a read may still bring them. */
  #left = new Set<number>();
  #leftCommitting = new Set<number>();
  /** What is due is being read, or the commit that releases it is not durable yet. */
  #isReleasing = false;
  /** A release waits until no change is in flight: for what it must see, or for its own. */
  #isAwaiting = false;
  #isCollectScheduled = false;
  #isRemoved = false;

  constructor(
    environment: DelayEnvironment,
    owner: DelayOwner,
    release: ReleaseMessage,
    recovered?: DelayedState | undefined,
  ) {
    this.#environment = environment;
    this.#owner = owner;
    this.#release = release;
    this.#firstSequence = this.#nextSequence = recovered?.nextSequence ?? 1;
    this.#persistentCount = recovered?.messageCount ?? 0;
    this.#durableDueMs = recovered === undefined ? NEVER : 0;
    if (recovered !== undefined) environment.deadlines.setIn(this.#deadline, 0);
  }

  get messageCount(): number {
    return this.#persistentCount + this.#transientCount;
  }

  /** Holds the message for `delayMs`. True when a confirm for it has to wait for the next commit. */
  hold(message: IncomingMessage, hiddenKeys: Buffer | undefined, delayMs: number): boolean {
    const { journal, turn, dueClock } = this.#environment;
    const dueMs = dueClock.dueIn(delayMs);
    const sequence = this.#nextSequence++;
    const plain = recordOf(message);
    const record = hiddenKeys === undefined ? plain : withTrailer(plain, 0, hiddenKeys);
    journal.putDelayed(this.#owner.storageId, { dueMs, sequence }, record);
    turn.addUncommitted(record.length);
    if (message.isPersistent) this.#persistentCount++;
    else this.#transientCount++;
    const isNext = dueMs < this.#nextDueMs;
    if (dueMs < this.#waitingDueMs) this.#waitingDueMs = dueMs;
    this.#collectLater();
    if (isNext) this.#arm();
    return message.isPersistent && this.#owner.isDurable;
  }

  /** What is held and durable, in order of time, from a place on. */
  list(from: DelayedPlace | undefined, limit: number, callback: (page: DelayedPage) => void): void {
    this.#read(from ?? START, NEVER, PAGE_BYTES, (records, next) => {
      const held: (DelayedPlace & { readonly record: Buffer })[] = [];
      for (const { dueMs, sequence, record } of records) {
        if (record === undefined || !this.#isHeld(sequence, record)) continue;
        if (held.length === limit) return callback({ messages: held, next: { dueMs, sequence } });
        held.push({ dueMs, sequence, record });
      }
      callback({ messages: held, next });
    });
  }

  /** Drops one message. False when there is none (any more) at the place. */
  cancel(place: DelayedPlace, callback: (isFound: boolean) => void): void {
    this.#take(place, () => {}, callback);
  }

  /** Releases one message before its time. False when there is none (any more) at the place. */
  deliverNow(place: DelayedPlace, callback: (isFound: boolean) => void): void {
    this.#take(place, (record) => this.#releaseRecord(record), callback);
  }

  #take(
    place: DelayedPlace,
    use: (record: Buffer) => void,
    callback: (isFound: boolean) => void,
  ): void {
    this.#read(place, place.dueMs, 1, ([found]) => {
      const isThere = found?.dueMs === place.dueMs && found.sequence === place.sequence;
      const record = isThere ? found.record : undefined;
      if (record === undefined || !this.#isHeld(place.sequence, record)) return callback(false);
      this.#remove(place, record);
      use(record);
      callback(true);
    });
  }

  /** Ends everything that is held: its queue or exchange is gone. */
  drop(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#environment.deadlines.cancel(this.#deadline);
    this.#persistentCount = this.#transientCount = 0;
    this.#environment.journal.dropQueue(this.#owner.storageId);
    this.#environment.turn.schedule();
  }

  get #nextDueMs(): number {
    return Math.min(this.#durableDueMs, this.#committingDueMs, this.#waitingDueMs);
  }

  #arm(): void {
    const { deadlines, dueClock } = this.#environment;
    const nextDueMs = this.#nextDueMs;
    if (nextDueMs === NEVER) return deadlines.cancel(this.#deadline);
    const delayMs = Math.max(0, nextDueMs - dueClock.nowMs());
    deadlines.setIn(this.#deadline, Math.min(delayMs, CLOCK_CHECK_MS));
  }

  /** Begins to release what is due; a release that is under way comes back here. */
  #check(): void {
    if (this.#isReleasing || this.#isRemoved) return;
    const nowMs = Math.floor(this.#environment.dueClock.nowMs());
    if (this.#nextDueMs > nowMs) return this.#arm();
    this.#isReleasing = true;
    // What is due but not durable yet would be missed by a read.
    if (this.#durableDueMs <= nowMs) this.#readDue(nowMs);
    else this.#await();
  }

  #await(): void {
    this.#isAwaiting = true;
    this.#environment.turn.awaitCommit(this);
  }

  #readDue(nowMs: number): void {
    // From here on it tells of what becomes durable behind the back of the read.
    this.#durableDueMs = NEVER;
    this.#read(START, nowMs, RELEASE_BYTES, (records, next) => {
      if (next !== undefined) this.#durableDueMs = Math.min(this.#durableDueMs, next.dueMs);
      for (const found of records) this.#releaseDue(found);
      if (records.length > 0) return this.#await();
      this.#isReleasing = false;
      this.#check();
    });
  }

  #releaseDue(found: DelayedRecord): void {
    if (this.#left.has(found.sequence) || this.#leftCommitting.has(found.sequence)) return;
    const { record } = found;
    const isVoid = record !== undefined && !this.#isHeld(found.sequence, record);
    this.#remove(found, isVoid ? undefined : record);
    // A damaged record was counted: nothing else is known of it.
    if (record === undefined && this.#persistentCount > 0) this.#persistentCount--;
    if (record !== undefined && !isVoid) this.#releaseRecord(record);
  }

  /** False for what left already, and for transient messages of an earlier start. */
  #isHeld(sequence: number, record: Buffer): boolean {
    if (this.#left.has(sequence) || this.#leftCommitting.has(sequence)) return false;
    return isPersistent(record) || sequence >= this.#firstSequence;
  }

  /** Takes one out of the journal, and out of the count when it is given. */
  #remove({ dueMs, sequence }: DelayedPlace, counted: Buffer | undefined): void {
    this.#environment.journal.deleteDelayed(this.#owner.storageId, { dueMs, sequence });
    this.#left.add(sequence);
    this.#collectLater();
    if (counted === undefined) return;
    if (!isPersistent(counted)) this.#transientCount--;
    else if (this.#persistentCount > 0) this.#persistentCount--;
  }

  #releaseRecord(record: Buffer): void {
    const message = incomingAt(record, 0);
    const { properties, bodyBytes } = contentHeaderOf(message);
    const hiddenKeys = hiddenKeysAt(record, 0);
    message.bodyBytes = bodyBytes;
    message.describe(isPersistent(record), properties.priority ?? -1);
    message.extraFlags = (record[RECORD_FLAGS_OFFSET] as number) & RECORD_DEAD_LETTERED;
    // It begins to live now.
    message.expirationMs = properties.expiration === undefined ? -1 : Number(properties.expiration);
    message.hiddenKeys = hiddenKeysOf(hiddenKeys);
    message.needsTrailer = message.expirationMs >= 0 || message.hiddenKeys !== undefined;
    const headers = properties.headers && releasedHeaders(properties.headers);
    if (headers !== undefined) rewriteProperties(message, { ...properties, headers });
    shareLarge(message);
    this.#release(message, hiddenKeys);
  }

  #read(
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (records: readonly DelayedRecord[], next: DelayedPlace | undefined) => void,
  ): void {
    const { journal } = this.#environment;
    journal.readDelayed(this.#owner.storageId, from, toMs, maxBytes, ({ records, next }) => {
      if (this.#isRemoved) callback([], undefined);
      else callback(records, next);
    });
  }

  #collectLater(): void {
    if (this.#isCollectScheduled) return;
    this.#isCollectScheduled = true;
    this.#environment.turn.collectLater(this);
  }

  collect(journal: Journal): void {
    this.#isCollectScheduled = false;
    if (this.#isRemoved) return;
    journal.putDelayedState(this.#owner.storageId, {
      nextSequence: this.#nextSequence,
      messageCount: this.#persistentCount,
    });
    this.#committingDueMs = this.#waitingDueMs;
    this.#waitingDueMs = NEVER;
    this.#leftCommitting = this.#left;
    this.#left = new Set();
  }

  committed(): void {
    this.#durableDueMs = Math.min(this.#durableDueMs, this.#committingDueMs);
    this.#committingDueMs = NEVER;
    this.#leftCommitting.clear();
  }

  commitStarted(): void {}

  /** Everything that was put or removed before the wait began is durable. */
  commitDurable(): void {
    if (!this.#isAwaiting) return;
    this.#isAwaiting = false;
    this.#isReleasing = false;
    this.#check();
  }
}

function isPersistent(record: Buffer): boolean {
  return ((record[RECORD_FLAGS_OFFSET] as number) & RECORD_PERSISTENT) !== 0;
}
