// Accepts TCP connections and hands each to the core. Keeps two bounds that no client can pass:
// sockets before login, and sockets in all, so that descriptors are left for the store.

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
  /** Sockets in all; no bound by default. */
  readonly socketMax?: number;
}

export class TcpListener {
  readonly #accept: (transport: Transport) => TransportReceiver;
  readonly #log: Log;
  readonly #handshakingMax: number;
  readonly #server: Server;
  readonly #handshaking = new Set<SocketConnection>();
  readonly #connections = new Set<SocketConnection>();
  /** Called when the last connection is closed; set by close(). */
  #onEmpty: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  #isRefusing = false;
  #isFull = false;

  private constructor(options: TcpListenerOptions) {
    this.#accept = options.accept;
    this.#log = options.log;
    this.#handshakingMax = options.handshakingMax ?? HANDSHAKING_MAX_DEFAULT;
    // Nagle would hold back small frames for up to 40 ms.
    this.#server = createServer({ noDelay: true }, (socket) => this.#accepted(socket));
    const { socketMax } = options;
    if (socketMax !== undefined && Number.isFinite(socketMax)) {
      this.#server.maxConnections = socketMax;
      this.#server.on('drop', () => this.#dropped(socketMax));
    }
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

  /** Drops what is still open. Resolves when the core has been told of the last one. */
  async close(): Promise<void> {
    this.#server.close();
    this.#closed ??= new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of this.#connections) connection.destroy();
    if (this.#connections.size === 0) this.#onEmpty?.();
    await this.#closed;
  }

  #accepted(socket: Socket): void {
    this.#isFull = false;
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
    this.#handshaking.add(connection);
    const receiver = this.#accept(connection);
    this.#connections.add(connection);
    connection.start(receiver, () => this.#closedOne(connection));
  }

  #closedOne(connection: SocketConnection): void {
    this.#connections.delete(connection);
    this.#handshaking.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  /** Forgets those that logged in meanwhile: done only when the bound seems reached, not per write. */
  #stillHandshaking(): boolean {
    for (const connection of this.#handshaking) {
      if (!connection.isHandshaking) this.#handshaking.delete(connection);
    }
    return this.#handshaking.size >= this.#handshakingMax;
  }

  #dropped(socketMax: number): void {
    if (!this.#isFull) {
      this.#log.error({ socketMax }, 'no file descriptors for more connections, refusing new ones');
    }
    this.#isFull = true;
  }

  #failed(error: NodeJS.ErrnoException): void {
    // Also without a descriptor left (the host program may use many) nothing spins and nothing breaks:
    // libuv keeps one aside, with which it accepts and closes. It mostly does not even report that.
    this.#log.warn({ code: error.code }, 'a connection could not be accepted');
  }
}
