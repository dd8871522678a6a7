// The metrics for Prometheus on the port of the API, where they ask for a login. Their own listener does not.

import type { ApiRequest } from '../api-request.ts';
import { notFound } from '../http-error.ts';
import { CONTENT_TYPE } from '../prometheus/exposition.ts';
import { scrape } from '../prometheus/scrape.ts';
import type { Reply } from '../reply.ts';
import { get, type Route } from '../route.ts';

/** Where the paths below /metrics are among the routes. */
export const METRICS_PATH = '/x/metrics';

const metrics =
  (path: string) =>
  (request: ApiRequest): Reply => {
    const body = scrape(request.node, path, request.queryParameters, false);
    if (body === undefined) throw notFound();
    return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body };
  };

export const metricRoutes: readonly Route[] = [
  get(METRICS_PATH, 'mon', metrics('')),
  get(`${METRICS_PATH}/per-object`, 'mon', metrics('/per-object')),
  get(`${METRICS_PATH}/detailed`, 'mon', metrics('/detailed')),
];
