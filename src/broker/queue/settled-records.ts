// What of a queue's stored messages the next commit takes off the disk: positions that were settled,
// chunks that are settled as a whole, spans that nobody will read again.

import { CHUNK_START, type Segment } from '../message/segment.ts';

export class SettledRecords {
  /** Segments with stored positions settled since the last commit. */
  segments: Segment[] = [];
  /** Chunks (by first position) whose messages are all settled. */
  deadChunks: number[] = [];
  /** Spans [from, to) of the disk that a purge emptied. */
  deadSpans: [from: number, to: number][] = [];

  get isEmpty(): boolean {
    return this.segments.length + this.deadChunks.length + this.deadSpans.length === 0;
  }

  /** The stored record at `index` was settled. */
  note(segment: Segment, index: number): void {
    if (segment.settledMax < 0) this.segments.push(segment);
    if (index < segment.settledMin) segment.settledMin = index;
    if (index > segment.settledMax) segment.settledMax = index;
  }

  /** The segment goes: its chunks go as a whole, and its settled positions need no note. */
  take(segment: Segment): void {
    if (segment.chunkCount > 0) this.#killChunks(segment);
    if (segment.settledMax >= 0) this.forget(segment);
  }

  #killChunks(segment: Segment): void {
    const states = segment.states;
    for (let index = 0; segment.chunkCount > 0 && index < segment.collectedCount; index++) {
      if (((states[index] as number) & CHUNK_START) === 0) continue;
      states[index] = (states[index] as number) & ~CHUNK_START;
      segment.chunkCount--;
      this.deadChunks.push(segment.base + index);
    }
  }

  forget(segment: Segment): void {
    const index = this.segments.indexOf(segment);
    if (index >= 0) this.segments.splice(index, 1);
    segment.settledMax = -1;
  }

  clear(): void {
    this.segments = [];
    this.deadChunks = [];
    this.deadSpans = [];
  }
}
