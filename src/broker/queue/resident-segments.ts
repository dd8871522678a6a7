// Looks through the resident segments of a queue.

import { AssertionError, assert } from '../../util/assert.ts';
import { READY, type Segment, STATE_MASK, UNACKED } from '../message/segment.ts';

/** The segment that holds the position; `segments` are in order of position, at least one. */
export function segmentAt(segments: readonly Segment[], position: number): Segment {
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
  return found;
}

/** `count`: how many unacked messages there are; the search ends with the last of them. */
export function unackedBodyBytesOf(segments: readonly Segment[], count: number): number {
  let bytes = 0;
  let left = count;
  for (const segment of segments) {
    for (let index = segment.floorIndex; index < segment.count && left > 0; index++) {
      const state = segment.states[index] as number;
      if ((state & STATE_MASK) !== UNACKED) continue;
      bytes += segment.bodyBytes(index);
      left--;
    }
    if (left === 0) break;
  }
  return bytes;
}

/** The ready messages; those already given may be settled meanwhile. */
export function* readyIn(segments: readonly Segment[]): Generator<[Segment, number]> {
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index++) {
      if (((segment.states[index] as number) & STATE_MASK) === READY) yield [segment, index];
    }
  }
}

/** The first ready position from there on; there is one in memory. */
export function firstReadyFrom(segments: readonly Segment[], position: number): number {
  for (const segment of segments) {
    for (let index = Math.max(0, position - segment.base); index < segment.count; index++) {
      if (((segment.states[index] as number) & STATE_MASK) === READY) return segment.base + index;
    }
  }
  throw new AssertionError('a queue that counts ready messages in memory has one there');
}

/** Memory of the segments up to that one. */
export function residentBytesUpTo(segments: readonly Segment[], last: Segment): number {
  let bytes = 0;
  for (const segment of segments) {
    bytes += segment.slab.length;
    if (segment === last) break;
  }
  return bytes;
}
