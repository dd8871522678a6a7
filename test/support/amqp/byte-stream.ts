// The pipe a test client speaks through: a TCP socket, or the core in memory. Bytes only, no AMQP.
import { connect } from 'node:net';

export interface ByteStream {
  write(bytes: Buffer): void;
  /** Bytes from the broker. Set once, before the first of them can arrive. */
  onBytes(listener: (bytes: Buffer) => void): void;
  /** The broker ended the pipe, cleanly or not. */
  onEnd(listener: () => void): void;
  /** Drops the pipe without a word, as a crashed client does. */
  destroy(): void;
}

export async function openTcp(host: string, port: number): Promise<ByteStream> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined); // a reset also ends in 'close'
  return {
    write: (bytes) => void socket.write(bytes),
    onBytes: (listener) => void socket.on('data', listener),
    onEnd: (listener) => {
      socket.once('close', listener);
      if (socket.destroyed) listener();
    },
    destroy: () => void socket.resetAndDestroy(),
  };
}

/** The same pipe with every write cut small: however the bytes are split, the answers must be the same. */
export function inPieces(stream: ByteStream): ByteStream {
  return {
    ...stream,
    write: (bytes) => {
      // Big bodies in bigger pieces, or a test of 16 MiB would take minutes.
      const pieceBytes = bytes.length < 2_000 ? 3 : 4_093;
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        stream.write(bytes.subarray(at, at + pieceBytes));
      }
    },
  };
}
