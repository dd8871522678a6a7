// One connection of the load generator: socket, handshake, channel 1, and synchronous-style calls while it is set up.
// Afterwards a FrameReader is attached and sees every whole frame in place, in one reused buffer, with nothing copied
// but the unfinished frame at the end of a read.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrokerAddress } from './broker-uri.ts';
import {
  FrameEncoder,
  frameEnd,
  frameOverheadBytes,
  methodFrame,
  methodId,
  protocolHeader,
} from './frame-encoder.ts';

/** Takes the whole frames in chunk[start, end) and returns where the first unfinished one begins. */
export interface FrameReader {
  read(chunk: Buffer, start: number, end: number): number;
}

export interface ConnectionSettings {
  readonly address: BrokerAddress;
  readonly readBufferBytes: number;
  /** Names the connection in error messages: "producer 3". */
  readonly name: string;
}

interface PendingReplies {
  readonly expected: number;
  remaining: number;
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: Error) => void;
}

const largestFrameBytes = 131072;
const closeDeadlineMilliseconds = 2000;

export class ClientConnection {
  readonly name: string;
  frameMaxBytes = largestFrameBytes;
  /** Called once, when the connection ends without having been asked to; set by the owner after the set-up. */
  onFailure: (error: Error) => void = () => {};
  private readonly socket: Socket;
  private buffer: Buffer;
  private heldBytes = 0;
  private reader: FrameReader;
  private pending: PendingReplies | undefined;
  private failure: Error | undefined;
  private closing = false;

  private constructor(settings: ConnectionSettings) {
    this.name = settings.name;
    this.buffer = Buffer.allocUnsafeSlow(settings.readBufferBytes);
    this.reader = new ReplyReader((id, payload) => this.replied(id, payload));
    const { host, port } = settings.address;
    this.socket = connect({
      host,
      port,
      noDelay: true,
      onread: { buffer: () => this.freeSpace(), callback: (byteCount) => this.received(byteCount) },
    });
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the broker closed the socket')));
  }

