// What a commit writes for one queue: new records as chunks, settled positions, dead chunks, the
// queue's state. A message settled before its commit is never written (elision). Bodies stay where
// they are: the journal is handed ranges of the slab, which are pinned until the commit is durable.

import type { Journal } from '../journal.ts';
import { expiresAtMsAt } from '../message/record-trailer.ts';
import {
  CHUNK_START,
  PERSISTENT,
  SEGMENT_COUNT_MAX,
  SETTLED,
  type Segment,
  STATE_MASK,
  STORED,
} from '../message/segment.ts';
import type { QueueMessages } from './queue-messages.ts';
import { SettledRecords } from './settled-records.ts';

export class QueueJournal {
  readonly #messages: QueueMessages;
  readonly #storageId: number;
  /** False: nothing survives a restart; only segments that leave memory are written. */
  readonly #isDurable: boolean;
  /** True once something of the queue may be in the journal. */
  hasStored: boolean;
  /** The batch being collected changes what is stored. */
  #hasWritten = false;
  /** The cursor in the state written last. */
  #writtenCursor = -1;
  /** Segments whose slab the commit in flight reads. */
  #pinned: Segment[] | undefined;

  constructor(messages: QueueMessages, storageId: number, isDurable: boolean) {
    this.#messages = messages;
    this.#storageId = storageId;
    this.#isDurable = isDurable;
    this.hasStored = isDurable;
  }

  /** Adds everything that is new since the last commit to the journal's batch. */
  collect(journal: Journal): void {
    const messages = this.#messages;
    messages.isJournalDirty = false;
    for (const segment of messages.leaving ?? []) {
      if (segment.isLeaving && segment.pins === 0) this.#rewrite(journal, segment);
    }
    if (this.#isDurable) {
      for (let i = messages.segments.length - 1; i >= 0; i--) {
        const segment = messages.segments[i] as Segment;
        const isCollected = segment.collectedCount === segment.count && segment.count > 0;
        // One that leaves was just stored, out of order: those before it may still be new.
        if (isCollected && !segment.isLeaving) break;
        this.#collectNew(journal, segment);
      }
    }
    const { settled } = messages;
    if (settled !== undefined && !settled.isEmpty) {
      this.#hasWritten = true;
      for (const segment of settled.segments) this.#collectSettled(journal, segment);
      for (const position of settled.deadChunks) journal.deleteChunk(this.#storageId, position);
      for (const [from, to] of settled.deadSpans) journal.deleteChunks(this.#storageId, from, to);
      settled.clear();
    }
    if (this.#isDurable) {
      messages.deliveryCounts?.collect(journal, this.#storageId);
      this.#putState(journal);
    }
  }

  /** The state only goes along with a change of what is stored, or when stored messages went out. */
  #putState(journal: Journal): void {
    const messages = this.#messages;
    const hasMoved = messages.storedCount > 0 && messages.deliveredEnd !== this.#writtenCursor;
    if (!this.#hasWritten && !hasMoved) return;
    this.#hasWritten = false;
    this.#writtenCursor = messages.deliveredEnd;
    journal.putQueueState(this.#storageId, {
      nextPosition: messages.nextPosition,
      floorPosition: this.floorPosition(),
      cursorPosition: messages.deliveredEnd,
      messageCount: messages.storedCount,
      bodyBytes: messages.storedBodyBytes,
      headExpiresAtMs: this.#headExpiresAtMs(),
    });
  }

  /**
   * After a restart what is unacked or waits now may be the head, or what comes behind a transient one: 1, look
   * at once. So also for a head on disk.
   */
  #headExpiresAtMs(): number {
    const messages = this.#messages;
    if (!messages.mayExpire) return 0;
    if (messages.unackedCount + messages.waitingCount > 0 || !messages.peek()) return 1;
    const { takenSegment, takenIndex } = messages;
    if (((takenSegment.states[takenIndex] as number) & PERSISTENT) === 0) return 1;
    return expiresAtMsAt(takenSegment.slab, takenSegment.offsets[takenIndex] as number) || 1;
  }

  /** The smallest position that is not settled, or nextPosition. */
  floorPosition(): number {
    const { segments, cold, nextPosition } = this.#messages;
    for (let i = 0; i < segments.length; i++) {
      if (cold?.segmentIndex === i) return cold.from;
      const segment = segments[i] as Segment;
      const states = segment.states;
      let index = segment.floorIndex;
      while (index < segment.count && ((states[index] as number) & STATE_MASK) === SETTLED) index++;
      segment.floorIndex = index;
      if (index < segment.count) return segment.base + index;
    }
    return cold === undefined ? nextPosition : cold.from;
  }

  /** Stores the persistent records behind collectedCount as one chunk, from the first live to the last. */
  #collectNew(journal: Journal, segment: Segment): void {
    const states = segment.states;
    const end = segment.count;
    let first = -1;
    let last = -1;
    let hasHoles = false;
    for (let index = segment.collectedCount; index < end; index++) {
      const state = states[index] as number;
      if ((state & PERSISTENT) === 0 || (state & STATE_MASK) === SETTLED) {
        hasHoles = true;
        continue;
      }
      if (first < 0) first = index;
      last = index;
    }
    segment.collectedCount = end;
    if (first < 0) return;
    this.#storeChunk(journal, segment, first, last, hasHoles);
  }

