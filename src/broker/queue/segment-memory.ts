// The slabs of one queue's segments: how large the next one is, and when one goes back to the node's
// MessageMemory. A slab that a commit in flight reads is pinned and goes back later.

import { type MessageMemory, SLAB_BYTES, SLAB_MIN_BYTES } from '../message/message-memory.ts';
import type { Segment } from '../message/segment.ts';

/** The slab of segments that hold nothing. */
export const NO_SLAB = Buffer.alloc(0);

export class SegmentMemory {
  readonly #memory: MessageMemory;
  /** What the next slab is to hold at least. */
  #slabBytes = SLAB_MIN_BYTES;

  constructor(memory: MessageMemory) {
    this.#memory = memory;
  }

  /** A slab for a record that `full` has no room for. A queue that grows gets larger slabs. */
  slabAfter(full: Segment, recordBytes: number): Buffer {
    if (full.slab.length > 0 && !full.isShared) {
      this.#slabBytes = Math.min(this.#slabBytes * 2, SLAB_BYTES);
    }
    return this.#memory.acquire(Math.max(recordBytes, this.#slabBytes));
  }

  /** Takes the slab of an emptied segment back; a queue that stays small gets a smaller one next. */
  takeBack(segment: Segment): void {
    if (!segment.isShared && segment.end * 4 < segment.slab.length) {
      this.#slabBytes = Math.max(SLAB_MIN_BYTES, segment.slab.length / 2);
    }
    this.#release(segment);
    segment.isShared = false;
  }

  /** Gives up the memory of a segment that left its queue. */
  discard(segment: Segment): void {
    segment.isDiscarded = true;
    this.stay(segment);
    if (segment.pins === 0) this.#release(segment);
  }

  /** The segment does not leave memory by way of the disk (any more). */
  stay(segment: Segment): void {
    if (!segment.isLeaving) return;
    segment.isLeaving = false;
    this.#memory.leavingBytes -= segment.slab.length;
  }

  /** A commit that read the slab is durable. True when the segment is free and still in its queue. */
  unpin(segment: Segment): boolean {
    segment.pins--;
    if (segment.pins > 0) return false;
    if (segment.isDiscarded) this.#release(segment);
    return !segment.isDiscarded;
  }

  #release(segment: Segment): void {
    this.#memory.release(segment.slab, segment.isShared);
    segment.slab = NO_SLAB;
  }
}
