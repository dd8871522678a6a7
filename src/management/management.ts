// Where the management API is served: at an address, and beside it at the local socket where there is one.

import type { Requester } from '../admin/requester.ts';
import {
  type ManagementAddress,
  ManagementServer,
  type ManagementServerOptions,
} from './http-server.ts';
import { listenLocally } from './local-socket.ts';

export interface ManagementOptions extends ManagementServerOptions {
  readonly address: ManagementAddress;
  /** Whoever opens it is this user. */
  readonly localSocket?: { readonly path: string; readonly user: Requester['user'] };
}

export class Management {
  readonly #server: ManagementServer;
  readonly #local: ManagementServer | undefined;

  private constructor(server: ManagementServer, local: ManagementServer | undefined) {
    this.#server = server;
    this.#local = local;
  }

  /** Rejects when the address cannot be had. */
  static async listen(options: ManagementOptions): Promise<Management> {
    const server = await ManagementServer.listen(options);
    return new Management(server, await localServer(options));
  }

  get address(): ManagementAddress {
    return this.#server.address;
  }

  stopAccepting(): void {
    this.#server.stopAccepting();
    this.#local?.stopAccepting();
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.close(), this.#local?.close()]);
  }
}

/** The broker is of use without it: a data directory may be where no socket can be. */
async function localServer(options: ManagementOptions): Promise<ManagementServer | undefined> {
  const { localSocket, log } = options;
  if (localSocket === undefined) return undefined;
  try {
    return await listenLocally(localSocket.path, { ...options, localUser: localSocket.user });
  } catch (error) {
    log.warn({ err: error }, 'there is no local socket for management');
    return undefined;
  }
}
