// What a queue holds and has done, summed over its lanes, for those who look at it from outside. Asked
// for now and then: nothing here is kept up per message.

import { READY, STATE_MASK } from '../message/segment.ts';
import type { Histogram } from '../metrics/histogram.ts';
import { MessageAges } from '../metrics/message-ages.ts';
import type { Queue } from './queue.ts';
import type { QueueLane } from './queue-lane.ts';

/** Counts of messages and of body bytes, as RabbitMQ has them. */
export interface QueueStatistics {
  /** Messages that were enqueued since the start. */
  publish: number;
  ready: number;
  unacked: number;
  bytes: number;
  unackedBytes: number;
  /** Stored on the disk, and not settled. */
  persistent: number;
  persistentBytes: number;
  /** On the disk only. */
  pagedOut: number;
  pagedOutBytes: number;
  /** Of the slabs that the messages lie in. */
  memoryBytes: number;
}

export function statisticsOf(queue: Queue): QueueStatistics {
  const sum: QueueStatistics = {
    publish: 0,
    ready: queue.readyCount,
    unacked: queue.unackedCount,
    bytes: 0,
    unackedBytes: 0,
    persistent: 0,
    persistentBytes: 0,
    pagedOut: 0,
    pagedOutBytes: 0,
    memoryBytes: 0,
  };
  for (const lane of queue.lanes) {
    const { messages } = lane;
    sum.publish += messages.nextPosition - lane.firstPosition;
    sum.bytes += messages.bodyBytes;
    sum.unackedBytes += messages.unackedCount === 0 ? 0 : lane.unackedBodyBytes;
    sum.persistent += messages.storedCount;
    sum.persistentBytes += messages.storedBodyBytes;
    sum.pagedOut += messages.cold?.count ?? 0;
    sum.pagedOutBytes += messages.cold?.bodyBytes ?? 0;
    for (const { slab } of messages.segments) sum.memoryBytes += slab.length;
  }
  return sum;
}

export function publishCountOf(queue: Queue): number {
  let count = 0;
  for (const { messages, firstPosition } of queue.lanes) {
    count += messages.nextPosition - firstPosition;
  }
  return count;
}

/** Positions that are looked through for the head: it is rarely behind so many unacked ones. */
const HEAD_SEARCH_MAX = 1_000;

/** The next message to be delivered, where its record lies in memory. */
export function headRecord(queue: Queue): { slab: Buffer; offset: number } | undefined {
  let looked = 0;
  for (const { messages } of queue.lanes) {
    if (messages.readyCount === 0) continue;
    for (const [at, segment] of messages.segments.entries()) {
      if (messages.cold?.segmentIndex === at) return undefined;
      for (let index = segment.floorIndex; index < segment.count; index++) {
        if (((segment.states[index] as number) & STATE_MASK) === READY) {
          return { slab: segment.slab, offset: segment.offsets[index] as number };
        }
        if (++looked > HEAD_SEARCH_MAX) return undefined;
      }
    }
    return undefined;
  }
  return undefined;
}

/** One tick of the clock by which ages are known; how long those that left waited goes to `waited`. */
export function tickAges(queue: Queue, nowMs: number, waited: Histogram): void {
  for (const lane of queue.lanes) {
    const { nextPosition } = lane.messages;
    if (lane.ages === undefined) {
      if (nextPosition === lane.firstPosition && isEmpty(lane)) continue;
      lane.ages = new MessageAges(Math.min(lane.firstPosition, oldestPositionOf(lane)));
    }
    lane.ages.tick(nextPosition, oldestPositionOf(lane), nowMs, waited);
  }
}

/** When the oldest message that is not settled came, right within a tick. Undefined: there is none. */
export function oldestMessageMs(queue: Queue, nowMs: number): number | undefined {
  let oldestMs: number | undefined;
  for (const lane of queue.lanes) {
    if (isEmpty(lane)) continue;
    const cameMs = lane.ages?.oldestMs(lane.oldestPosition, nowMs) ?? nowMs;
    if (oldestMs === undefined || cameMs < oldestMs) oldestMs = cameMs;
  }
  return oldestMs;
}

function isEmpty({ messages }: QueueLane): boolean {
  return messages.readyCount === 0 && messages.unackedCount === 0 && messages.waitingCount === 0;
}

function oldestPositionOf(lane: QueueLane): number {
  return isEmpty(lane) ? lane.messages.nextPosition : lane.oldestPosition;
}