  #storeChunk(
    journal: Journal,
    segment: Segment,
    first: number,
    last: number,
    hasHoles: boolean,
  ): void {
    const { states, offsets } = segment;
    const messages = this.#messages;
    for (let index = first; index <= last; index++) {
      const state = states[index] as number;
      if ((state & STATE_MASK) === SETTLED || (state & STORED) !== 0) continue;
      states[index] = state | STORED;
      if ((state & PERSISTENT) === 0) continue;
      messages.storedCount++;
      messages.storedBodyBytes += segment.bodyBytes(index);
    }
    states[first] = (states[first] as number) | CHUNK_START;
    segment.chunkCount++;
    const start = offsets[first] as number;
    const end = last + 1 < segment.count ? (offsets[last + 1] as number) : segment.end;
    this.#pin(segment);
    this.hasStored = true;
    this.#hasWritten = true;
    journal.putChunk(this.#storageId, segment.base + first, segment.slab, start, end);
    if (hasHoles) this.#putBitmap(journal, segment, first, last + 1);
  }

  #pin(segment: Segment): void {
    segment.pins++;
    this.#pinned ??= [];
    this.#pinned.push(segment);
  }

  /**
   * A segment that leaves memory is stored again as one chunk: it takes its transient messages
   * along and merges the small chunks of a trickle, so that the disk holds few and large ones.
   */
  #rewrite(journal: Journal, segment: Segment): void {
    const states = segment.states;
    const messages = this.#messages;
    let first = -1;
    let last = -1;
    let needsRewrite = segment.chunkCount !== 1 || segment.collectedCount < segment.count;
    for (let index = 0; index < segment.count; index++) {
      const state = states[index] as number;
      // Unacked ones too: the cursor may have entered the segment since it was chosen.
      if ((state & STATE_MASK) === SETTLED) continue;
      if ((state & STORED) === 0) needsRewrite = true;
      if (first < 0) first = index;
      last = index;
    }
    if (!needsRewrite || first < 0) return;
    for (let index = 0; index < segment.count; index++) {
      const state = states[index] as number;
      if ((state & CHUNK_START) === 0) continue;
      states[index] = state & ~CHUNK_START;
      segment.chunkCount--;
      if (index === first) continue;
      messages.settled ??= new SettledRecords();
      messages.settled.deadChunks.push(segment.base + index);
    }
    segment.collectedCount = segment.count;
    this.#storeChunk(journal, segment, first, last, true);
  }

  /** Settled positions of stored chunks: whole chunks go, partly settled ones get a bitmap. */
  #collectSettled(journal: Journal, segment: Segment): void {
    const states = segment.states;
    const from = segment.settledMin;
    const to = segment.settledMax;
    segment.settledMin = SEGMENT_COUNT_MAX;
    segment.settledMax = -1;
    let start = from;
    while (start > 0 && ((states[start] as number) & CHUNK_START) === 0) start--;
    while (start <= to) {
      let end = start + 1;
      while (end < segment.collectedCount && ((states[end] as number) & CHUNK_START) === 0) end++;
      this.#collectSettledChunk(journal, segment, start, end);
      start = end;
    }
  }

  #collectSettledChunk(journal: Journal, segment: Segment, start: number, next: number): void {
    const states = segment.states;
    if (((states[start] as number) & CHUNK_START) === 0) return;
    // Transient messages that were not worth storing may lie between the chunk and the next one.
    let end = next;
    while (((states[end - 1] as number) & STORED) === 0) end--;
    let prefix = start;
    while (prefix < end && ((states[prefix] as number) & STATE_MASK) === SETTLED) prefix++;
    if (prefix === end) {
      states[start] = (states[start] as number) & ~CHUNK_START;
      segment.chunkCount--;
      journal.deleteChunk(this.#storageId, segment.base + start);
      return;
    }
    // A settled prefix at the queue's floor needs no bitmap: the floor says it.
    let isPrefixOnly = this.floorPosition() === segment.base + prefix;
    for (let index = prefix; isPrefixOnly && index < end; index++) {
      if (((states[index] as number) & STATE_MASK) === SETTLED) isPrefixOnly = false;
    }
    if (!isPrefixOnly) this.#putBitmap(journal, segment, start, end);
  }

  #putBitmap(journal: Journal, segment: Segment, start: number, end: number): void {
    const states = segment.states;
    const bitmap = Buffer.alloc((end - start + 7) >>> 3);
    let isAny = false;
    for (let index = start; index < end; index++) {
      if (((states[index] as number) & STATE_MASK) !== SETTLED) continue;
      isAny = true;
      const bit = index - start;
      bitmap[bit >>> 3] = (bitmap[bit >>> 3] as number) | (1 << (bit & 7));
    }
    if (isAny) journal.putSettled(this.#storageId, segment.base + start, bitmap);
  }

  /** The commit that took the last collect() is durable. */
  committed(): void {
    const pinned = this.#pinned;
    if (pinned === undefined) return;
    this.#pinned = undefined;
    for (const segment of pinned) this.#messages.unpin(segment);
  }
}
