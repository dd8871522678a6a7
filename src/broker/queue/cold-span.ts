// The part of a queue that lies on the disk only; see queue-paging.ts.

import type { QueueState } from '../journal.ts';
import { Segment } from '../message/segment.ts';
import type { QueueMessages } from './queue-messages.ts';
import { NO_SLAB } from './segment-memory.ts';
import { SettledRecords } from './settled-records.ts';

/** Messages that lie on the disk only: positions [from, to), all ready, none delivered yet. */
export interface ColdSpan {
  from: number;
  to: number;
  count: number;
  bodyBytes: number;
  /** Persistent ones among them. */
  persistentCount: number;
  persistentBodyBytes: number;
  /** How many resident segments come before it. */
  segmentIndex: number;
}

/** A span without messages in front of the resident segment `segmentIndex`. */
export function emptyColdSpan(from: number, segmentIndex: number): ColdSpan {
  return {
    from,
    to: from,
    count: 0,
    bodyBytes: 0,
    persistentCount: 0,
    persistentBodyBytes: 0,
    segmentIndex,
  };
}

/** Nobody will read the span of the disk again. */
function forgetSpan(messages: QueueMessages, from: number, to: number): void {
  messages.settled ??= new SettledRecords();
  messages.settled.deadSpans.push([from, to]);
  messages.isJournalDirty = true;
}

/** The queue is purged: nobody will read the span again. */
export function forgetCold(messages: QueueMessages): void {
  const { cold } = messages;
  if (cold === undefined) return;
  messages.cold = undefined;
  // From the end of what is in memory: a chunk may lie across cold.from.
  const before = messages.segments[cold.segmentIndex - 1] as Segment;
  forgetSpan(messages, before.base + before.count, cold.to);
  messages.bodyBytes -= cold.bodyBytes;
  messages.storedCount -= cold.persistentCount;
  messages.storedBodyBytes -= cold.persistentBodyBytes;
}

/** At start: everything the journal holds for a queue is one cold span behind the empty first segment. */
export function recoverMessages(messages: QueueMessages, state: QueueState): void {
  messages.nextPosition = state.nextPosition;
  messages.deliveredEnd = state.cursorPosition;
  if (state.messageCount === 0) {
    // Transient messages of an earlier start may lie there: void.
    if (state.floorPosition < state.nextPosition) forgetSpan(messages, 0, state.nextPosition);
    return;
  }
  messages.readyCount = messages.storedCount = state.messageCount;
  messages.bodyBytes = messages.storedBodyBytes = state.bodyBytes;
  messages.mayExpire = state.headExpiresAtMs !== 0;
  messages.cold = {
    from: state.floorPosition,
    to: state.nextPosition,
    count: state.messageCount,
    bodyBytes: state.bodyBytes,
    persistentCount: state.messageCount,
    persistentBodyBytes: state.bodyBytes,
    segmentIndex: 1,
  };
  // The tail lies behind the cold span from the start: what is published now comes after it.
  messages.segments.push(new Segment(state.nextPosition, NO_SLAB));
}
