// A Transport over one TCP socket. Keeps the write contract: write() returns true only when the
// kernel holds every byte, so that the core may reuse its slab; closed() is called exactly once.
// one socket.write per turn and connection, no allocation of its own per chunk.

import type { Socket } from 'node:net';
import type { Transport, TransportReceiver } from '../broker/transport.ts';
import { isLoopbackAddress } from './loopback.ts';

/** How long a peer may take to read the rest and close, once we have ended the connection. */
const LINGER_MS = 5_000;

export class SocketConnection implements Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly isLoopback: boolean;
  readonly #socket: Socket;
  #receiver: TransportReceiver | undefined;
  #writeCount = 0;
  #isWaitingForDrain = false;
  #isEnded = false;
  #lingerTimer: NodeJS.Timeout | undefined;
  readonly #onWritten: () => void;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A socket that was reset before it was accepted has no addresses any more.
    this.remoteAddress = socket.remoteAddress ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = socket.localAddress ?? '';
    this.localPort = socket.localPort ?? 0;
    this.isLoopback = isLoopbackAddress(this.remoteAddress);
    this.#onWritten = () => this.#written();
  }

  /** Begins to deliver bytes. `onClosed` runs after the receiver has been told. */
  start(receiver: TransportReceiver, onClosed: () => void): void {
    this.#receiver = receiver;
    // A reset peer is everyday life: 'close' follows and is all that the core needs to know.
    this.#socket.on('error', () => {});
    this.#socket.on('data', (chunk: Buffer) => {
      if (!this.#isEnded) receiver.receive(chunk);
    });
    this.#socket.on('close', () => {
      this.#isEnded = true;
      clearTimeout(this.#lingerTimer);
      receiver.closed();
      onClosed();
    });
  }

  /**
   * True until the broker has answered twice. Its first answer is connection.start, which anybody
   * gets; a second one is tune, after a good login, or a refusal. So this is "not yet logged in".
   */
  get isHandshaking(): boolean {
    return this.#writeCount < 2;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(chunk: Buffer): boolean {
    // Bytes for a closed pipe are dropped, hence out of our hands.
    if (this.#isEnded || !this.#socket.writable) return true;
    if (this.#writeCount < 2) this.#writeCount += 1;
    this.#socket.write(chunk, this.#onWritten);
    // libuv first tries a plain write(2); when the kernel takes all of it, Node's stream counts the
    // chunk as done before write() returns. Otherwise the length stays above zero, and libuv goes on
    // reading from this very memory. The test pins both halves, because Node does not promise them.
    if (this.#socket.writableLength === 0) return true;
    this.#isWaitingForDrain = true;
    return false;
  }

  pauseReading(): void {
    // After end() the input is discarded, and must be, or the peer's FIN would never be seen.
    if (!this.#isEnded) this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#socket.end();
    this.#socket.resume();
    this.#lingerTimer = setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#isEnded = true;
    this.#socket.destroy();
  }

  #written(): void {
    if (!this.#isWaitingForDrain || this.#socket.writableLength > 0) return;
    this.#isWaitingForDrain = false;
    // Writes that a reset cuts off are reported as done, too (without an error); 'close' follows.
    if (!this.#isEnded && !this.#socket.destroyed) this.#receiver?.drained();
  }
}
