// Accepts TCP connections and hands each to the core. Keeps two bounds that no client can pass:
// sockets before login, and what happens when the process is out of file descriptors.

import { createServer, type Server, type Socket } from 'node:net';
import type { Transport, TransportReceiver } from '../broker/transport.ts';
import type { Log } from './log.ts';
import { SocketConnection } from './socket-connection.ts';

/** Sockets before login, over all peers: a flood of half handshakes ends here (RabbitMQ has no such bound). */
export const HANDSHAKING_MAX_DEFAULT = 1_000;

/** Connections the kernel holds for us while the event loop is busy; it caps this at somaxconn. */
const BACKLOG = 1_024;

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface TcpListenerOptions {
  readonly address: ListenAddress;
  readonly accept: (transport: Transport) => TransportReceiver;
  readonly log: Log;
  readonly handshakingMax?: number;
}

export class TcpListener {
  readonly #accept: (transport: Transport) => TransportReceiver;
  readonly #log: Log;
  readonly #handshakingMax: number;
  readonly #server: Server;
  readonly #handshaking = new Set<SocketConnection>();
  readonly #connections = new Set<SocketConnection>();
  #isRefusing = false;
  #isOutOfDescriptors = false;

  private constructor(options: TcpListenerOptions) {
    this.#accept = options.accept;
    this.#log = options.log;
    this.#handshakingMax = options.handshakingMax ?? HANDSHAKING_MAX_DEFAULT;
    // Nagle would hold back small frames for up to 40 ms.
    this.#server = createServer({ noDelay: true }, (socket) => this.#accepted(socket));
  }

  /** Rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL) when it cannot listen. */
  static listen(options: TcpListenerOptions): Promise<TcpListener> {
    const listener = new TcpListener(options);
    const server = listener.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...options.address, backlog: BACKLOG }, () => {
        server.off('error', reject);
        server.on('error', (error: NodeJS.ErrnoException) => listener.#failed(error));
        resolve(listener);
      });
    });
  }

  get address(): ListenAddress {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return { host: '', port: 0 };
    return { host: address.address, port: address.port };
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Stops accepting; connections live on until the core closes them. */
  stopAccepting(): void {
    this.#server.close();
  }

  /** Drops what is still open. Resolves when the last socket is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      if (!this.#server.listening && this.#connections.size === 0) resolve();
      for (const connection of this.#connections) connection.destroy();
    });
  }

  #accepted(socket: Socket): void {
    this.#isOutOfDescriptors = false;
    if (this.#handshaking.size >= this.#handshakingMax && this.#stillHandshaking()) {
      if (!this.#isRefusing) {
        this.#log.warn(
          { handshakingMax: this.#handshakingMax },
          'too many connections have not logged in yet, refusing new ones',
        );
      }
      this.#isRefusing = true;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#isRefusing = false;
    const connection = new SocketConnection(socket);
    this.#connections.add(connection);
    this.#handshaking.add(connection);
    const receiver = this.#accept(connection);
    connection.start(receiver, () => {
      this.#connections.delete(connection);
      this.#handshaking.delete(connection);
    });
  }

  /** Forgets those that logged in meanwhile: done only when the bound seems reached, not per write. */
  #stillHandshaking(): boolean {
    for (const connection of this.#handshaking) {
      if (!connection.isHandshaking) this.#handshaking.delete(connection);
    }
    return this.#handshaking.size >= this.#handshakingMax;
  }

  #failed(error: NodeJS.ErrnoException): void {
    // Out of descriptors: libuv has closed the waiting connection with a descriptor it keeps for
    // this case, so there is no spin; those who are connected are served as before.
    if (error.code === 'EMFILE' || error.code === 'ENFILE') {
      if (!this.#isOutOfDescriptors) {
        this.#log.error({ code: error.code }, 'out of file descriptors, refusing new connections');
      }
      this.#isOutOfDescriptors = true;
      return;
    }
    this.#log.warn({ code: error.code }, 'a connection could not be accepted');
  }
}
