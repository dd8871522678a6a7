// A SocketConnection with the peer's plain socket at the other end, over the loopback interface.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { SocketConnection } from '../../src/network/socket-connection.ts';

export interface SocketPair {
  readonly connection: SocketConnection;
  /** The broker's own socket, for looking behind the connection. */
  readonly socket: Socket;
  readonly peer: Socket;
  readonly events: string[];
  readonly received: Buffer[];
  /** Resolves when closed() was called. */
  readonly closed: Promise<void>;
  close(): void;
}

export async function socketPair(): Promise<SocketPair> {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  const accepted = once(server, 'connection');
  const peer = connect(address.port, '127.0.0.1');
  peer.on('error', () => {});
  const [[socket]] = (await Promise.all([accepted, once(peer, 'connect')])) as [[Socket], unknown];
  const connection = new SocketConnection(socket);
  const events: string[] = [];
  const received: Buffer[] = [];
  const closed = new Promise<void>((resolve) => {
    const receiver = {
      receive: (chunk: Buffer) => received.push(Buffer.from(chunk)),
      drained: () => events.push('drained'),
      closed: () => events.push('closed'),
    };
    connection.start(receiver, resolve);
  });
  const close = () => {
    peer.destroy();
    connection.destroy();
    server.close();
  };
  return { connection, socket, peer, events, received, closed, close };
}

/** Everything the peer reads until it has `count` bytes. */
export function readBytes(peer: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < count) return;
      peer.off('data', take);
      resolve(Buffer.concat(chunks));
    };
    peer.on('data', take);
    peer.resume();
    peer.once('close', () => reject(new Error(`closed after ${length} of ${count} bytes`)));
  });
}

/** Waits for a condition that the operating system brings about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
