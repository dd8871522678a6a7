// Takes messages out of one queue and puts each into another: the message and its removal are one commit, so
// a crash loses none and doubles none. Few per turn, at a rate if there is one, until it is cancelled.

import type { Clock, Timer } from '../clock.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { contentHeaderOf } from '../message/message-properties.ts';
import { incomingAt, shareLarge } from '../message/message-record.ts';
import {
  RECORD_DEAD_LETTERED,
  RECORD_FLAGS_OFFSET,
  RECORD_PERSISTENT,
  recordBytesAt,
} from '../message/record.ts';
import { hiddenKeysAt } from '../message/record-trailer.ts';
import { hiddenKeysOf } from '../message/sender-selected.ts';
import { REJECTED } from '../queue/enqueue-outcome.ts';
import type { Queue } from '../queue/queue.ts';
import type { Turn } from '../turn.ts';

const MESSAGES_PER_TURN = 200;
const BYTES_PER_TURN = 1 << 20;
/** With a rate: how often messages are moved. */
const PACE_MS = 50;
/** Messages that stay are held until the end: no more than this. */
const STAYING_MAX = 100_000;

/** Where a message goes; undefined: it stays. */
export type ChooseTarget = (message: IncomingMessage) => Queue | undefined;

export interface TransferRequest {
  readonly source: Queue;
  readonly choose: ChooseTarget;
  /** Messages to look at, at most. */
  readonly count: number;
  /** Messages per second; undefined: as fast as it goes. */
  readonly rate: number | undefined;
}

export type TransferState = 'running' | 'finished' | 'cancelled' | 'failed';

export class MessageTransfer {
  state: TransferState = 'running';
  /** Why it failed. */
  reason: string | undefined;
  movedCount = 0;
  /** Had no target, and are where they were. */
  stayedCount = 0;
  readonly request: TransferRequest;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #onEnd: () => void;
  /** Positions of those that stay. */
  #staying: number[] = [];
  #timer: Timer | undefined;
  #startedMs: number;

  constructor(clock: Clock, turn: Turn, request: TransferRequest, onEnd: () => void) {
    this.#clock = clock;
    this.#turn = turn;
    this.#onEnd = onEnd;
    this.request = request;
    this.#startedMs = clock.nowMs();
  }

  start(): void {
    this.#startedMs = this.#clock.nowMs();
    this.#run();
  }

  /** What was moved stays moved. */
  cancel(): void {
    if (this.state === 'running') this.#end('cancelled');
  }

  get #lookedCount(): number {
    return this.movedCount + this.#staying.length;
  }

  #run(): void {
    this.#timer = undefined;
    if (this.state !== 'running') return;
    const { source, count } = this.request;
    const allowed = Math.min(this.#allowance(), MESSAGES_PER_TURN);
    let bytes = 0;
    for (let looked = 0; looked < allowed && bytes < BYTES_PER_TURN; looked++) {
      if (source.isRemoved) return this.#fail(`queue '${source.name}' is gone`);
      if (this.#lookedCount >= count) return this.#end('finished');
      if (this.#staying.length >= STAYING_MAX) {
        return this.#fail(`${STAYING_MAX} messages had no target`);
      }
      if (!source.take()) {
        if (source.needsCold) return source.whenRead(() => this.#run());
        return this.#end('finished');
      }
      const moved = this.#moveTaken();
      if (moved < 0) return;
      bytes += moved;
    }
    this.#continue();
  }

  /** Messages that the rate allows now. */
  #allowance(): number {
    const { rate } = this.request;
    if (rate === undefined) return MESSAGES_PER_TURN;
    const seconds = (this.#clock.nowMs() - this.#startedMs + PACE_MS) / 1000;
    return Math.floor(seconds * rate) - this.#lookedCount;
  }

  #continue(): void {
    if (this.request.rate !== undefined) {
      this.#timer = this.#clock.setTimer(PACE_MS, () => this.#run());
    } else if (this.#turn.isDiskBehind) {
      this.#turn.throttle({ unthrottle: () => this.#run() });
    } else {
      this.#clock.afterTurn(() => this.#run());
    }
  }

  /** Returns the bytes that were moved; -1 when it ended. */
  #moveTaken(): number {
    const { source, choose } = this.request;
    const { messages, positionOffset } = source.takenLane;
    const { takenSegment, takenIndex, takenPosition } = messages;
    const offset = takenSegment.offsets[takenIndex] as number;
    const message = describedAt(takenSegment.slab, offset);
    const target = choose(message);
    const position = takenPosition + positionOffset;
    if (target === undefined) {
      this.#staying.push(position);
      return 0;
    }
    const bytes = recordBytesAt(takenSegment.slab, offset);
    if (target.isRemoved || target.enqueue(message) >= REJECTED) {
      this.#staying.push(position);
      this.#fail(`queue '${target.name}' ${target.isRemoved ? 'is gone' : 'refuses messages'}`);
      return -1;
    }
    source.settle(position);
    this.movedCount++;
    return bytes;
  }

  #fail(reason: string): void {
    this.reason = reason;
    this.#end('failed');
  }

  #end(state: TransferState): void {
    this.state = state;
    this.#timer?.cancel();
    for (const position of this.#staying) this.request.source.requeue(position, 'stays');
    this.stayedCount = this.#staying.length;
    this.#staying = [];
    this.#onEnd();
  }
}

/** A stored message as a publish would describe it. */
function describedAt(slab: Buffer, offset: number): IncomingMessage {
  const message = incomingAt(slab, offset);
  const { properties, bodyBytes } = contentHeaderOf(message);
  const flags = slab[offset + RECORD_FLAGS_OFFSET] as number;
  message.bodyBytes = bodyBytes;
  message.describe((flags & RECORD_PERSISTENT) !== 0, properties.priority ?? -1);
  message.extraFlags = flags & RECORD_DEAD_LETTERED;
  // Given back to a queue that saw its key, it would be dropped.
  message.isMoved = true;
  // It begins to live anew.
  message.expirationMs = properties.expiration === undefined ? -1 : Number(properties.expiration);
  message.hiddenKeys = hiddenKeysOf(hiddenKeysAt(slab, offset));
  message.needsTrailer = message.expirationMs >= 0 || message.hiddenKeys !== undefined;
  shareLarge(message);
  return message;
}
