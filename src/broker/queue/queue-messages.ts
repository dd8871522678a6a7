// HOT. The messages of one queue as positions: ready order, states, counts. Order rule: requeued
// positions first (smallest first), then the cursor over what was never delivered, so a requeued
// message returns to its original place. Budget: no allocation per message, no search on the
// common path (acknowledgement of the segment touched last).

import { assert } from '../../util/assert.ts';
import { NO_POSITIONS, type PositionOrder } from '../../util/position-heap.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import type { MessageMemory } from '../message/message-memory.ts';
import { RECORD_HEAD_BYTES } from '../message/record.ts';
import { addTrailer, trailerBytes, withTrailer } from '../message/record-trailer.ts';
import {
  COUNTED,
  PERSISTENT,
  READY,
  SETTLED,
  Segment,
  STATE_MASK,
  STORED,
  UNACKED,
} from '../message/segment.ts';
import { type ColdSpan, forgetCold } from './cold-span.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import { readyIn, segmentAt } from './resident-segments.ts';
import { NO_SLAB, SegmentMemory } from './segment-memory.ts';
import { SettledRecords } from './settled-records.ts';

export class QueueMessages {
  readonly memory: MessageMemory;
  /** Resident segments in order of position; `cold` may lie between two of them. */
  segments: Segment[];
  cold: ColdSpan | undefined = undefined;
  nextPosition = 0;
  readyCount = 0;
  unackedCount = 0;
  /** Messages that wait for their retry. */
  waitingCount = 0;
  /** Body bytes of all unsettled messages. */
  bodyBytes = 0;
  /** Messages below were delivered at least once: redelivered is "position below this". */
  deliveredEnd = 0;
  /** Persistent messages that the journal holds and that are not settled, and their body bytes. */
  storedCount = 0;
  storedBodyBytes = 0;
  /** What the next commit takes off the disk; undefined until there was something. */
  settled: SettledRecords | undefined = undefined;
  /** Segments chosen to leave memory (see queue-paging.ts). */
  leaving: Segment[] | undefined = undefined;
  /** True when the next commit has something to write for this queue. */
  isJournalDirty = false;
  /** Some message here has an expiry: its head must be looked at before it is taken. */
  mayExpire = false;
  /** Body bytes of unacked messages; kept only while countsUnackedBytes. */
  unackedBodyBytes = 0;
  countsUnackedBytes = false;
  /** Undefined until something was given back that is counted. */
  deliveryCounts: DeliveryCounts | undefined = undefined;

  // What take() found; valid until the next call.
  takenSegment: Segment;
  takenIndex = 0;
  takenPosition = 0;
  takenRedelivered = false;
  takenDeliveryCount = 0;

  /** Ready positions behind the cursor: requeued ones; with message groups what was looked at, too. */
  passed: PositionOrder = NO_POSITIONS;
  /** Where the next message that was never delivered is looked for. */
  cursorSegment: Segment;
  #cursorIndex = 0;
  #lastFound: Segment;
  readonly slabs: SegmentMemory;

  constructor(memory: MessageMemory) {
    this.memory = memory;
    this.slabs = new SegmentMemory(memory);
    // A segment without memory, so that a queue that never held a message costs no slab.
    const none = new Segment(0, NO_SLAB);
    this.takenSegment = none;
    this.cursorSegment = none;
    this.#lastFound = none;
    this.segments = [none];
  }

  get tail(): Segment {
    return this.segments[this.segments.length - 1] as Segment;
  }

  enqueue(message: IncomingMessage): void {
    const record = message.record;
    if (record === undefined) this.#append(message, 0);
    else this.#enqueueShared(record, message.isPersistent);
    this.#entered(message);
  }

