// The listener for Prometheus: metrics without a login, and nothing else.

import type { AdminNode } from '../../admin/admin-node.ts';
import type { ManagementLog } from '../api.ts';
import { emptyApp, type HttpApp } from '../http-server.ts';
import { withoutPrefix } from '../request-target.ts';
import { streamOf } from '../text-stream.ts';
import { CONTENT_TYPE } from './exposition.ts';
import { scrape } from './scrape.ts';

export interface PrometheusOptions {
  readonly node: AdminNode;
  readonly log: ManagementLog;
  /** RabbitMQ's default: `/metrics`. */
  readonly path: string;
  /** Also what does not ask for it gets a row per object. */
  readonly isPerObject: boolean;
}

export function prometheusApp(options: PrometheusOptions): HttpApp {
  const app = emptyApp();
  app.get('*', (context) => {
    const [path = '', query = ''] = (context.env.incoming.url ?? '/').split('?', 2);
    const below = withoutPrefix(path, options.path)?.replace(/\/$/, '');
    const { node, log, isPerObject } = options;
    const parts =
      below === undefined
        ? undefined
        : scrape(node, below, new URLSearchParams(query), isPerObject);
    if (parts === undefined) return context.notFound();
    const body = streamOf(parts, (error) => log.error({ err: error }, 'a scrape broke off'));
    return new Response(body, { status: 200, headers: { 'content-type': CONTENT_TYPE } });
  });
  return app;
}
