// The part of a queue that lies on the disk only; see queue-paging.ts.

import type { QueueState } from '../journal.ts';

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

/** At start: everything the journal holds for a queue, behind the empty first segment. */
export function storedColdSpan(state: QueueState): ColdSpan {
  return {
    from: state.floorPosition,
    to: state.nextPosition,
    count: state.messageCount,
    bodyBytes: state.bodyBytes,
    persistentCount: state.messageCount,
    persistentBodyBytes: state.bodyBytes,
    segmentIndex: 1,
  };
}
