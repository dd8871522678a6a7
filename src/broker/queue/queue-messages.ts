// HOT. The messages of one queue as positions: ready order, states, counts. Order rule: requeued
// positions first (smallest first), then the cursor over what was never delivered, so a requeued
// message returns to its original place. Budget: no allocation per message, no search on the
// common path (acknowledgement of the segment touched last).

import { assert } from '../../util/assert.ts';
import { PositionHeap } from '../../util/position-heap.ts';
import type { QueueState } from '../journal.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import type { MessageMemory } from '../message/message-memory.ts';
import { RECORD_HEAD_BYTES } from '../message/record.ts';
import {
  CHUNK_START,
  PERSISTENT,
  READY,
  SETTLED,
  Segment,
  STATE_MASK,
  STORED,
  UNACKED,
} from '../message/segment.ts';
import { type ColdSpan, storedColdSpan } from './cold-span.ts';
import { NO_SLAB, SegmentMemory } from './segment-memory.ts';

export class QueueMessages {
  readonly memory: MessageMemory;
  /** Resident segments in order of position; `cold` may lie between two of them. */
  segments: Segment[] = [];
  cold: ColdSpan | undefined = undefined;
  nextPosition = 0;
  readyCount = 0;
  unackedCount = 0;
  /** Body bytes of all unsettled messages. */
  bodyBytes = 0;
  /** Messages below were delivered at least once: redelivered is "position below this". */
  deliveredEnd = 0;
  /** Persistent messages that the journal holds and that are not settled, and their body bytes. */
  storedCount = 0;
  storedBodyBytes = 0;
  /** Chunks (by first position) whose messages are all settled, to be deleted with the next commit. */
  deadChunks: number[] = [];
  /** Spans [from, to) of the disk that a purge emptied, to be deleted with the next commit. */
  deadSpans: [from: number, to: number][] = [];
  /** Segments with stored positions settled since the last commit. */
  settledSegments: Segment[] = [];
  /** Segments chosen to leave memory (see queue-paging.ts). */
  leaving: Segment[] = [];
  /** True when the next commit has something to write for this queue. */
  isJournalDirty = false;

  // What take() found; valid until the next call.
  takenSegment: Segment;
  takenIndex = 0;
  takenPosition = 0;
  takenRedelivered = false;

  #requeued = new PositionHeap();
  #cursorSegment: Segment;
  #cursorIndex = 0;
  #lastFound: Segment;
  readonly slabs: SegmentMemory;

  constructor(memory: MessageMemory) {
    this.memory = memory;
    this.slabs = new SegmentMemory(memory);
    // A segment without memory, so that a queue that never held a message costs no slab.
    const none = new Segment(0, NO_SLAB);
    this.takenSegment = none;
    this.#cursorSegment = none;
    this.#lastFound = none;
    this.segments.push(none);
  }

  /** At start: everything the journal holds for the queue is one cold span. */
  recover(state: QueueState): void {
    this.nextPosition = state.nextPosition;
    this.deliveredEnd = state.cursorPosition;
    if (state.messageCount === 0) {
      // Transient messages of an earlier start may lie there: void.
      if (state.floorPosition < state.nextPosition) this.#forgetSpan(0, state.nextPosition);
      return;
    }
    this.readyCount = this.storedCount = state.messageCount;
    this.bodyBytes = this.storedBodyBytes = state.bodyBytes;
    this.cold = storedColdSpan(state);
    // The tail lies behind the cold span from the start: what is published now comes after it.
    this.segments.push(new Segment(state.nextPosition, NO_SLAB));
  }