  /** Connects, authenticates and opens channel 1. */
  static async open(settings: ConnectionSettings): Promise<ClientConnection> {
    const connection = new ClientConnection(settings);
    try {
      await connection.handshake(settings.address);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** As `open`, again and again for `retrySeconds` while nobody listens there. */
  static async openWithRetry(
    settings: ConnectionSettings,
    retrySeconds: number,
  ): Promise<ClientConnection> {
    const deadline = performance.now() + retrySeconds * 1000;
    for (;;) {
      try {
        return await ClientConnection.open(settings);
      } catch (error) {
        if (performance.now() >= deadline) throw error;
        await delay(5);
      }
    }
  }

  /** Sends a request and waits for `count` replies of one kind; resolves with the payload of the last. */
  call(frames: Buffer, expected: number, count = 1): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure);
      this.pending = { expected, remaining: count, resolve, reject };
      this.socket.write(frames);
    });
  }

  write(bytes: Uint8Array, written?: () => void): void {
    if (!this.closing) this.socket.write(bytes, written);
  }

  /** From now on every frame goes to `reader`, beginning with what has already arrived. */
  attach(reader: FrameReader): void {
    this.reader = reader;
    if (this.heldBytes > 0) this.received(0);
  }

  /** Ends the connection in order; whatever still arrives is ignored. Gives up after two seconds. */
  async close(): Promise<void> {
    if (this.failure !== undefined || this.closing) return this.destroy();
    const closed = new Promise<void>((resolve) => {
      this.attach(
        new ReplyReader((id) => {
          if (id === methodId.connectionCloseOk) resolve();
        }),
      );
      this.socket.once('close', () => resolve());
    });
    const request = methodFrame(0, methodId.connectionClose, (encoder) =>
      encoder.short(200).shortString('Goodbye').short(0).short(0),
    );
    this.socket.write(request);
    this.closing = true;
    const patience = new AbortController();
    const deadline = delay(closeDeadlineMilliseconds, undefined, { signal: patience.signal });
    await Promise.race([closed, deadline.catch(() => {})]);
    patience.abort();
    this.destroy();
  }

  destroy(): void {
    this.closing = true;
    this.socket.destroy();
  }

  private async handshake(address: BrokerAddress): Promise<void> {
    await this.call(protocolHeader, methodId.connectionStart);
    const startOk = methodFrame(0, methodId.connectionStartOk, (encoder) => {
      encoder.table({ product: 'WarrenMQ perf', connection_name: this.name }, [
        'capabilities',
        {
          publisher_confirms: true,
          'basic.nack': true,
          'connection.blocked': true,
          consumer_cancel_notify: true,
          authentication_failure_close: true,
        },
      ]);
      encoder.shortString('PLAIN').longString(`\0${address.user}\0${address.password}`);
      encoder.shortString('en_US');
    });
    const tune = await this.call(startOk, methodId.connectionTune);
    const offered = tune.readUInt32BE(6);
    this.frameMaxBytes = offered === 0 ? largestFrameBytes : Math.min(offered, largestFrameBytes);
    const open = new FrameEncoder();
    open.beginMethod(0, methodId.connectionTuneOk).short(tune.readUInt16BE(4));
    open.long(this.frameMaxBytes).short(0).endFrame();
    open.beginMethod(0, methodId.connectionOpen).shortString(address.vhost);
    open.shortString('').octet(0).endFrame();
    await this.call(open.bytes(), methodId.connectionOpenOk);
    const channelOpen = methodFrame(1, methodId.channelOpen, (encoder) => encoder.shortString(''));
    await this.call(channelOpen, methodId.channelOpenOk);
  }

  private freeSpace(): Buffer {
    if (this.buffer.length - this.heldBytes < this.buffer.length / 4) {
      const larger = Buffer.allocUnsafeSlow(this.buffer.length * 2);
      this.buffer.copy(larger, 0, 0, this.heldBytes);
      this.buffer = larger;
    }
    return this.buffer.subarray(this.heldBytes);
  }

  private received(byteCount: number): boolean {
    const end = this.heldBytes + byteCount;
    try {
      const consumed = this.reader.read(this.buffer, 0, end);
      this.heldBytes = end - consumed;
      if (consumed > 0 && consumed < end) this.buffer.copyWithin(0, consumed, end);
      if (this.heldBytes > this.frameMaxBytes + frameOverheadBytes) {
        throw new Error(`the broker sent a frame above frame-max (${this.frameMaxBytes} bytes)`);
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  private replied(id: number, payload: Buffer): void {
    if (id === methodId.connectionBlocked || id === methodId.connectionUnblocked) return;
    const pending = this.pending;
    if (pending === undefined || pending.expected !== id) throw unexpectedMethod(id);
    if (--pending.remaining > 0) return;
    this.pending = undefined;
    pending.resolve(payload);
  }

  private fail(cause: Error): void {
    if (this.failure !== undefined) return;
    const failure = new Error(`${this.name}: ${cause.message}`, { cause });
    this.failure = failure;
    this.pending?.reject(failure);
    this.pending = undefined;
    if (!this.closing) this.onFailure(failure);
    this.socket.destroy();
  }
}

/** Reads methods while a connection is set up or closed; content and heartbeats are skipped. */
class ReplyReader implements FrameReader {
  private readonly onMethod: (id: number, payload: Buffer) => void;

  constructor(onMethod: (id: number, payload: Buffer) => void) {
    this.onMethod = onMethod;
  }

  read(chunk: Buffer, start: number, end: number): number {
    let position = start;
    while (end - position >= frameOverheadBytes) {
      if (chunk[position] === 0x41) throw new Error('the broker answered with a protocol header');
      const next = position + frameOverheadBytes + chunk.readUInt32BE(position + 3);
      if (next > end) break;
      if (chunk[next - 1] !== frameEnd) throw new Error('a frame does not end with 0xCE');
      if (chunk[position] === 1) {
        const id = chunk.readUInt32BE(position + 7);
        refuseClose(id, chunk, position + 11);
        this.onMethod(id, Buffer.from(chunk.subarray(position + 7, next - 1)));
      }
      position = next;
    }
    return position;
  }
}

/** Throws when the method is the broker closing the channel or the connection. `at`: its first argument. */
export function refuseClose(id: number, chunk: Buffer, at: number): void {
  if (id !== methodId.connectionClose && id !== methodId.channelClose) return;
  const what = id === methodId.connectionClose ? 'connection' : 'channel';
  const text = chunk.toString('utf8', at + 3, at + 3 + chunk[at + 2]!);
  throw new Error(`the broker closed the ${what}: ${chunk.readUInt16BE(at)} ${text}`);
}

export function unexpectedMethod(id: number): Error {
  return new Error(`the broker sent the unexpected method ${id >>> 16}.${id & 0xffff}`);
}
