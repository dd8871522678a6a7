// HOT. A run of consecutive messages of one queue: their records in one slab, their states in typed
// arrays. No JS object per waiting message. Budget: one copy of the bytes and four integer writes
// per message.

import type { IncomingMessage } from './incoming-message.ts';
import { RECORD_HEAD_BYTES, RECORD_PERSISTENT, recordBytesAt } from './record.ts';

/** State of a position: the low two bits. */
export const READY = 0;
export const UNACKED = 1;
export const SETTLED = 2;
/** Was given back and is not ready yet: see queue/waiting-messages.ts. */
export const WAITING = 3;
export const STATE_MASK = 3;
/** The first record of a chunk that the journal holds. */
export const CHUNK_START = 4;
export const PERSISTENT = 8;
/** The record lies in a chunk that was handed to the journal. */
export const STORED = 16;
/** Was delivered, maybe before messages in front of it: kept by queues with message groups only. */
export const DELIVERED = 32;
/** Was given back, and how often is known: see queue/delivery-counts.ts. */
export const COUNTED = 64;

/** Positions per segment at most: bounds a chunk's bitmap and the scan over it. */
export const SEGMENT_COUNT_MAX = 16384;
const COUNT_START = 32;
/** Shared by segments without records: an idle queue costs no arrays. */
const NO_OFFSETS = new Uint32Array(0);
const NO_STATES = new Uint8Array(0);

/** Below this a loop copies faster than a call: measured, 65 ns a call against 1.4 ns a byte. */
const COPY_LOOP_BYTES = 48;

export class Segment {
  /** Position of index 0. */
  base: number;
  /** Records held: indexes 0 … count - 1. */
  count = 0;
  slab: Buffer;
  /** Bytes of the slab in use. */
  end = 0;
  offsets = NO_OFFSETS;
  states = NO_STATES;
  /** Positions not settled. */
  unsettled = 0;
  /** Indexes below were looked at by a commit: stored, or not worth storing. */
  collectedCount = 0;
  /** Chunks of this segment in the journal. */
  chunkCount = 0;
  /** Every index below is settled. Moves forward lazily. */
  floorIndex = 0;
  /** Range of stored indexes settled since the last commit; none when min > max. */
  settledMin = SEGMENT_COUNT_MAX;
  settledMax = -1;
  /** Commits in flight that read the slab: it must neither change nor be reused. */
  pins = 0;
  /** The slab is shared with other queues (a large record). */
  isShared = false;
  /** The queue let go of it; the slab is released when the last pin goes. */
  isDiscarded = false;
  /** Chosen to leave memory once its bytes are durable. */
  isLeaving = false;

  /** `expectedCount`: how many records it will hold if it is like the one before. */
  constructor(base: number, slab: Buffer, expectedCount = 0) {
    this.base = base;
    this.slab = slab;
    if (expectedCount <= COUNT_START) return;
    const capacity = 1 << (32 - Math.clz32(expectedCount - 1));
    this.offsets = new Uint32Array(capacity);
    this.states = new Uint8Array(capacity);
  }

  /** True when a record of `recordBytes` fits. */
  fits(recordBytes: number): boolean {
    return this.end + recordBytes <= this.slab.length && this.count < SEGMENT_COUNT_MAX;
  }

  /** Appends a ready record. The caller made sure that it fits. */
  append(message: IncomingMessage, recordBytes: number): void {
    const index = this.count;
    if (index === this.offsets.length) this.#growArrays();
    const slab = this.slab;
    const offset = this.end;
    slab[offset] = recordBytes >>> 24;
    slab[offset + 1] = recordBytes >>> 16;
    slab[offset + 2] = recordBytes >>> 8;
    slab[offset + 3] = recordBytes;
    slab[offset + 8] = (message.isPersistent ? RECORD_PERSISTENT : 0) | message.extraFlags;
    const source = message.buffer;
    let target = offset + RECORD_HEAD_BYTES;
    for (let i = message.namesStart; i < message.namesEnd; i++) {
      slab[target++] = source[i] as number;
    }
    const start = message.contentStart;
    const end = message.contentEnd;
    if (end - start < COPY_LOOP_BYTES) {
      for (let i = start; i < end; i++) slab[target++] = source[i] as number;
    } else {
      source.copy(slab, target, start, end);
    }
    this.#enter(index, offset, recordBytes, message.isPersistent);
  }

  /** Enters the finished record that the slab holds at `end` (shared large records). */
  appendInPlace(recordBytes: number, isPersistent: boolean): void {
    if (this.count === this.offsets.length) this.#growArrays();
    this.#enter(this.count, this.end, recordBytes, isPersistent);
  }

  #enter(index: number, offset: number, recordBytes: number, isPersistent: boolean): void {
    this.offsets[index] = offset;
    this.states[index] = isPersistent ? READY | PERSISTENT : READY;
    this.end = offset + recordBytes;
    this.count = index + 1;
    this.unsettled++;
  }

  /**
   * Enters a record read back from the journal, already in the slab at `offset`. A position that no
   * longer exists is entered with state SETTLED.
   */
  restore(offset: number, state: number): void {
    const index = this.count;
    if (index === this.offsets.length) this.#growArrays();
    this.offsets[index] = offset;
    this.states[index] = state;
    this.count = index + 1;
    if ((state & STATE_MASK) !== SETTLED) this.unsettled++;
  }

  recordBytes(index: number): number {
    return recordBytesAt(this.slab, this.offsets[index] as number);
  }

  /** Body bytes as the content header announces them (below 2^53: checked at publish). */
  bodyBytes(index: number): number {
    const slab = this.slab;
    let at = (this.offsets[index] as number) + RECORD_HEAD_BYTES;
    at += 1 + (slab[at] as number);
    at += 1 + (slab[at] as number);
    // Behind the names: 0xCE, 7 octets of frame head, class-id and weight, then the uint64 size.
    at += 1 + 7 + 4;
    const high = ((slab[at + 2] as number) << 8) | (slab[at + 3] as number);
    return high * 0x1_0000_0000 + recordBytesAt(slab, at + 4);
  }

  /** Empties the segment for reuse from position `base` on. Only without pins and chunks. */
  rewind(base: number): void {
    this.base = base;
    this.count = 0;
    this.end = 0;
    this.collectedCount = 0;
    this.floorIndex = 0;
    this.settledMin = SEGMENT_COUNT_MAX;
    this.settledMax = -1;
  }

  #growArrays(): void {
    const capacity = Math.max(COUNT_START, this.offsets.length * 2);
    const offsets = new Uint32Array(capacity);
    offsets.set(this.offsets);
    this.offsets = offsets;
    const states = new Uint8Array(capacity);
    states.set(this.states);
    this.states = states;
  }
}
