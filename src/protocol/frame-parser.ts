// HOT: cuts the bytes of a peer into frames. Budget: 5 M publishes of 16 octets per second; integer
// reads only, no object, slice or closure per frame. Invariant: any split of the same bytes gives the
// same calls (a publish whose content lies whole in the chunk comes as one call instead of several).

import { assert } from '../util/assert.ts';
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEAD_BYTES,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FRAME_OVERHEAD_BYTES,
} from './frame-constants.ts';
import { frameOnWrongChannel, frameTooLarge, unknownFrame, wrongFrameEnd } from './frame-errors.ts';

/** Payloads are [start, end) of `buffer`, which is only valid during the call. */
export interface FrameSink {
  /** `start` is at the class id; at least four octets. */
  onMethod(channel: number, buffer: Buffer, start: number, end: number): void;
  /** At least twelve octets: class, weight, body size. */
  onHeader(channel: number, buffer: Buffer, start: number, end: number): void;
  onBody(channel: number, buffer: Buffer, start: number, end: number): void;
  onHeartbeat(): void;
  /**
   * Fast lane: a basic.publish whose complete content lies in `buffer` right behind it on the same
   * channel. The method's payload is [methodStart, methodEnd), buffer[methodEnd] is its end octet.
   * [methodEnd + 1, contentEnd) holds one header frame (class 60, weight 0) and its body frames, none
   * empty, `bodyBytes` in all.
   */
  onPublish(
    channel: number,
    buffer: Buffer,
    methodStart: number,
    methodEnd: number,
    contentEnd: number,
    bodyBytes: number,
  ): void;
}

const NO_BYTES = Buffer.alloc(0);
/** Class, weight and body size: without them RabbitMQ does not take it for a header frame. */
const HEADER_BYTES_MIN = 12;
/** Larger buffers for unfinished input are given up when they are empty. */
const KEPT_STORAGE_BYTES = 16 * 1024;

export class FrameParser {
  /** Largest frame of the peer; a payload of this size is still tolerated, as RabbitMQ does. */
  frameMax: number;
  readonly #sink: FrameSink;
  /** Kept input is [#keptStart, #keptEnd) of #kept. */
  #kept: Buffer = NO_BYTES;
  #keptStart = 0;
  #keptEnd = 0;
  /** Where the frame behind the one in work begins: where to go on after the sink threw. */
  #next = 0;
  #isStopped = false;
  #isRunning = false;
  /** After a frame without end nobody knows where the next one begins: input is dropped. */
  #isLost = false;