  #forgetSpan(from: number, to: number): void {
    this.deadSpans.push([from, to]);
    this.isJournalDirty = true;
  }

  get tail(): Segment {
    return this.segments[this.segments.length - 1] as Segment;
  }

  get cursorSegment(): Segment {
    return this.#cursorSegment;
  }

  enqueue(message: IncomingMessage): void {
    const record = message.record;
    if (record === undefined) {
      const names = message.namesEnd - message.namesStart;
      const recordBytes = RECORD_HEAD_BYTES + names + (message.contentEnd - message.contentStart);
      let tail = this.segments[this.segments.length - 1] as Segment;
      if (!tail.fits(recordBytes)) tail = this.#newTail(recordBytes);
      tail.append(message, recordBytes);
    } else {
      this.#enqueueShared(record, message.isPersistent);
    }
    this.nextPosition++;
    this.readyCount++;
    this.bodyBytes += message.bodyBytes;
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
    const cursor = this.#cursorSegment;
    if (segment !== cursor) return segment.base < cursor.base;
    return this.#cursorIndex >= segment.count && this.#advanceCursor();
  }

  /** Moves the cursor to the next resident segment; an empty one it left goes. */
  #advanceCursor(): boolean {
    const left = this.#cursorSegment;
    if (!this.#advanceOver(left)) return false;
    if (left.unsettled === 0) this.#emptied(left);
    return true;
  }

  /** True when the next message in order lies on the disk. */
  get needsCold(): boolean {
    const cold = this.cold;
    if (cold === undefined || this.#requeued.size > 0 || this.readyCount === 0) return false;
    const index = this.segments.indexOf(this.#cursorSegment);
    return index + 1 === cold.segmentIndex && this.#cursorIndex >= this.#cursorSegment.count;
  }

  /** Resident segments between the cursor and the cold span: how far ahead of the consumer we are. */
  get segmentsBeforeCold(): number {
    if (this.cold === undefined) return Number.POSITIVE_INFINITY;
    return this.cold.segmentIndex - 1 - this.segments.indexOf(this.#cursorSegment);
  }

  /**
   * Finds the next ready message and makes it unacked; the result is in taken*. False when none is
   * ready in memory (see needsCold).
   */
  take(): boolean {
    if (this.#requeued.size > 0) {
      const position = this.#requeued.pop();
      const segment = this.find(position);
      this.takenIndex = position - segment.base;
      this.takenSegment = segment;
      this.takenPosition = position;
      this.takenRedelivered = true;
    } else if (!this.#takeAtCursor()) {
      return false;
    }
    const states = this.takenSegment.states;
    states[this.takenIndex] = ((states[this.takenIndex] as number) & ~STATE_MASK) | UNACKED;
    this.readyCount--;
    this.unackedCount++;
    return true;
  }

  #takeAtCursor(): boolean {
    let segment = this.#cursorSegment;
    let index = this.#cursorIndex;
    for (;;) {
      const states = segment.states;
      while (index < segment.count && ((states[index] as number) & STATE_MASK) !== READY) index++;
      this.#cursorIndex = index;
      if (index < segment.count) break;
      if (!this.#advanceCursor()) return false;
      segment = this.#cursorSegment;
      index = 0;
    }
    this.#cursorIndex = index + 1;
    this.takenSegment = segment;
    this.takenIndex = index;
    const position = segment.base + index;
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
    const segments = this.segments;
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((segments[middle] as Segment).base <= position) low = middle;
      else high = middle - 1;
    }
    const found = segments[low] as Segment;
    assert(
      position >= found.base && position < found.base + found.count,
      'a position in use lies in a resident segment',
    );
    this.#lastFound = found;
    return found;
  }

  /** Settles an unacked position for good. */
  settle(position: number): void {
    const segment = this.find(position);
    this.settleAt(segment, position - segment.base);
  }

  /** Settles an unacked message whose segment is known. */
  settleAt(segment: Segment, index: number): void {
    this.unackedCount--;
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
      if (segment.settledMax < 0) this.settledSegments.push(segment);
      if (index < segment.settledMin) segment.settledMin = index;
      if (index > segment.settledMax) segment.settledMax = index;
      if ((state & PERSISTENT) !== 0) {
        this.storedCount--;
        this.storedBodyBytes -= bodyBytes;
      }
      this.isJournalDirty = true;
    }
    if (segment.unsettled === 0) this.#emptied(segment);
  }

  /** Returns an unacked message to its place; it is ready again. */
  requeue(position: number): void {
    const segment = this.find(position);
    const index = position - segment.base;
    const state = segment.states[index] as number;
    assert((state & STATE_MASK) === UNACKED, 'only an unacked message is requeued');
    segment.states[index] = (state & ~STATE_MASK) | READY;
    this.unackedCount--;
    this.readyCount++;
    this.#requeued.push(position);
  }

  /** Settles every ready message in memory and forgets the cold span; returns how many there were. */
  purge(): number {
    const count = this.readyCount;
    this.#requeued.clear();
    const cold = this.cold;
    if (cold !== undefined) {
      this.cold = undefined;
      // From the end of what is in memory: a chunk may lie across cold.from.
      const before = this.segments[cold.segmentIndex - 1] as Segment;
      this.#forgetSpan(before.base + before.count, cold.to);
      this.bodyBytes -= cold.bodyBytes;
      this.storedCount -= cold.persistentCount;
      this.storedBodyBytes -= cold.persistentBodyBytes;
    }
    for (const segment of [...this.segments]) {
      for (let index = 0; index < segment.count; index++) {
        if (((segment.states[index] as number) & STATE_MASK) === READY)
          this.#settle(segment, index);
      }
    }
    this.readyCount = 0;
    this.deliveredEnd = this.nextPosition;
    this.#cursorSegment = this.tail;
    this.#cursorIndex = this.tail.count;
    for (const segment of [...this.segments]) if (segment.unsettled === 0) this.#emptied(segment);
    return count;
  }

  /** A segment without unsettled messages: leaves, or starts anew when it is the tail. */
  #emptied(segment: Segment): void {
    if (segment === this.tail) return this.#emptiedTail(segment);
    if (segment === this.#cursorSegment && !this.#advanceOver(segment)) return;
    if (segment.base > this.#cursorSegment.base) return;
    const index = this.segments.indexOf(segment);
    if (index < 0) return;
    this.segments.splice(index, 1);
    if (this.cold !== undefined && this.cold.segmentIndex > index) this.cold.segmentIndex--;
    if (segment.chunkCount > 0) this.#killChunks(segment);
    if (segment.settledMax >= 0) this.#forgetSettled(segment);
    this.slabs.discard(segment);
  }

  /** What lay behind the cursor's segment on the disk is here or gone: when it is empty it can go. */
  leaveEmptied(): void {
    if (this.#cursorSegment.unsettled === 0) this.#emptied(this.#cursorSegment);
  }

  /** The last segment of an empty queue gives its slab back and starts anew. */
  #emptiedTail(segment: Segment): void {
    if (segment !== this.#cursorSegment || this.#cursorIndex < segment.count) return;
    if (segment.pins > 0 || segment.count === 0) return;
    if (segment.chunkCount > 0) this.#killChunks(segment);
    if (segment.settledMax >= 0) this.#forgetSettled(segment);
    this.slabs.takeBack(segment);
    segment.rewind(this.nextPosition);
    this.#cursorIndex = 0;
  }

  /** The cursor leaves its segment; false at the end and in front of a cold span. */
  #advanceOver(segment: Segment): boolean {
    const index = this.segments.indexOf(segment);
    assert(index >= 0, 'the cursor stands in a resident segment');
    const next = this.segments[index + 1];
    if (next === undefined || this.cold?.segmentIndex === index + 1) return false;
    this.#cursorSegment = next;
    this.#cursorIndex = 0;
    return true;
  }

  #killChunks(segment: Segment): void {
    const states = segment.states;
    for (let index = 0; segment.chunkCount > 0 && index < segment.collectedCount; index++) {
      if (((states[index] as number) & CHUNK_START) === 0) continue;
      states[index] = (states[index] as number) & ~CHUNK_START;
      segment.chunkCount--;
      this.deadChunks.push(segment.base + index);
    }
    this.isJournalDirty = true;
  }

  #forgetSettled(segment: Segment): void {
    const index = this.settledSegments.indexOf(segment);
    if (index >= 0) this.settledSegments.splice(index, 1);
    segment.settledMax = -1;
  }

  /** A commit that read the segment's slab is durable. */
  unpin(segment: Segment): void {
    if (this.slabs.unpin(segment) && segment.unsettled === 0) this.#emptied(segment);
  }

  /** Lets everything go (the queue is removed). Pinned slabs are released by unpin(). */
  removeAll(): void {
    const segments = this.segments;
    const none = new Segment(this.nextPosition, NO_SLAB);
    this.segments = [none];
    this.#cursorSegment = none;
    this.#lastFound = none;
    this.#cursorIndex = 0;
    this.#requeued.clear();
    for (const segment of segments) this.slabs.discard(segment);
    this.cold = undefined;
    this.settledSegments = [];
    this.leaving = [];
    this.deadChunks = [];
    this.deadSpans = [];
    this.readyCount = this.unackedCount = this.bodyBytes = 0;
    this.storedCount = this.storedBodyBytes = 0;
  }
}
