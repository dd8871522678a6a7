// Where HTTP is served: the management API over TCP and at the local socket in the data directory, and the
// metrics at a port of their own.

import type { ListenerFact } from '../admin/admin-node.ts';
import {
  type ManagementAddress,
  ManagementServer,
  type ManagementServerOptions,
} from './http-server.ts';
import { type LocalSocketOptions, listenLocally } from './local-socket.ts';
import { type PrometheusOptions, prometheusApp } from './prometheus/prometheus-app.ts';

export interface ApiListenerOptions extends Omit<ManagementServerOptions, 'address' | 'localUser'> {
  readonly address: ManagementAddress;
  /** Undefined: there is no local socket. */
  readonly local:
    | { readonly path: string; readonly user: LocalSocketOptions['localUser'] }
    | undefined;
}

export interface PrometheusListenerOptions extends PrometheusOptions {
  readonly address: ManagementAddress;
}

/** Undefined: it is not served. */
export interface ManagementListenersOptions {
  readonly api: ApiListenerOptions | undefined;
  readonly prometheus: PrometheusListenerOptions | undefined;
}

export class ManagementListeners {
  #api: ManagementServer | undefined;
  #local: ManagementServer | undefined;
  #prometheus: ManagementServer | undefined;

  /** Rejects with the system's error when it cannot listen over TCP. */
  async listen({ api, prometheus }: ManagementListenersOptions): Promise<void> {
    if (api !== undefined) {
      this.#api = await ManagementServer.listen(api);
      this.#local = await listenAtSocket(api);
    }
    if (prometheus !== undefined) {
      this.#prometheus = await ManagementServer.serve(prometheusApp(prometheus), prometheus);
    }
  }

  /** Of the API, over TCP. */
  get address(): ManagementAddress | undefined {
    return this.#api?.address;
  }

  /** Of the metrics. */
  get prometheusAddress(): ManagementAddress | undefined {
    return this.#prometheus?.address;
  }

  get facts(): ListenerFact[] {
    const facts: ListenerFact[] = [];
    if (this.#api !== undefined) facts.push({ protocol: 'http', ...this.#api.address });
    if (this.#prometheus !== undefined) {
      facts.push({ protocol: 'http/prometheus', ...this.#prometheus.address });
    }
    return facts;
  }

  /** Takes no more connections; requests under way go on. */
  stopAccepting(): void {
    for (const server of this.#servers()) server.stopAccepting();
  }

  /** Resolves when the last connection is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#servers().map((server) => server.close()));
  }

  #servers(): ManagementServer[] {
    return [this.#api, this.#local, this.#prometheus].filter((server) => server !== undefined);
  }
}

/** The broker is of use without it: a data directory may be where no socket can be. */
async function listenAtSocket({
  local,
  ...options
}: ApiListenerOptions): Promise<ManagementServer | undefined> {
  if (local === undefined) return undefined;
  try {
    return await listenLocally(local.path, { ...options, localUser: local.user });
  } catch (error) {
    options.log.warn({ err: error }, 'there is no local socket for management');
    return undefined;
  }
}
