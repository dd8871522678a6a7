// HOT. The bytes on their way to one peer: everything of a turn is written into one slab and handed
// to the transport once. Idle connections hold no slab. Budget: one bounds check per frame.

import type { Transport } from './transport.ts';
import type { Flushable, Turn } from './turn.ts';

const SLAB_BYTES = 1 << 17;
const SPARE_MAX = 64;
const NONE = Buffer.alloc(0);

/** Slabs between two uses, shared by the connections of a node. */
export class OutgoingSlabs {
  #spare: Buffer[] = [];

  take(bytes: number): Buffer {
    if (bytes > SLAB_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
  }

  give(slab: Buffer): void {
    if (slab.length === SLAB_BYTES && this.#spare.length < SPARE_MAX) this.#spare.push(slab);
  }
}

export class Outgoing implements Flushable {
  /** Write at `end`, after reserve(); then move `end`. */
  buffer: Buffer = NONE;
  end = 0;
  /** The peer reads slower than we write: deliveries to it wait until `drained`. */
  isCongested = false;
  /** Bytes handed to the transport since the connection began. */
  sentBytes = 0;
  /** Writes to the transport, as RabbitMQ's send_cnt. */
  sentCount = 0;
  #isTouched = false;
  #isClosed = false;
  readonly #transport: Transport;
  readonly #slabs: OutgoingSlabs;
  readonly #turn: Turn;

  constructor(transport: Transport, slabs: OutgoingSlabs, turn: Turn) {
    this.#transport = transport;
    this.#slabs = slabs;
    this.#turn = turn;
  }

  /** Makes room for `bytes` behind `end`. `buffer` and `end` may change. */
  reserve(bytes: number): void {
    if (this.end + bytes > this.buffer.length) this.#makeRoom(bytes);
    if (!this.#isTouched) {
      this.#isTouched = true;
      this.#turn.flushLater(this);
    }
  }

  #makeRoom(bytes: number): void {
    this.#write();
    if (this.buffer.length < bytes) {
      this.#slabs.give(this.buffer);
      this.buffer = this.#slabs.take(bytes);
    }
  }

  /** Copies whole frames. */
  append(frames: Uint8Array): void {
    this.reserve(frames.length);
    this.buffer.set(frames, this.end);
    this.end += frames.length;
  }

  flush(): void {
    this.#isTouched = false;
    this.#write();
    this.#slabs.give(this.buffer);
    this.buffer = NONE;
  }

  #write(): void {
    const end = this.end;
    if (end === 0) return;
    this.end = 0;
    if (this.#isClosed) return;
    this.sentBytes += end;
    this.sentCount++;
    const buffer = this.buffer;
    if (this.#transport.write(end === buffer.length ? buffer : buffer.subarray(0, end))) return;
    // The transport keeps this slab until it is sent.
    this.isCongested = true;
    this.buffer = NONE;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
  }
}
