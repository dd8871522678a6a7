// A byte pipe in memory between a scripted peer and the broker: the order of bytes is kept, everything
// else (where they are cut, how long they take, when the pipe breaks) is up to the seed.

import type { Transport, TransportReceiver } from '../../src/broker/transport.ts';
import {
  BASIC_GET,
  CLASS_EXCHANGE,
  CLASS_QUEUE,
  TX_COMMIT,
} from '../../src/protocol/generated/methods.ts';
import type { Agenda } from './simulated-clock.ts';

export interface PipeBehaviour {
  /** How many of the next `bytes` bytes travel together. */
  cut(bytes: number): number;
  delayMs(): number;
  /** True: the broker's buffer is kept until it is sent (as a busy socket does). */
  keepsBuffer(): boolean;
}

export interface PipeObserver {
  /** The broker is about to see these bytes. */
  arriving(bytes: Buffer): void;
  /** The broker handed out these bytes. */
  departing(bytes: Buffer): void;
  /** The broker was told that the pipe takes no more for now, or does again. */
  congestion(isCongested: boolean): void;
  /** The broker was told that the pipe ended. */
  ended(): void;
}

/** At once and whole: for tests that are not about the network. */
export const CALM_PIPE: PipeBehaviour = {
  cut: (bytes) => bytes,
  delayMs: () => 0,
  keepsBuffer: () => false,
};

/** True when one of the frames is a declaration, a basic.get or a tx.commit: their replies may wait. */
function mayHoldReading(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 0, 4) === 'AMQP') return false;
  for (let at = 0; at + 11 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 3)) {
    const id = bytes.readUInt32BE(at + 7);
    if (bytes[at] !== 1) continue;
    const classId = id >>> 16;
    if (classId === CLASS_EXCHANGE || classId === CLASS_QUEUE) return true;
    if (id === BASIC_GET || id === TX_COMMIT) return true;
  }
  return false;
}

const READ_BYTES_MAX = 64 * 1024;
let nextPort = 10_000;

export class SimulatedPipe implements Transport {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = nextPort++ % 65_536;
  readonly localAddress = '127.0.0.1';
  readonly localPort = 5672;
  readonly isLoopback = true;
  pendingBytes = 0;
  /** Set by the peer's owner: bytes that arrived from the broker. */
  onReceived: (bytes: Buffer) => void = () => {};
  onClosed: () => void = () => {};
  readonly #agenda: Agenda;
  readonly #behaviour: PipeBehaviour;
  readonly #observer: PipeObserver | undefined;
  #receiver: TransportReceiver | undefined;
  /** Bytes on their way to the broker. */
  #toBroker: Buffer[] = [];
  #sentBytes = 0;
  #arrivedBytes = 0;
  /**
   * Ends of methods behind which the broker may stop reading, counted from the first byte: nothing
   * behind arrives with them, so that what was seen to arrive was taken in.
   */
  #barriers: number[] = [];
  #isPaused = false;
  #isArrivalPlanned = false;
  /** Bytes on their way to the peer, with the broker's buffer where it is kept. */
  readonly #toPeer: { copy: Buffer; original: Buffer | undefined }[] = [];
  #isDeparturePlanned = false;
  #isEnding = false;
  #isClosed = false;

  constructor(agenda: Agenda, behaviour: PipeBehaviour, observer?: PipeObserver) {
    this.#agenda = agenda;
    this.#behaviour = behaviour;
    this.#observer = observer;
  }

