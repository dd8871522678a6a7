// A pipe into the core without a socket. Invariant: bytes keep their order and are always handed over
// in a later turn of the event loop, never during the other side's call, as a network would do it.
import type { Transport, TransportReceiver } from '../../../src/broker/transport.ts';
import type { ByteStream } from './byte-stream.ts';

/** The part of the broker that a transport needs. */
export interface Acceptor {
  accept(transport: Transport): TransportReceiver;
}

export function openInMemory(broker: Acceptor): ByteStream {
  const pipe = new MemoryPipe();
  pipe.connect(broker.accept(pipe.brokerSide));
  return pipe.clientSide;
}

class MemoryPipe {
  readonly brokerSide: Transport;
  readonly clientSide: ByteStream;
  readonly #toBroker: Buffer[] = [];
  #receiver: TransportReceiver | undefined;
  #onBytes: (bytes: Buffer) => void = () => undefined;
  #onEnd: () => void = () => undefined;
  #isReadingPaused = false;
  #isClosed = false;

  constructor() {
    this.brokerSide = this.#brokerSide();
    this.clientSide = {
      write: (bytes) => {
        this.#toBroker.push(Buffer.from(bytes));
        setImmediate(() => this.#deliver());
      },
      onBytes: (listener) => {
        this.#onBytes = listener;
      },
      onEnd: (listener) => {
        this.#onEnd = listener;
      },
      destroy: () => this.#close(),
    };
  }

  connect(receiver: TransportReceiver): void {
    this.#receiver = receiver;
  }

  #brokerSide(): Transport {
    return {
      remoteAddress: '127.0.0.1',
      remotePort: 50_000,
      localAddress: '127.0.0.1',
      localPort: 5672,
      isLoopback: true,
      pendingBytes: 0,
      write: (chunk) => {
        const copy = Buffer.from(chunk); // true promises that the core may reuse its memory
        setImmediate(() => this.#onBytes(copy));
        return true;
      },
      pauseReading: () => {
        this.#isReadingPaused = true;
      },
      resumeReading: () => {
        this.#isReadingPaused = false;
        setImmediate(() => this.#deliver());
      },
      end: () => this.#close(),
      destroy: () => this.#close(),
    };
  }

  #deliver(): void {
    while (!this.#isReadingPaused && !this.#isClosed) {
      const bytes = this.#toBroker.shift();
      if (bytes === undefined) return;
      this.#receiver?.receive(bytes);
    }
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    setImmediate(() => {
      this.#onEnd();
      this.#receiver?.closed();
    });
  }
}
