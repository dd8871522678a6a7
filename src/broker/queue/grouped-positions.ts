// What a queue with message groups knows of each position that its cursor has passed: the group, and the next
// one of the same group. Twelve octets a message, in arrays beside its segment that go with it.

import { assert } from '../../util/assert.ts';
import {
  COUNTED,
  DELIVERED,
  READY,
  type Segment,
  STATE_MASK,
  UNACKED,
} from '../message/segment.ts';
import type { QueueMessages } from './queue-messages.ts';

class SegmentGroups {
  groupIds: Uint32Array;
  nextPositions: Float64Array;

  constructor(count: number) {
    this.groupIds = new Uint32Array(count);
    this.nextPositions = new Float64Array(count);
  }

  grow(count: number): void {
    const { groupIds, nextPositions } = this;
    this.groupIds = new Uint32Array(count);
    this.groupIds.set(groupIds);
    this.nextPositions = new Float64Array(count);
    this.nextPositions.set(nextPositions);
  }
}

export class GroupedPositions {
  readonly #bySegment = new WeakMap<Segment, SegmentGroups>();
  #lastSegment: Segment | undefined;
  #last = new SegmentGroups(0);

  of(segment: Segment): SegmentGroups {
    if (segment === this.#lastSegment) {
      if (this.#last.groupIds.length < segment.count) this.#last.grow(segment.states.length);
      return this.#last;
    }
    let groups = this.#bySegment.get(segment);
    if (groups === undefined) {
      groups = new SegmentGroups(segment.states.length);
      this.#bySegment.set(segment, groups);
    }
    this.#lastSegment = segment;
    this.#last = groups;
    return this.of(segment);
  }
}

/** Takes a ready message that the cursor has passed, out of order: it is told as taken*, its flag stays with it. */
export function takeAt(messages: QueueMessages, position: number): void {
  const segment = messages.find(position);
  const index = position - segment.base;
  const state = segment.states[index] as number;
  assert((state & STATE_MASK) === READY, 'only a ready message is taken');
  messages.takenSegment = segment;
  messages.takenIndex = index;
  messages.takenPosition = position;
  messages.takenRedelivered = (state & DELIVERED) !== 0;
  messages.takenDeliveryCount = (state & COUNTED) === 0 ? 0 : messages.deliveryCountAt(position);
  segment.states[index] = (state & ~STATE_MASK) | UNACKED | DELIVERED;
  if (position >= messages.deliveredEnd) messages.deliveredEnd = position + 1;
  messages.readyCount--;
  messages.unackedCount++;
  if (messages.countsUnackedBytes) messages.unackedBodyBytes += segment.bodyBytes(index);
}
