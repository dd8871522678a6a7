// Collects a message whose frames did not arrive in one chunk (or are irregular) into the shape of a
// record: head, names, 0xCE, header frame, body frames. Memory grows with what arrives, never with
// what a header promises; small body frames are merged, so that many of them cost no memory.

import { type AmqpError, ofNoMethod, unexpectedFrame } from '../../protocol/amqp-error.ts';
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEAD_BYTES,
  FRAME_HEADER,
  FRAME_OVERHEAD_BYTES,
} from '../../protocol/frame-constants.ts';
import { BASIC_PUBLISH } from '../../protocol/generated/methods.ts';
import { RECORD_HEAD_BYTES } from '../message/record.ts';

const UNEXPECTED_TEXTS = {
  idle: 'expected method frame, got non method frame instead',
  header: 'expected content header for class 60, got non content header frame instead',
  body: 'expected content body, got non content body frame instead',
} as const;

const START_BYTES = 1024;
/** A kept buffer above this is given up after its message. */
const KEPT_BYTES_MAX = 16 * 1024;

export class ContentAssembly {
  /** Waiting for the header, then for the body; idle when no publish is under way. */
  #state: 'idle' | 'header' | 'body' = 'idle';
  buffer: Buffer = Buffer.alloc(0);
  end = 0;
  namesEnd = 0;
  headerFrameStart = 0;
  headerFrameEnd = 0;
  bodyBytes = 0;
  #remaining = 0;
  /** Start of the body frame that is being filled, or -1. */
  #frameStart = -1;
  readonly #frameMaxBytes: number;

  constructor(frameMaxBytes: number) {
    this.#frameMaxBytes = frameMaxBytes;
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** A publish began: names = buffer[start, end), two short strings. */
  begin(source: Buffer, start: number, end: number): void {
    this.#state = 'header';
    this.end = RECORD_HEAD_BYTES;
    this.#ensure(end - start + 1);
    source.copy(this.buffer, this.end, start, end);
    this.end += end - start;
    this.namesEnd = this.end;
    this.buffer[this.end++] = FRAME_END;
  }

  /** A header frame's payload; true when the message is complete (no body). */
  header(source: Buffer, start: number, end: number, bodyBytes: number): boolean {
    this.headerFrameStart = this.end;
    this.#ensure(end - start + FRAME_OVERHEAD_BYTES);
    this.#openFrame(FRAME_HEADER);
    source.copy(this.buffer, this.end, start, end);
    this.end += end - start;
    this.#closeFrame();
    this.headerFrameEnd = this.end;
    this.bodyBytes = bodyBytes;
    this.#remaining = bodyBytes;
    this.#state = bodyBytes === 0 ? 'idle' : 'body';
    return bodyBytes === 0;
  }

  /** A body frame's payload; true when the message is complete. The caller checked it with `fits`. */
  body(source: Buffer, start: number, end: number): boolean {
    const payloadMax = this.#frameMaxBytes - FRAME_OVERHEAD_BYTES;
    let at = start;
    while (at < end) {
      if (this.#frameStart < 0) {
        this.#ensure(FRAME_OVERHEAD_BYTES);
        this.#openFrame(FRAME_BODY);
      }
      const room = payloadMax - (this.end - this.#frameStart - FRAME_HEAD_BYTES);
      const part = Math.min(room, end - at);
      this.#ensure(part + 1);
      source.copy(this.buffer, this.end, at, at + part);
      this.end += part;
      at += part;
      if (part === room) this.#closeFrame();
    }
    this.#remaining -= end - start;
    if (this.#remaining > 0) return false;
    this.#closeFrame();
    this.#state = 'idle';
    return true;
  }

  /** True when `bytes` more do not exceed the announced body size. */
  fits(bytes: number): boolean {
    return bytes <= this.#remaining;
  }

  expectsHeader(): boolean {
    return this.#state === 'header';
  }

  /** 505 with RabbitMQ's text for a frame that does not belong here; it names the pending publish. */
  unexpected(): AmqpError {
    const error = unexpectedFrame(UNEXPECTED_TEXTS[this.#state]);
    if (this.#state === 'idle') return ofNoMethod(error);
    error.classId = BASIC_PUBLISH >>> 16;
    error.methodId = BASIC_PUBLISH & 0xffff;
    return error;
  }

  /** Hands the buffer over to the message: the next one gets a new buffer. */
  release(): Buffer {
    const record = this.buffer.subarray(0, this.end);
    this.buffer = Buffer.alloc(0);
    return record;
  }

  /** Forgets the message under way. */
  reset(): void {
    this.#state = 'idle';
    this.#frameStart = -1;
    if (this.buffer.length > KEPT_BYTES_MAX) this.buffer = Buffer.alloc(0);
  }

  #openFrame(type: number): void {
    this.#frameStart = this.end;
    this.buffer[this.end] = type;
    this.buffer.writeUInt16BE(0, this.end + 1);
    this.end += FRAME_HEAD_BYTES;
  }

  #closeFrame(): void {
    if (this.#frameStart < 0) return;
    const bytes = this.end - this.#frameStart - FRAME_HEAD_BYTES;
    this.buffer.writeUInt32BE(bytes, this.#frameStart + 3);
    this.buffer[this.end++] = FRAME_END;
    this.#frameStart = -1;
  }

  #ensure(bytes: number): void {
    // One octet more than asked for: the end of a frame that is open.
    const needed = this.end + bytes + 1;
    if (needed <= this.buffer.length) return;
    const framesMax = Math.ceil(this.#remaining / this.#frameMaxBytes) + 2;
    const exact = needed + this.#remaining + framesMax * FRAME_OVERHEAD_BYTES;
    const doubled = Math.max(START_BYTES, this.buffer.length * 2, needed);
    const larger = Buffer.allocUnsafeSlow(
      this.#state === 'body' ? Math.max(needed, Math.min(doubled, exact)) : doubled,
    );
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}
