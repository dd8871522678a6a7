// Looks at the messages of a queue, also at those on the disk, and changes nothing: no state, no redelivered
// flag, no order. In slices, so that traffic goes on; what comes and goes meanwhile may be seen or not.

import type { Clock } from '../clock.ts';
import type { StoredChunk } from '../journal.ts';
import { RECORD_FLAGS_OFFSET, RECORD_PERSISTENT, recordBytesAt } from '../message/record.ts';
import { contentOfRecord, type RecordContent } from '../message/record-content.ts';
import { READY, type Segment, STATE_MASK, UNACKED, WAITING } from '../message/segment.ts';
import type { ColdSpan } from '../queue/cold-span.ts';
import type { Queue } from '../queue/queue.ts';
import type { QueueLane } from '../queue/queue-lane.ts';

export type MessageState = 'ready' | 'unacked' | 'waiting';

export interface BrowseRequest {
  /** Only these. */
  readonly state: MessageState;
  /** Messages of that state to pass over, from the next one to be delivered. */
  readonly offset: number;
  readonly limit: number;
  /** Undefined: all. */
  readonly isMeant: ((content: RecordContent) => boolean) | undefined;
}

export interface BrowsedMessage {
  readonly offset: number;
  readonly content: RecordContent;
  /** It was delivered before. */
  readonly isRedelivered: boolean;
  /** How long it is in the queue, right within a tick of the statistics. */
  readonly ageMs: number;
}

export interface BrowsedPage {
  readonly messages: readonly BrowsedMessage[];
  /** Where the next page begins; undefined: there is no more. */
  readonly nextOffset: number | undefined;
}

const STATES: Readonly<Record<MessageState, number>> = {
  ready: READY,
  unacked: UNACKED,
  waiting: WAITING,
};

/** Looked at in one turn. */
const SLICE_MESSAGES = 500;
/** Looked at in one page: then it ends, however few were meant. */
const LOOKED_MAX = 20_000;
/** Bytes of bodies in one page. */
const PAGE_BYTES_MAX = 16 << 20;

export function browse(
  clock: Clock,
  queue: Queue,
  request: BrowseRequest,
  callback: (page: BrowsedPage) => void,
): void {
  new Browse(clock, queue, request, callback).run();
}

class Browse {
  readonly #clock: Clock;
  readonly #queue: Queue;
  readonly #request: BrowseRequest;
  readonly #callback: (page: BrowsedPage) => void;
  readonly #lanes: readonly QueueLane[];
  readonly #messages: BrowsedMessage[] = [];
  #laneIndex = 0;
  /** The next position to look at in the lane. */
  #position = 0;
  /** Messages of the state that came before it. */
  #offset = 0;
  #looked = 0;
  #bytes = 0;

  constructor(
    clock: Clock,
    queue: Queue,
    request: BrowseRequest,
    callback: (page: BrowsedPage) => void,
  ) {
    this.#clock = clock;
    this.#queue = queue;
    this.#request = request;
    this.#callback = callback;
    this.#lanes = [...queue.lanes];
  }

  run(): void {
    const sliceEnd = this.#looked + SLICE_MESSAGES;
    while (!this.#queue.isRemoved && !this.#isFull) {
      if (this.#looked >= sliceEnd) return this.#clock.afterTurn(() => this.run());
      const lane = this.#lanes[this.#laneIndex];
      if (lane === undefined) break;
      const place = this.#next(lane);
      if (place === undefined) {
        this.#laneIndex++;
        this.#position = 0;
      } else if ('states' in place) {
        this.#lookAtSegment(lane, place, sliceEnd);
      } else if (!this.#skipCold(place)) {
        return this.#readCold(lane, place);
      }
    }
    const isEnd = this.#queue.isRemoved || this.#lanes[this.#laneIndex] === undefined;
    this.#callback({
      messages: this.#messages,
      nextOffset: isEnd ? undefined : this.#offset,
    });
  }

  get #isFull(): boolean {
    return (
      this.#messages.length >= this.#request.limit ||
      this.#looked >= LOOKED_MAX ||
      this.#bytes >= PAGE_BYTES_MAX
    );
  }

  /** Where the next position lies. */
  #next({ messages }: QueueLane): Segment | ColdSpan | undefined {
    const { segments, cold } = messages;
    for (let index = 0; index <= segments.length; index++) {
      if (cold?.segmentIndex === index && cold.to > this.#position) return cold;
      const segment = segments[index];
      if (segment !== undefined && segment.base + segment.count > this.#position) return segment;
    }
    return undefined;
  }

  #lookAtSegment(lane: QueueLane, segment: Segment, sliceEnd: number): void {
    const wanted = STATES[this.#request.state];
    const { base, states, offsets } = segment;
    let index = Math.max(0, this.#position - base);
    for (; index < segment.count && this.#looked < sliceEnd && !this.#isFull; index++) {
      if (((states[index] as number) & STATE_MASK) !== wanted) continue;
      this.#look(lane, base + index, segment.slab, offsets[index] as number);
    }
    this.#position = base + index;
  }

  /** All messages of a cold span are ready. */
  #skipCold(cold: ColdSpan): boolean {
    const { state, offset, isMeant } = this.#request;
    const isPassedOver = isMeant === undefined && this.#offset + cold.count <= offset;
    if (state === 'ready' && !(isPassedOver && this.#position <= cold.from)) return false;
    if (state === 'ready') this.#offset += cold.count;
    this.#position = cold.to;
    return true;
  }

  #readCold(lane: QueueLane, { from, to }: ColdSpan): void {
    const start = Math.max(from, this.#position);
    lane.paging.look(start, to, (chunks) => {
      for (const chunk of chunks) this.#lookAtChunk(lane, chunk, start, to);
      if (chunks.length === 0) this.#position = to;
      this.run();
    });
  }

  #lookAtChunk(lane: QueueLane, chunk: StoredChunk, start: number, to: number): void {
    const { bytes, settled, damaged } = chunk;
    let position = chunk.firstPosition;
    for (let offset = 0, index = 0; offset < bytes.length && !this.#isFull; index++, position++) {
      const bit = (settled?.[index >>> 3] ?? 0) & (1 << (index & 7));
      const isThere = bit === 0 && !damaged.includes(index) && position < to;
      // Transient messages of an earlier start are void.
      const flags = bytes[offset + RECORD_FLAGS_OFFSET] as number;
      const isValid = position >= lane.firstPosition || (flags & RECORD_PERSISTENT) !== 0;
      if (isThere && isValid && position >= Math.max(start, this.#position)) {
        this.#look(lane, position, bytes, offset);
      }
      offset += recordBytesAt(bytes, offset);
    }
    this.#position = Math.max(this.#position, position);
  }

  #look(lane: QueueLane, position: number, slab: Buffer, at: number): void {
    const { offset, isMeant } = this.#request;
    const own = this.#offset++;
    if (own < offset) return;
    this.#looked++;
    const content = contentOfRecord(slab, at);
    if (isMeant?.(content) === false) return;
    this.#bytes += content.body.length;
    const nowMs = this.#clock.nowMs();
    const cameMs = lane.ages?.oldestMs(position, nowMs) ?? nowMs;
    this.#messages.push({
      offset: own,
      content,
      isRedelivered: position < lane.messages.deliveredEnd,
      ageMs: Math.max(0, Math.round(nowMs - cameMs)),
    });
  }
}
