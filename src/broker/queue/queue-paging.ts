// How a backlog leaves memory and comes back. Only whole segments that the cursor has not reached
// leave; they become one cold span, read again in order, ahead of the consumers. Memory per queue
// is bounded by a few segments at the head and at the tail, whatever the backlog.

import type { Journal, StoredChunk } from '../journal.ts';
import {
  RECORD_FLAGS_OFFSET,
  RECORD_PERSISTENT,
  RECORD_TRAILER,
  recordBytesAt,
} from '../message/record.ts';
import {
  CHUNK_START,
  COUNTED,
  PERSISTENT,
  READY,
  SEGMENT_COUNT_MAX,
  SETTLED,
  Segment,
  STATE_MASK,
  STORED,
} from '../message/segment.ts';
import { type ColdSpan, emptyColdSpan } from './cold-span.ts';
import { DeliveryCounts } from './delivery-counts.ts';
import type { QueueMessages } from './queue-messages.ts';
import { SettledRecords } from './settled-records.ts';

/** Segments that stay in memory in front of the cursor. */
const RESIDENT_AHEAD = 2;
const READ_BYTES = 1 << 20;
/** For somebody who only looks. */
const LOOK_BYTES = 1 << 20;
/** A hole of positions between two chunks up to this size is bridged within a segment. */
const GAP_MAX = 1024;

export class QueuePaging {
  readonly #messages: QueueMessages;
  readonly #journal: Journal;
  readonly #storageId: number;
  /** Positions below were stored by an earlier start: transient records among them are void. */
  readonly #startPosition: number;
  #isReading = false;

  constructor(messages: QueueMessages, journal: Journal, storageId: number) {
    this.#messages = messages;
    this.#journal = journal;
    this.#storageId = storageId;
    this.#startPosition = messages.nextPosition;
  }

  /**
   * Called when the queue began a new segment while memory is over its budget: as many segments as
   * are too many begin to leave, nearest to the cold span first. Returns the bytes that the next
   * commit will write for it.
   */
  chooseLeaving(): number {
    const messages = this.#messages;
    const { segments, cold, memory } = messages;
    const cursor = segments.indexOf(messages.cursorSegment);
    // Only what touches the cold span can join it.
    const from = cold === undefined ? cursor + 1 + RESIDENT_AHEAD : cold.segmentIndex;
    let chosenBytes = 0;
    for (let i = from; i < segments.length - 1 && memory.isOverBudget; i++) {
      const segment = segments[i] as Segment;
      if (segment.isLeaving || segment.count === 0) continue;
      segment.isLeaving = true;
      memory.leavingBytes += segment.slab.length;
      messages.leaving ??= [];
      messages.leaving.push(segment);
      messages.isJournalDirty = true;
      chosenBytes += segment.end;
    }
    return chosenBytes;
  }

  /** After a commit: segments whose bytes are durable give up their memory. */
  finishLeaving(): void {
    const messages = this.#messages;
    if (messages.leaving === undefined) return;
    const waiting: Segment[] = [];
    for (const segment of messages.leaving) {
      if (segment.isDiscarded) {
        messages.slabs.stay(segment);
        continue;
      }
      const index = messages.segments.indexOf(segment);
      const cursor = messages.segments.indexOf(messages.cursorSegment);
      if (index <= cursor) {
        messages.slabs.stay(segment);
      } else if (segment.pins > 0 || !isWholeOnDisk(segment)) {
        waiting.push(segment);
        messages.isJournalDirty = true;
      } else if (!this.#leave(segment, index)) {
        // It does not touch the cold span: it may be chosen again.
        messages.slabs.stay(segment);
      }
    }
    messages.leaving = waiting.length === 0 ? undefined : waiting;
  }

