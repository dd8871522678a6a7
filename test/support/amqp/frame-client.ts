// A client at frame level: sends what it is told, legal or not, and keeps what came back per channel.
// Invariant: every frame that arrives is checked (size, end octet, order) and becomes an event;
// nothing is answered, retried or dropped on its own account, except idle heartbeats.
import type { ByteStream } from './byte-stream.ts';
import { type ContentHeader, decodeContentHeader, type Properties } from './content-header.ts';
import { decodeMethod, type MethodFields } from './method-codec.ts';

export interface Content {
  readonly properties: Properties;
  readonly body: Buffer;
  readonly bodyFrames: number;
}

export type ClientEvent =
  | {
      readonly kind: 'method';
      readonly name: string;
      readonly fields: MethodFields;
      content?: Content;
    }
  | { readonly kind: 'protocol-header'; readonly bytes: Buffer }
  | { readonly kind: 'closed' }
  | { readonly kind: 'malformed'; readonly reason: string };

interface PendingContent {
  readonly event: ClientEvent & { kind: 'method' };
  header?: ContentHeader;
  readonly frames: Buffer[];
  bytes: number;
}

const PROTOCOL_HEADER_BYTES = 8;
const FRAME_END = 0xce;

export class FrameClient {
  readonly #stream: ByteStream;
  readonly #inbox = new Map<number, ClientEvent[]>();
  readonly #pendingContent = new Map<number, PendingContent>();
  readonly #waiting = new Set<() => void>();
  #received: Buffer = Buffer.alloc(0);
  #held: Buffer[] | undefined;
  #ended = false;
  /** Largest frame the broker may send: 4096 before tune-ok told it more. */
  frameMax = 131072;
  /** Bytes per write; 0 sends everything at once. */
  chunkBytes = 0;
  heartbeats = 0;

  constructor(stream: ByteStream) {
    this.#stream = stream;
    stream.onBytes((bytes) => this.#receive(bytes));
    stream.onEnd(() => {
      this.#ended = true;
      this.#wake();
    });
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** Keeps what is sent from now on, until release() writes all of it at once. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.sendBytes(Buffer.concat(held));
  }

  sendBytes(bytes: Buffer): void {
    if (this.#held !== undefined) {
      this.#held.push(bytes);
      return;
    }
    if (this.#ended) return;
    const step = this.chunkBytes === 0 ? Math.max(1, bytes.length) : this.chunkBytes;
    for (let at = 0; at < bytes.length; at += step) {
      this.#stream.write(bytes.subarray(at, at + step));
    }
  }

  sendFrame(type: number, channel: number, payload: Buffer): void {
    const head = Buffer.alloc(7);
    head.writeUInt8(type, 0);
    head.writeUInt16BE(channel, 1);
    head.writeUInt32BE(payload.length, 3);
    this.sendBytes(Buffer.concat([head, payload, Buffer.of(FRAME_END)]));
  }

  sendBody(channel: number, body: Buffer): void {
    const step = this.frameMax - 8;
    for (let at = 0; at < body.length; at += step) {
      this.sendFrame(3, channel, body.subarray(at, at + step));
    }
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** What waits to be read, per channel. */
  unread(): Array<{ channel: number; event: ClientEvent }> {
    return [...this.#inbox].flatMap(([channel, events]) =>
      events.map((event) => ({ channel, event })),
    );
  }

  /** Looks at the next event of a channel without taking it; a broken connection shows everywhere. */
  peek(channel: number): ClientEvent | undefined {
    const own = this.#inbox.get(channel)?.[0];
    if (own !== undefined) return own;
    const ofConnection = this.#inbox.get(0)?.[0];
    if (ofConnection !== undefined && isFatal(ofConnection)) return ofConnection;
    return this.#ended ? { kind: 'closed' } : undefined;
  }

  take(channel: number): void {
    this.#inbox.get(channel)?.shift();
  }

  /** The next event of a channel, taken; undefined when none came in time. */
  async next(channel: number, timeoutMs: number): Promise<ClientEvent | undefined> {
    await this.waitUntil(() => this.peek(channel) !== undefined, timeoutMs);
    const event = this.peek(channel);
    this.take(channel);
    return event;
  }

  /** Resolves when the condition holds, looked at after each arrival, or when time is up. */
  waitUntil(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const check = (): void => {
        if (condition()) finish();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.#waiting.add(check);
    });
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }

  #push(channel: number, event: ClientEvent): void {
    const events = this.#inbox.get(channel);
    if (events === undefined) this.#inbox.set(channel, [event]);
    else events.push(event);
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    try {
      let end = this.#takeFrame();
      while (end > 0) {
        this.#received = this.#received.subarray(end);
        end = this.#takeFrame();
      }
    } catch (error) {
      this.#push(0, { kind: 'malformed', reason: String(error) });
      this.#received = Buffer.alloc(0);
    }
    this.#wake();
  }

  /** Handles one frame at the start of what was received; returns its size, 0 when incomplete. */
  #takeFrame(): number {
    const bytes = this.#received;
    if (bytes[0] === 0x41) {
      if (bytes.length < PROTOCOL_HEADER_BYTES) return 0;
      this.#push(0, { kind: 'protocol-header', bytes: bytes.subarray(0, PROTOCOL_HEADER_BYTES) });
      return PROTOCOL_HEADER_BYTES;
    }
    if (bytes.length < 8) return 0;
    const size = bytes.readUInt32BE(3) + 8;
    if (size > this.frameMax) throw new RangeError(`a frame of ${size} bytes`);
    if (bytes.length < size) return 0;
    if (bytes[size - 1] !== FRAME_END) throw new RangeError('a frame without its end octet');
    this.#onFrame(bytes.readUInt8(0), bytes.readUInt16BE(1), bytes.subarray(7, size - 1));
    return size;
  }

  #onFrame(type: number, channel: number, payload: Buffer): void {
    const pending = this.#pendingContent.get(channel);
    if (type === 8 && channel === 0 && payload.length === 0) {
      this.heartbeats += 1;
    } else if (type === 1 && pending === undefined) {
      this.#onMethod(channel, payload);
    } else if (type === 2 && pending !== undefined && pending.header === undefined) {
      pending.header = decodeContentHeader(payload);
      this.#finishContent(channel, pending);
    } else if (type === 3 && pending?.header !== undefined && payload.length > 0) {
      pending.frames.push(payload);
      pending.bytes += payload.length;
      this.#finishContent(channel, pending);
    } else {
      throw new RangeError(`frame type ${type} of ${payload.length} bytes on channel ${channel}`);
    }
  }

  #onMethod(channel: number, payload: Buffer): void {
    const { shape, fields } = decodeMethod(payload);
    const event = { kind: 'method' as const, name: shape.name, fields };
    if (shape.hasContent) {
      this.#pendingContent.set(channel, { event, frames: [], bytes: 0 });
    } else {
      this.#push(channel, event);
    }
  }

  #finishContent(channel: number, pending: PendingContent): void {
    const { header } = pending;
    if (header === undefined || pending.bytes < header.bodyBytes) return;
    if (pending.bytes > header.bodyBytes) throw new RangeError('a body longer than announced');
    this.#pendingContent.delete(channel);
    pending.event.content = {
      properties: header.properties,
      body: Buffer.concat(pending.frames),
      bodyFrames: pending.frames.length,
    };
    this.#push(channel, pending.event);
  }
}

function isFatal(event: ClientEvent): boolean {
  return event.kind !== 'method' || event.name === 'connection.close';
}
