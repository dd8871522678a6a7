// A client at the other end of an in-memory pipe: sends methods and bytes, reads what the broker wrote
// as a list of methods with their contents. Input waits while the broker does not read.

import type { Transport, TransportReceiver } from '../../../src/broker/transport.ts';
import { ByteReader } from '../../../src/protocol/byte-reader.ts';
import { ByteWriter } from '../../../src/protocol/byte-writer.ts';
import {
  decodeContentHeader,
  type MessageProperties,
} from '../../../src/protocol/content-header.ts';
import { createMethod, type MethodFieldValue } from '../../../src/protocol/create-method.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { PROTOCOL_HEADER } from '../../../src/protocol/frame-constants.ts';
import { FrameParser, type FrameSink } from '../../../src/protocol/frame-parser.ts';
import {
  encodeMethodFrame,
  writeBodyFrames,
  writeHeaderFrame,
} from '../../../src/protocol/frame-writer.ts';
import { decodeMethod, METHODS } from '../../../src/protocol/generated/methods.ts';

/** One method of the broker; with content when it has some. `heartbeat` for heartbeat frames. */
export interface Received {
  readonly channel: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  properties?: MessageProperties;
  body?: Buffer;
}

export interface Publication {
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly mandatory?: boolean;
  readonly properties?: MessageProperties;
  readonly channel?: number;
  readonly frameMax?: number;
}

/** The bytes of a publish with its content. */
export function publishBytes(body: Buffer | string, publication: Publication = {}): Buffer {
  const { channel = 1, frameMax = 131_072 } = publication;
  const content = Buffer.from(body);
  const method = createMethod('basic.publish', {
    exchange: publication.exchange ?? '',
    routingKey: publication.routingKey ?? 'q',
    mandatory: publication.mandatory ?? false,
  });
  const writer = new ByteWriter();
  writer.octets(encodeMethodFrame(channel, method));
  writeHeaderFrame(writer, channel, content.length, publication.properties ?? {});
  writeBodyFrames(writer, channel, content, frameMax);
  return writer.take();
}

export class MemoryClient implements FrameSink {
  isPaused = false;
  /** The broker ended the pipe cleanly, or dropped it. */
  isEnded = false;
  isDestroyed = false;
  /** The peer reads slowly: every write is kept until drain(). */
  isSlow = false;
  pendingBytes = 0;
  readonly #receiver: TransportReceiver;
  #input: Buffer[] = [];
  #output: Buffer[] = [];
  #received: Received[] = [];
  #isClosed = false;
  #rawOutput = Buffer.alloc(0);
  readonly #parser = new FrameParser(this, 0x7fffffff);

  constructor(accept: (transport: Transport) => TransportReceiver) {
    this.#receiver = accept(this.#transport());
  }

  #transport(): Transport {
    const client = this;
    return {
      remoteAddress: '127.0.0.1',
      remotePort: 50_000,
      localAddress: '127.0.0.1',
      localPort: 5672,
      isLoopback: true,
      get pendingBytes() {
        return client.pendingBytes;
      },
      write: (chunk) => this.#write(chunk),
      pauseReading: () => {
        this.isPaused = true;
      },
      resumeReading: () => {
        this.isPaused = false;
      },
      end: () => {
        this.isEnded = true;
      },
      destroy: () => {
        this.isDestroyed = true;
      },
    };
  }

  #write(chunk: Buffer): boolean {
    if (this.isEnded || this.isDestroyed) throw new Error('the broker wrote behind the end');
    if (!this.isSlow) {
      this.#output.push(Buffer.from(chunk));
      return true;
    }
    this.#output.push(chunk); // ours until drain(): the broker must not touch it
    this.pendingBytes += chunk.length;
    return false;
  }

  /** The peer has read everything. */
  drain(): void {
    this.isSlow = false;
    this.pendingBytes = 0;
    this.#receiver.drained();
  }

  /** The pipe breaks. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#receiver.closed();
  }

  raw(bytes: Buffer): void {
    this.#input.push(bytes);
    this.deliver();
  }

  method(name: string, fields: Record<string, MethodFieldValue> = {}, channel = 1): void {
    this.raw(encodeMethodFrame(channel, createMethod(name, fields)));
  }

  publish(body: Buffer | string, publication: Publication = {}): void {
    this.raw(publishBytes(body, publication));
  }

  startConnection(capabilities: Record<string, PlainValue> = {}, frameMax = 131_072): void {
    this.raw(Buffer.from(PROTOCOL_HEADER));
    this.startOk(capabilities);
    this.method('connection.tune-ok', { channelMax: 2047, frameMax, heartbeat: 0 }, 0);
    this.method('connection.open', { virtualHost: '/' }, 0);
  }

  startOk(capabilities: Record<string, PlainValue> = {}, password = 'guest'): void {
    const fields = {
      clientProperties: tableOf({ capabilities }),
      mechanism: 'PLAIN',
      response: Buffer.from(`\0guest\0${password}`),
      locale: 'en_US',
    };
    this.method('connection.start-ok', fields, 0);
  }

  /** Hands over what the broker did not read yet, as far as it reads. */
  deliver(): void {
    while (!this.isPaused && !this.isEnded && !this.isDestroyed && this.#input.length > 0) {
      this.#receiver.receive(this.#input.shift() as Buffer);
    }
  }

  get waitingInputBytes(): number {
    return this.#input.reduce((sum, { length }) => sum + length, 0);
  }

  /** Bytes written since the last call, not parsed. */
  takeRaw(): Buffer {
    const bytes = Buffer.concat([this.#rawOutput, ...this.#output]);
    this.#rawOutput = Buffer.alloc(0);
    this.#output = [];
    return bytes;
  }

  /** What the broker sent since the last call. */
  take(): Received[] {
    const output = this.#output;
    this.#output = [];
    for (const chunk of output) this.#parser.parse(chunk);
    const received = this.#received;
    this.#received = [];
    return received;
  }

  /** The same as names only. */
  takeNames(): string[] {
    return this.take().map(({ name }) => name);
  }

  onMethod(channel: number, buffer: Buffer, start: number, end: number): void {
    const method = decodeMethod(new ByteReader(buffer, start, end));
    const { id, ...fields } = method;
    const name = METHODS.get(id)?.name ?? String(id);
    this.#received.push({ channel, name, fields });
  }

  onPublish(): void {
    throw new Error('a broker does not publish');
  }

  onHeader(_channel: number, buffer: Buffer, start: number, end: number): void {
    const last = this.#received.at(-1) as Received;
    last.properties = decodeContentHeader(buffer, start, end).properties;
    last.body = Buffer.alloc(0);
  }

  onBody(channel: number, buffer: Buffer, start: number, end: number): void {
    const last = this.#received.at(-1) as Received;
    if (last.channel !== channel) throw new Error('content of another channel');
    last.body = Buffer.concat([last.body as Buffer, buffer.subarray(start, end)]);
  }

  onHeartbeat(): void {
    this.#received.push({ channel: 0, name: 'heartbeat', fields: {} });
  }
}