  constructor(sink: FrameSink, frameMax: number) {
    this.#sink = sink;
    this.frameMax = frameMax;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Bytes kept: an unfinished frame, or input that came while stopped or behind an error. */
  get pendingBytes(): number {
    return this.#keptEnd - this.#keptStart;
  }

  /**
   * Feeds bytes of the peer; the buffer is only read during the call. Throws an AmqpError (501, 505)
   * for a malformed frame, and what the sink throws. The frame at fault is then consumed and what lies
   * behind it is kept: resume() or the next parse() goes on there.
   */
  parse(chunk: Buffer): void {
    assert(!this.#isRunning, 'parse is not called from inside a sink call');
    if (this.#isLost) return;
    if (this.#isStopped) {
      this.#keep(chunk, 0, chunk.length);
      return;
    }
    let start = 0;
    while (this.#keptEnd > this.#keptStart) {
      start = this.#fillFrame(chunk, start);
      if (start < 0) return;
      this.#runKeptGuarded(chunk, start);
      if (this.#isStopped) {
        this.#keep(chunk, start, chunk.length);
        return;
      }
    }
    const end = chunk.length;
    let done = false;
    this.#isRunning = true;
    this.#next = start;
    try {
      start = this.#run(chunk, start, end);
      done = true;
    } finally {
      this.#isRunning = false;
      if (!done) start = this.#next;
      if (start < end && !this.#isLost) this.#keep(chunk, start, end);
    }
  }

  /** From inside a sink call: no further sink call happens until resume(). Input is kept meanwhile. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Goes on with the kept input; may call the sink before it returns. */
  resume(): void {
    this.#isStopped = false;
    if (this.#isRunning || this.#isLost) return;
    this.#runKept();
  }

  /** Bytes behind a thrown error must not overtake the rest of the chunk. */
  #runKeptGuarded(chunk: Buffer, start: number): void {
    let done = false;
    try {
      this.#runKept();
      done = true;
    } finally {
      if (!done && !this.#isLost) this.#keep(chunk, start, chunk.length);
    }
  }

  #runKept(): void {
    const buffer = this.#kept;
    const end = this.#keptEnd;
    let start = this.#keptStart;
    let done = false;
    this.#isRunning = true;
    this.#next = start;
    try {
      start = this.#run(buffer, start, end);
      done = true;
    } finally {
      this.#isRunning = false;
      if (!done) start = this.#next;
      this.#keptStart = this.#isLost ? end : start;
      if (this.#keptStart === end) this.#dropKept();
    }
  }

  /**
   * Completes the first frame of the kept input with the octets it lacks and returns where to go on in
   * the chunk, or -1 when the chunk ends before the frame does.
   */
  #fillFrame(chunk: Buffer, start: number): number {
    let at = start;
    if (this.pendingBytes < FRAME_HEAD_BYTES) {
      at = this.#keepUpTo(chunk, at, FRAME_HEAD_BYTES);
      if (this.pendingBytes < FRAME_HEAD_BYTES) return -1;
    }
    const head = this.#keptStart;
    const size = longAt(this.#kept, head + 3);
    // An oversized frame is left for the run to refuse, before room for it is made.
    if (size > this.frameMax) return at;
    const frameBytes = size + FRAME_OVERHEAD_BYTES;
    at = this.#keepUpTo(chunk, at, frameBytes);
    return this.pendingBytes < frameBytes ? -1 : at;
  }

  #keepUpTo(chunk: Buffer, start: number, bytes: number): number {
    const missing = bytes - this.pendingBytes;
    if (missing <= 0) return start;
    const end = Math.min(chunk.length, start + missing);
    this.#keep(chunk, start, end, bytes);
    return end;
  }

  /** Appends chunk[start, end); `bytesExpected` is what the kept input is known to grow to. */
  #keep(chunk: Buffer, start: number, end: number, bytesExpected = 0): void {
    const kept = this.#keptEnd - this.#keptStart;
    const needed = Math.max(kept + end - start, bytesExpected);
    if (this.#keptStart + needed > this.#kept.length) {
      if (needed > this.#kept.length || this.#keptStart < kept) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, kept * 2, 64));
        this.#kept.copy(larger, 0, this.#keptStart, this.#keptEnd);
        this.#kept = larger;
      } else {
        this.#kept.copyWithin(0, this.#keptStart, this.#keptEnd);
      }
      this.#keptStart = 0;
      this.#keptEnd = kept;
    }
    chunk.copy(this.#kept, this.#keptEnd, start, end);
    this.#keptEnd += end - start;
  }

  #dropKept(): void {
    this.#keptStart = 0;
    this.#keptEnd = 0;
    if (this.#kept.length > KEPT_STORAGE_BYTES) this.#kept = NO_BYTES;
  }

  /** Handles the whole frames of [start, end) and returns where the unfinished one begins. */
  #run(buffer: Buffer, start: number, end: number): number {
    const sink = this.#sink;
    let at = start;
    while (!this.#isStopped && end - at >= FRAME_HEAD_BYTES) {
      const type = buffer[at] as number;
      const channel = ((buffer[at + 1] as number) << 8) | (buffer[at + 2] as number);
      const size = longAt(buffer, at + 3);
      if (size > this.frameMax) throw this.#lose(frameTooLarge(type, size, this.frameMax));
      const payload = at + FRAME_HEAD_BYTES;
      const payloadEnd = payload + size;
      if (payloadEnd >= end) break;
      if (buffer[payloadEnd] !== FRAME_END) {
        throw this.#lose(
          wrongFrameEnd(buffer, type, payload, payloadEnd, buffer[payloadEnd] as number),
        );
      }
      const next = payloadEnd + 1;
      if (type === FRAME_METHOD && size >= 4) {
        if (isPublish(buffer, payload) && channel !== 0) {
          const contentEnd = this.#contentEnd(buffer, channel, next, end);
          if (contentEnd > 0) {
            this.#next = contentEnd;
            sink.onPublish(channel, buffer, payload, payloadEnd, contentEnd, this.#bodyBytes);
            at = contentEnd;
            continue;
          }
        }
        this.#next = next;
        sink.onMethod(channel, buffer, payload, payloadEnd);
      } else {
        this.#next = next;
        this.#deliverOther(type, channel, buffer, payload, payloadEnd);
      }
      at = next;
    }
    return at;
  }

  /** Body size of the content that #contentEnd found whole. */
  #bodyBytes = 0;

  /** Offset behind the content at `start`, or 0 when it is not whole in [start, end) or not regular. */
  #contentEnd(buffer: Buffer, channel: number, start: number, end: number): number {
    // Class 60 and weight 0 in one number; sizes of 4 GiB and more take the slow way.
    if (end - start < FRAME_OVERHEAD_BYTES + 14) return 0;
    if (buffer[start] !== FRAME_HEADER || channelAt(buffer, start) !== channel) return 0;
    const size = longAt(buffer, start + 3);
    const payload = start + FRAME_HEAD_BYTES;
    if (size < 14 || size > this.frameMax || payload + size >= end) return 0;
    if (longAt(buffer, payload) !== 0x003c0000 || longAt(buffer, payload + 4) !== 0) return 0;
    if (buffer[payload + size] !== FRAME_END) return 0;
    const bodyBytes = longAt(buffer, payload + 8);
    let at = payload + size + 1;
    let remaining = bodyBytes;
    if (remaining > end - at) return 0;
    while (remaining > 0) {
      if (end - at < FRAME_OVERHEAD_BYTES) return 0;
      if (buffer[at] !== FRAME_BODY || channelAt(buffer, at) !== channel) return 0;
      const bodySize = longAt(buffer, at + 3);
      if (bodySize === 0 || bodySize > remaining || bodySize > this.frameMax) return 0;
      at += FRAME_HEAD_BYTES + bodySize;
      if (at >= end || buffer[at] !== FRAME_END) return 0;
      at++;
      remaining -= bodySize;
    }
    this.#bodyBytes = bodyBytes;
    return at;
  }

  /** Everything that is no method frame; what RabbitMQ checks, in its order. */
  #deliverOther(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    switch (type) {
      case FRAME_BODY:
        if (channel === 0) break;
        this.#sink.onBody(channel, buffer, start, end);
        return;
      case FRAME_HEADER:
        if (end - start < HEADER_BYTES_MIN) throw unknownFrame(buffer, type, start, end);
        if (channel === 0) break;
        this.#sink.onHeader(channel, buffer, start, end);
        return;
      case FRAME_HEARTBEAT:
        if (start !== end) throw unknownFrame(buffer, type, start, end);
        if (channel !== 0) break;
        this.#sink.onHeartbeat();
        return;
      default:
        throw unknownFrame(buffer, type, start, end);
    }
    throw frameOnWrongChannel(buffer, type, start, end);
  }

  #lose<E>(error: E): E {
    this.#isLost = true;
    this.#keptStart = 0;
    this.#keptEnd = 0;
    this.#kept = NO_BYTES;
    return error;
  }
}

function isPublish(buffer: Buffer, payload: number): boolean {
  return buffer[payload + 3] === 40 && longAt(buffer, payload) === 0x003c0028;
}

function channelAt(buffer: Buffer, frame: number): number {
  return ((buffer[frame + 1] as number) << 8) | (buffer[frame + 2] as number);
}

function longAt(buffer: Buffer, at: number): number {
  return (
    (((buffer[at] as number) << 24) |
      ((buffer[at + 1] as number) << 16) |
      ((buffer[at + 2] as number) << 8) |
      (buffer[at + 3] as number)) >>>
    0
  );
}
