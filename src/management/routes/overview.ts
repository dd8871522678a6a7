// The overview and the node.

import { memoryView, relativeMemoryView } from '../../admin/memory.ts';
import { nodeByName, nodeList } from '../../admin/nodes.ts';
import { overview } from '../../admin/overview.ts';
import { sampleRangesOf } from '../../admin/statistics/sample-ranges.ts';
import { json, list, noContent, object } from '../reply.ts';
import { del, get, type Route } from '../route.ts';

export const overviewRoutes: readonly Route[] = [
  get('/overview', 'auth', (request) =>
    object(
      request,
      overview(request.node, request.requester, {
        ranges: sampleRangesOf(request.query),
        isPlain: request.query('disable_stats') === 'true',
        hasQueueTotals: request.query('enable_queue_totals') === 'true',
      }),
    ),
  ),
  get('/nodes', 'mon', (request) =>
    list(request, nodeList(request.node, sampleRangesOf(request.query))),
  ),
  get('/nodes/:node', 'mon', (request) => {
    const { node } = request;
    const view = nodeByName(node, request.parameter('node'), sampleRangesOf(request.query));
    const wantsMemory = request.query('memory') === 'true';
    const wantsBinary = request.query('binary') === 'true';
    return object(request, {
      ...view,
      ...(wantsMemory && memoryView(node)),
      ...(wantsBinary && { binary: {} }),
    });
  }),
  get('/nodes/:node/memory', 'mon', (request) => {
    nodeByName(request.node, request.parameter('node'));
    return object(request, memoryView(request.node));
  }),
  get('/nodes/:node/memory/relative', 'mon', (request) => {
    nodeByName(request.node, request.parameter('node'));
    return object(request, relativeMemoryView(request.node));
  }),
  // Only Erlang has such tables.
  get('/nodes/:node/memory/ets', 'mon', (request) => {
    nodeByName(request.node, request.parameter('node'));
    return json({ ets_tables_memory: { total: 0 } });
  }),
  // Statistics begin anew; what is counted since the start stays.
  del('/reset', 'admin', (request) => {
    request.node.statistics.samples.clear();
    return noContent();
  }),
  del('/reset/:node', 'admin', (request) => {
    nodeByName(request.node, request.parameter('node'));
    request.node.statistics.samples.clear();
    return noContent();
  }),
];