  /** Moves a segment into the cold span; false when they do not touch. */
  #leave(segment: Segment, index: number): boolean {
    const messages = this.#messages;
    let cold = messages.cold;
    if (cold === undefined) {
      cold = emptyColdSpan(segment.base, index);
      messages.cold = cold;
    } else if (cold.segmentIndex !== index) {
      return false;
    }
    cold.to = segment.base + segment.count;
    for (let i = 0; i < segment.count; i++) {
      const state = segment.states[i] as number;
      if ((state & STATE_MASK) !== READY) continue;
      if ((state & COUNTED) !== 0) messages.deliveryCounts?.forget(segment.base + i);
      const bodyBytes = segment.bodyBytes(i);
      cold.count++;
      cold.bodyBytes += bodyBytes;
      if ((state & PERSISTENT) === 0) continue;
      cold.persistentCount++;
      cold.persistentBodyBytes += bodyBytes;
    }
    messages.slabs.stay(segment);
    messages.segments.splice(index, 1);
    messages.settled?.forget(segment);
    messages.slabs.discard(segment);
    return true;
  }

  /** Starts reading when the consumers come near the cold span; `onRead` runs when it ended. */
  readAhead(onRead: () => void): void {
    const messages = this.#messages;
    const cold = messages.cold;
    if (cold === undefined || this.#isReading) return;
    const cursor = messages.segments.indexOf(messages.cursorSegment);
    if (cold.segmentIndex - 1 - cursor >= RESIDENT_AHEAD) return;
    this.#isReading = true;
    const { from, to } = cold;
    this.#journal.readChunks(this.#storageId, from, to, READ_BYTES, (chunks) => {
      this.#isReading = false;
      // A purge or delete may have come in between: who waits for the read must learn that, too.
      if (messages.cold === cold && cold.from === from) this.#restore(cold, chunks, to);
      onRead();
      // Only void records are left: nobody asks for them, but they are to leave the disk.
      if (messages.cold?.count === 0) this.readAhead(onRead);
    });
  }

  /** Reads from the cold span for somebody who only looks: it stays where it is. */
  look(fromPosition: number, toPosition: number, callback: (chunks: StoredChunk[]) => void): void {
    this.#journal.readChunks(this.#storageId, fromPosition, toPosition, LOOK_BYTES, callback);
  }

  /** `chunks` is what was found below `to`; the span may have grown since it was asked for. */
  #restore(cold: ColdSpan, chunks: StoredChunk[], to: number): void {
    let group: StoredChunk[] = [];
    let groupBytes = 0;
    let expected = -1;
    const finish = () => {
      if (group.length === 0) return;
      const segment = this.#segmentOf(cold, group, groupBytes);
      expected = segment.base + segment.count;
      this.#insert(cold, segment);
      group = [];
      groupBytes = 0;
    };
    for (const chunk of chunks) {
      const count = recordCount(chunk.bytes);
      const first = group[0]?.firstPosition ?? chunk.firstPosition;
      const span = chunk.firstPosition + count - first;
      const gap = group.length === 0 ? 0 : chunk.firstPosition - expected;
      if (gap > GAP_MAX || span > SEGMENT_COUNT_MAX) finish();
      group.push(chunk);
      groupBytes += chunk.bytes.length;
      expected = chunk.firstPosition + count;
    }
    finish();
    cold.from = chunks.length > 0 ? Math.max(cold.from, expected) : to;
    if (cold.from >= cold.to) this.#endCold(cold);
    this.#messages.leaveEmptied();
  }

  #insert(cold: ColdSpan, segment: Segment): void {
    const messages = this.#messages;
    if (segment.unsettled === 0) return;
    messages.memory.adopt(segment.slab);
    messages.segments.splice(cold.segmentIndex, 0, segment);
    cold.segmentIndex++;
  }

  /** What the counts still promise but the disk does not hold is gone (damage): correct the counts. */
  #endCold(cold: ColdSpan): void {
    const messages = this.#messages;
    messages.cold = undefined;
    messages.readyCount -= cold.count;
    messages.bodyBytes -= cold.bodyBytes;
    messages.storedCount -= cold.persistentCount;
    messages.storedBodyBytes -= cold.persistentBodyBytes;
  }

  #segmentOf(cold: ColdSpan, chunks: StoredChunk[], bytes: number): Segment {
    const first = chunks[0] as StoredChunk;
    const slab = chunks.length === 1 ? first.bytes : Buffer.allocUnsafeSlow(bytes);
    const segment = new Segment(first.firstPosition, slab);
    let start = 0;
    for (const chunk of chunks) {
      if (chunks.length > 1) chunk.bytes.copy(slab, start);
      while (segment.base + segment.count < chunk.firstPosition) segment.restore(start, SETTLED);
      this.#restoreChunk(cold, segment, chunk, start);
      start += chunk.bytes.length;
    }
    // Full: new messages never join a segment whose positions may end before nextPosition.
    segment.end = slab.length;
    segment.collectedCount = segment.count;
    return segment;
  }

  #restoreChunk(cold: ColdSpan, segment: Segment, chunk: StoredChunk, start: number): void {
    const bytes = chunk.bytes;
    const unsettledBefore = segment.unsettled;
    let offset = 0;
    for (let i = 0; offset < bytes.length; i++) {
      const state = this.#restoredState(cold, chunk, i, offset);
      segment.restore(start + offset, state);
      if ((state & STATE_MASK) === READY) count(cold, segment, segment.count - 1, state);
      offset += recordBytesAt(bytes, offset);
    }
    if (segment.unsettled > unsettledBefore) {
      const first = chunk.firstPosition - segment.base;
      segment.states[first] = (segment.states[first] as number) | CHUNK_START;
      segment.chunkCount++;
    } else {
      // At once: after a crash the floor may be beyond it, and nobody would read it again.
      this.#messages.settled ??= new SettledRecords();
      this.#messages.settled.deadChunks.push(chunk.firstPosition);
      this.#messages.isJournalDirty = true;
    }
  }

  /** COUNTED when the disk knows how often it was given back. */
  #countedState(chunk: StoredChunk, position: number): number {
    const count = chunk.deliveryCounts?.get(position);
    if (count === undefined) return 0;
    const messages = this.#messages;
    messages.deliveryCounts ??= new DeliveryCounts(true);
    messages.deliveryCounts.restore(position, count);
    return COUNTED;
  }

  #restoredState(cold: ColdSpan, chunk: StoredChunk, index: number, offset: number): number {
    const position = chunk.firstPosition + index;
    if (position < cold.from || position >= cold.to) return SETTLED | STORED;
    const settled = chunk.settled;
    if (settled !== undefined && ((settled[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0) {
      return SETTLED | STORED;
    }
    if (chunk.damaged.includes(index)) return SETTLED | STORED;
    const flags = chunk.bytes[offset + RECORD_FLAGS_OFFSET] as number;
    if ((flags & RECORD_TRAILER) !== 0) this.#messages.mayExpire = true;
    if ((flags & RECORD_PERSISTENT) !== 0) {
      return READY | STORED | PERSISTENT | this.#countedState(chunk, position);
    }
    return position < this.#startPosition ? SETTLED | STORED : READY | STORED;
  }
}

function count(cold: ColdSpan, segment: Segment, index: number, state: number): void {
  const bodyBytes = segment.bodyBytes(index);
  cold.count--;
  cold.bodyBytes -= bodyBytes;
  if ((state & PERSISTENT) === 0) return;
  cold.persistentCount--;
  cold.persistentBodyBytes -= bodyBytes;
}

function recordCount(bytes: Buffer): number {
  let count = 0;
  for (let offset = 0; offset < bytes.length; count++) offset += recordBytesAt(bytes, offset);
  return count;
}

function isWholeOnDisk(segment: Segment): boolean {
  for (let index = 0; index < segment.count; index++) {
    const state = segment.states[index] as number;
    if ((state & STATE_MASK) !== SETTLED && (state & STORED) === 0) return false;
  }
  return true;
}