  #entered(message: IncomingMessage): void {
    this.nextPosition++;
    this.readyCount++;
    this.bodyBytes += message.bodyBytes;
  }

  /** The same for a message whose record needs a trailer (see record-trailer.ts); 0 = never expires. */
  enqueueWithTrailer(message: IncomingMessage, expiresAtMs: number): void {
    const { hiddenKeys } = message;
    if (expiresAtMs !== 0) this.mayExpire = true;
    if (message.record === undefined) {
      const tail = this.#append(message, trailerBytes(hiddenKeys));
      addTrailer(
        tail.slab,
        tail.offsets[tail.count - 1] as number,
        tail.end,
        expiresAtMs,
        hiddenKeys,
      );
    } else {
      const record = withTrailer(message.record, expiresAtMs, hiddenKeys);
      this.#enqueueShared(record, message.isPersistent);
    }
    this.#entered(message);
  }

  /** Copies the message behind the last one; `extraBytes` are left free at the end of its record. */
  #append(message: IncomingMessage, extraBytes: number): Segment {
    const names = message.namesEnd - message.namesStart;
    const content = message.contentEnd - message.contentStart;
    const recordBytes = RECORD_HEAD_BYTES + names + content + extraBytes;
    let tail = this.segments[this.segments.length - 1] as Segment;
    if (!tail.fits(recordBytes)) tail = this.#newTail(recordBytes);
    tail.append(message, recordBytes);
    return tail;
  }

  #enqueueShared(record: Buffer, isPersistent: boolean): void {
    const segment = new Segment(this.nextPosition, record);
    segment.isShared = true;
    this.memory.adopt(record);
    this.#addTail(segment);
    segment.appendInPlace(record.length, isPersistent);
  }

  #newTail(recordBytes: number): Segment {
    const tail = this.tail;
    const slab = this.slabs.slabAfter(tail, recordBytes);
    if (tail.count === 0 && tail.slab.length === 0 && this.cold === undefined) {
      tail.rewind(this.nextPosition);
      tail.slab = slab;
      return tail;
    }
    const segment = new Segment(this.nextPosition, slab, tail.count);
    this.#addTail(segment);
    return segment;
  }

  #addTail(segment: Segment): void {
    const previous = this.tail;
    this.segments.push(segment);
    if (previous.unsettled > 0) return;
    if (this.#isBehindCursor(previous)) this.#emptied(previous);
    else if (previous.count === 0) this.segments.splice(this.segments.length - 2, 1);
  }

  #isBehindCursor(segment: Segment): boolean {
    const cursor = this.cursorSegment;
    if (segment !== cursor) return segment.base < cursor.base;
    return this.#cursorIndex >= segment.count && this.#advanceCursor();
  }

  /** Moves the cursor to the next resident segment; an empty one it left goes. */
  #advanceCursor(): boolean {
    const left = this.cursorSegment;
    if (!this.#advanceOver(left)) return false;
    if (left.unsettled === 0) this.#emptied(left);
    return true;
  }

  /** True when the next message in order lies on the disk. */
  get needsCold(): boolean {
    return this.passed.size === 0 && this.isCursorAtCold;
  }

  get isCursorAtCold(): boolean {
    const cold = this.cold;
    if (cold === undefined || this.readyCount === 0) return false;
    const index = this.segments.indexOf(this.cursorSegment);
    return index + 1 === cold.segmentIndex && this.#cursorIndex >= this.cursorSegment.count;
  }

  /**
   * Finds the next ready message and makes it unacked; the result is in taken*. False when none is
   * ready in memory (see needsCold).
   */
  take(): boolean {
    if (this.passed.size > 0) {
      const position = this.passed.pop();
      const segment = this.find(position);
      this.takenIndex = position - segment.base;
      this.takenSegment = segment;
      this.takenPosition = position;
      this.takenRedelivered = true;
    } else if (!this.#takeAtCursor()) {
      return false;
    }
    const states = this.takenSegment.states;
    const state = states[this.takenIndex] as number;
    states[this.takenIndex] = (state & ~STATE_MASK) | UNACKED;
    this.takenDeliveryCount =
      (state & COUNTED) === 0 ? 0 : this.deliveryCountAt(this.takenPosition);
    this.readyCount--;
    this.unackedCount++;
    if (this.countsUnackedBytes) {
      this.unackedBodyBytes += this.takenSegment.bodyBytes(this.takenIndex);
    }
    return true;
  }

  /** Moves the cursor behind the next ready message, which stays ready; false when there is none in memory. */
  pass(): boolean {
    if (!this.#seekCursor()) return false;
    this.#cursorIndex = this.takenIndex + 1;
    return true;
  }

  /**
   * Finds the message that take() would take and leaves it; only takenSegment and takenIndex are
   * set. False when none is ready in memory (see needsCold).
   */
  peek(): boolean {
    if (this.passed.size === 0) return this.#seekCursor();
    const position = this.passed.peek();
    const segment = this.find(position);
    this.takenSegment = segment;
    this.takenIndex = position - segment.base;
    return true;
  }

  /** Moves the cursor to the next message that is ready. */
  #seekCursor(): boolean {
    let segment = this.cursorSegment;
    let index = this.#cursorIndex;
    for (;;) {
      const states = segment.states;
      while (index < segment.count && ((states[index] as number) & STATE_MASK) !== READY) index++;
      this.#cursorIndex = index;
      if (index < segment.count) break;
      if (!this.#advanceCursor()) return false;
      segment = this.cursorSegment;
      index = 0;
    }
    this.takenSegment = segment;
    this.takenIndex = index;
    return true;
  }

  #takeAtCursor(): boolean {
    const segment = this.cursorSegment;
    let index = this.#cursorIndex;
    if (index < segment.count && ((segment.states[index] as number) & STATE_MASK) === READY) {
      this.takenSegment = segment;
      this.takenIndex = index;
    } else {
      if (!this.#seekCursor()) return false;
      index = this.takenIndex;
    }
    this.#cursorIndex = index + 1;
    const position = this.takenSegment.base + index;
    this.takenPosition = position;
    if (position >= this.deliveredEnd) {
      this.deliveredEnd = position + 1;
      this.takenRedelivered = false;
    } else {
      this.takenRedelivered = true;
    }
    return true;
  }

  /** The resident segment that holds `position`. */
  find(position: number): Segment {
    const last = this.#lastFound;
    if (position >= last.base && position < last.base + last.count && !last.isDiscarded) {
      return last;
    }
    this.#lastFound = segmentAt(this.segments, position);
    return this.#lastFound;
  }

  /** Settles an unacked message for good; its segment is that of find(). */
  settleAt(segment: Segment, index: number): void {
    this.unackedCount--;
    if (this.countsUnackedBytes) this.unackedBodyBytes -= segment.bodyBytes(index);
    this.#settle(segment, index);
  }

  #settle(segment: Segment, index: number): void {
    const state = segment.states[index] as number;
    assert((state & STATE_MASK) !== SETTLED, 'a message is settled once');
    segment.states[index] = (state & ~STATE_MASK) | SETTLED;
    segment.unsettled--;
    const bodyBytes = segment.bodyBytes(index);
    this.bodyBytes -= bodyBytes;
    if ((state & STORED) !== 0) {
      this.settled ??= new SettledRecords();
      this.settled.note(segment, index);
      if ((state & PERSISTENT) !== 0) {
        this.storedCount--;
        this.storedBodyBytes -= bodyBytes;
      }
      this.isJournalDirty = true;
    }
    if ((state & COUNTED) !== 0) this.deliveryCounts?.settled(segment, index);
    if (segment.unsettled === 0) this.#emptied(segment);
  }

  deliveryCountAt(position: number): number {
    return this.deliveryCounts?.of(position) ?? 0;
  }

  /** Settles every ready message in memory and forgets the cold span; returns how many there were. */
  purge(): number {
    const count = this.readyCount;
    this.passed.clear();
    forgetCold(this);
    for (const [segment, index] of readyIn([...this.segments])) this.#settle(segment, index);
    this.readyCount = 0;
    this.deliveredEnd = this.nextPosition;
    this.cursorSegment = this.tail;
    this.#cursorIndex = this.tail.count;
    for (const segment of [...this.segments]) if (segment.unsettled === 0) this.#emptied(segment);
    return count;
  }

  /** A segment without unsettled messages: leaves, or starts anew when it is the tail. */
  #emptied(segment: Segment): void {
    if (segment === this.tail) return this.#emptiedTail(segment);
    if (segment === this.cursorSegment && !this.#advanceOver(segment)) return;
    if (segment.base > this.cursorSegment.base) return;
    const index = this.segments.indexOf(segment);
    if (index < 0) return;
    this.segments.splice(index, 1);
    if (this.cold !== undefined && this.cold.segmentIndex > index) this.cold.segmentIndex--;
    this.#takeOffDisk(segment);
    this.slabs.discard(segment);
  }

  #takeOffDisk(segment: Segment): void {
    if (segment.chunkCount > 0) {
      this.isJournalDirty = true;
      this.settled ??= new SettledRecords();
    }
    this.settled?.take(segment);
  }

  /** What lay behind the cursor's segment on the disk is here or gone: when it is empty it can go. */
  leaveEmptied(): void {
    if (this.cursorSegment.unsettled === 0) this.#emptied(this.cursorSegment);
  }

  /** The last segment of an empty queue gives its slab back and starts anew. */
  #emptiedTail(segment: Segment): void {
    if (segment !== this.cursorSegment || this.#cursorIndex < segment.count) return;
    if (segment.pins > 0 || segment.count === 0) return;
    this.#takeOffDisk(segment);
    this.slabs.takeBack(segment);
    segment.rewind(this.nextPosition);
    if (this.segments.length === 1) this.mayExpire = false;
    this.#cursorIndex = 0;
  }

  /** The cursor leaves its segment; false at the end and in front of a cold span. */
  #advanceOver(segment: Segment): boolean {
    const index = this.segments.indexOf(segment);
    assert(index >= 0, 'the cursor stands in a resident segment');
    const next = this.segments[index + 1];
    if (next === undefined || this.cold?.segmentIndex === index + 1) return false;
    this.cursorSegment = next;
    this.#cursorIndex = 0;
    return true;
  }

  /** A commit that read the segment's slab is durable. */
  unpin(segment: Segment): void {
    if (this.slabs.unpin(segment) && segment.unsettled === 0) this.#emptied(segment);
  }

  /** Lets everything go (the queue is removed). Pinned slabs are released by unpin(). */
  removeAll(): void {
    for (const segment of this.segments) this.slabs.discard(segment);
    const none = new Segment(this.nextPosition, NO_SLAB);
    this.segments = [none];
    this.cursorSegment = none;
    this.#lastFound = none;
    this.#cursorIndex = 0;
    this.passed.clear();
    this.cold = undefined;
    this.leaving = this.settled = this.deliveryCounts = undefined;
    this.readyCount = this.unackedCount = this.bodyBytes = this.unackedBodyBytes = 0;
    this.storedCount = this.storedBodyBytes = this.waitingCount = 0;
  }
}
