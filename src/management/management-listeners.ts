// Where the management API can be had: over TCP, and at the local socket in the data directory.

import {
  type ManagementAddress,
  ManagementServer,
  type ManagementServerOptions,
} from './http-server.ts';
import { type LocalSocketOptions, listenLocally } from './local-socket.ts';

export interface ManagementListenersOptions
  extends Omit<ManagementServerOptions, 'address' | 'localUser'> {
  readonly address: ManagementAddress;
  /** Undefined: there is no local socket. */
  readonly local:
    | { readonly path: string; readonly user: LocalSocketOptions['localUser'] }
    | undefined;
}

export class ManagementListeners {
  readonly #tcp: ManagementServer;
  readonly #local: ManagementServer | undefined;

  private constructor(tcp: ManagementServer, local: ManagementServer | undefined) {
    this.#tcp = tcp;
    this.#local = local;
  }

  /** Rejects with the system's error when it cannot listen over TCP. */
  static async listen(options: ManagementListenersOptions): Promise<ManagementListeners> {
    const tcp = await ManagementServer.listen(options);
    return new ManagementListeners(tcp, await listenAtSocket(options));
  }

  /** Over TCP. */
  get address(): ManagementAddress {
    return this.#tcp.address;
  }

  /** Takes no more connections; requests under way go on. */
  stopAccepting(): void {
    this.#tcp.stopAccepting();
    this.#local?.stopAccepting();
  }

  /** Resolves when the last connection is closed. */
  async close(): Promise<void> {
    await Promise.all([this.#tcp.close(), this.#local?.close()]);
  }
}

/** The broker is of use without it: a data directory may be where no socket can be. */
async function listenAtSocket({
  local,
  ...options
}: ManagementListenersOptions): Promise<ManagementServer | undefined> {
  if (local === undefined) return undefined;
  try {
    return await listenLocally(local.path, { ...options, localUser: local.user });
  } catch (error) {
    options.log.warn({ err: error }, 'there is no local socket for management');
    return undefined;
  }
}
