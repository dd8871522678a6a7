// The listeners of the management API and of the metrics: Hono on Node's http. Holds the bounds that no
// client can pass.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { Api, type ApiOptions } from './api.ts';
import { PageFiles } from './page-files.ts';
import { withoutPrefix } from './request-target.ts';
import { METRICS_PATH } from './routes/metrics.ts';

/** Smaller bodies would hardly become smaller. */
const GZIP_BYTES_MIN = 1_024;
const CONNECTIONS_MAX = 1_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** For the largest body over a slow line. */
const REQUEST_TIMEOUT_MS = 300_000;
/** Answers under way at a shutdown get this long. */
const CLOSE_GRACE_MS = 2_000;
const CLOSE_POLL_MS = 10;

export interface ManagementAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface ManagementServerOptions extends ApiOptions {
  /** Or the path of a local socket. */
  readonly address: ManagementAddress | { readonly path: string };
  /** Before `/api`; empty or `/prefix`. */
  readonly pathPrefix: string;
  /** Where the built page lies, when not beside this file. */
  readonly pageDirectory?: string;
}

const API_INDEX_ADDRESSES = ['/api', '/api/', '/doc', '/doc/', '/doc/stats.html'];

/** What `npm run build` makes of ui/. */
const PAGE_DIRECTORY = fileURLToPath(new URL('page', import.meta.url));

export type HttpApp = Hono<{ Bindings: HttpBindings }>;

export interface HttpServerOptions {
  /** Or the path of a local socket. */
  readonly address: ManagementAddress | { readonly path: string };
  readonly log: ApiOptions['log'];
}

export class ManagementServer {
  readonly #server: Server;
  readonly #closed: Promise<void>;

  private constructor(server: Server) {
    this.#server = server;
    this.#closed = new Promise((resolve) => server.once('close', resolve));
  }

  /** Rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL) when it cannot listen. */
  static listen(options: ManagementServerOptions): Promise<ManagementServer> {
    return ManagementServer.serve(managementApp(options), options);
  }

  static serve(app: HttpApp, options: HttpServerOptions): Promise<ManagementServer> {
    const server = createAdaptorServer({
      fetch: app.fetch,
      // The process is not ours alone: an embedded broker leaves its globals as they are.
      overrideGlobalObjects: false,
      // Health checks of load balancers speak HTTP/1.0 and name no host.
      hostname: 'localhost',
      serverOptions: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    }) as Server;
    server.maxConnections = CONNECTIONS_MAX;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.address, () => {
        server.off('error', reject);
        server.on('error', (error) =>
          options.log.warn({ err: error }, 'a management connection could not be accepted'),
        );
        resolve(new ManagementServer(server));
      });
    });
  }

  get address(): ManagementAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  /** Takes no more connections; requests under way go on. */
  stopAccepting(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Resolves when the last connection is closed. */
  async close(): Promise<void> {
    this.stopAccepting();
    // An answer that ends now leaves its connection open for a next request, which must not come.
    const idle = setInterval(() => this.#server.closeIdleConnections(), CLOSE_POLL_MS);
    const grace = setTimeout(() => this.#server.closeAllConnections(), CLOSE_GRACE_MS);
    await this.#closed;
    clearInterval(idle);
    clearTimeout(grace);
  }
}

export function emptyApp(): HttpApp {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(compress({ encoding: 'gzip', threshold: GZIP_BYTES_MIN }));
  return app;
}

function managementApp(options: ManagementServerOptions): HttpApp {
  const api = new Api(options);
  const page = new PageFiles(options.pageDirectory ?? PAGE_DIRECTORY);
  const app = emptyApp();
  // Hono's own router would decode the path before it splits it.
  app.all('*', (context) => {
    const { pathPrefix } = options;
    const { url = '/' } = context.env.incoming;
    const metrics = withoutPrefix(url, `${pathPrefix}/metrics`);
    if (metrics !== undefined) return api.handle(context, `${METRICS_PATH}${metrics}`);
    // As RabbitMQ does; its older documentation lay below /doc.
    const isIndex = API_INDEX_ADDRESSES.includes(withoutPrefix(url, pathPrefix) ?? '');
    if (isIndex) return context.redirect(`${pathPrefix}/api/index.html`, 301);
    const target = withoutPrefix(url, `${pathPrefix}/api`);
    if (target !== undefined) return api.handle(context, target);
    // Without the slash the page's relative addresses would lead past the prefix.
    if (url === pathPrefix) return context.redirect(`${pathPrefix}/`);
    const pageTarget = withoutPrefix(url, pathPrefix);
    if (pageTarget === undefined) return context.notFound();
    return page.answer(context.req.raw, pageTarget, pathPrefix) ?? context.notFound();
  });
  return app;
}