  connect(receiver: TransportReceiver): void {
    this.#receiver = receiver;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  // ---- the peer's side ------------------------------------------------------------------------

  send(bytes: Buffer): void {
    if (this.#isClosed || bytes.length === 0) return;
    this.#toBroker.push(Buffer.from(bytes));
    if (mayHoldReading(bytes)) this.#barriers.push(this.#sentBytes + bytes.length);
    this.#sentBytes += bytes.length;
    this.#planArrival();
  }

  /** Cuts the pipe; what was under way in either direction is lost. */
  reset(): void {
    this.#toBroker = [];
    this.#close();
  }

  #planArrival(): void {
    if (this.#isArrivalPlanned || this.#isPaused || this.#isClosed) return;
    if (this.#toBroker.length === 0) return;
    this.#isArrivalPlanned = true;
    this.#agenda.at(this.#behaviour.delayMs(), () => {
      this.#isArrivalPlanned = false;
      this.#arrive();
      this.#planArrival();
    });
  }

  #arrive(): void {
    if (this.#isClosed || this.#isPaused || this.#isEnding) return;
    const all =
      this.#toBroker.length === 1 ? (this.#toBroker[0] as Buffer) : Buffer.concat(this.#toBroker);
    const bytes = Math.max(
      1,
      Math.min(this.#behaviour.cut(all.length), this.#upToBarrier(all.length), READ_BYTES_MAX),
    );
    this.#arrivedBytes += bytes;
    this.#toBroker = bytes < all.length ? [all.subarray(bytes)] : [];
    this.#observer?.arriving(all.subarray(0, bytes));
    // The buffer belongs to the receiver only during the call: afterwards it is overwritten.
    const lent = Buffer.from(all.subarray(0, bytes));
    this.#receiver?.receive(lent);
    lent.fill(0xdd);
  }

  #upToBarrier(bytes: number): number {
    while ((this.#barriers[0] ?? Number.POSITIVE_INFINITY) <= this.#arrivedBytes) {
      this.#barriers.shift();
    }
    return Math.min(bytes, (this.#barriers[0] ?? Number.POSITIVE_INFINITY) - this.#arrivedBytes);
  }

  // ---- the broker's side ----------------------------------------------------------------------

  write(chunk: Buffer): boolean {
    if (this.#isClosed || this.#isEnding) return true;
    const copy = Buffer.from(chunk);
    this.#observer?.departing(copy);
    const isKept = this.#behaviour.keepsBuffer();
    this.#toPeer.push({ copy, original: isKept ? chunk : undefined });
    if (isKept) {
      this.pendingBytes += chunk.length;
      this.#observer?.congestion(true);
    }
    this.#planDeparture();
    return !isKept;
  }

  #planDeparture(): void {
    if (this.#isDeparturePlanned || this.#isClosed) return;
    if (this.#toPeer.length === 0 && !this.#isEnding) return;
    this.#isDeparturePlanned = true;
    this.#agenda.at(this.#behaviour.delayMs(), () => {
      this.#isDeparturePlanned = false;
      this.#depart();
      this.#planDeparture();
    });
  }

  #depart(): void {
    if (this.#isClosed) return;
    const write = this.#toPeer.shift();
    if (write !== undefined) {
      if (write.original !== undefined) {
        if (!write.original.equals(write.copy)) {
          throw new Error('the broker changed a buffer that the transport still keeps');
        }
        this.pendingBytes -= write.copy.length;
      }
      this.onReceived(write.copy);
      if (write.original !== undefined && this.pendingBytes === 0 && !this.#isClosed) {
        this.#observer?.congestion(false);
        this.#receiver?.drained();
      }
    }
    if (this.#toPeer.length === 0 && this.#isEnding) this.#close();
  }

  pauseReading(): void {
    this.#isPaused = true;
  }

  resumeReading(): void {
    this.#isPaused = false;
    this.#planArrival();
  }

  end(): void {
    if (this.#isClosed || this.#isEnding) return;
    this.#isEnding = true;
    this.#planDeparture();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isEnding = true;
    // Never inside the broker's own call.
    this.#agenda.at(0, () => this.#close());
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#toPeer.length = 0;
    this.#observer?.ended();
    this.#receiver?.closed();
    this.onClosed();
  }

  /** The broker's process is gone: the peer sees a reset, the broker sees nothing. */
  crash(): void {
    this.#receiver = undefined;
    this.#isClosed = true;
    this.onClosed();
  }
}
