// What a path below /metrics answers.

import type { AdminNode } from '../../admin/admin-node.ts';
import type { MetricGroup } from '../../admin/metrics/metric-group.ts';
import {
  CLUSTER_GROUPS,
  DETAILED_GROUPS,
  METRIC_GROUPS,
  OWN_GROUPS,
} from '../../admin/metrics/metric-groups.ts';
import { buildMetrics, identityMetrics, processMetrics } from '../../admin/metrics/node-metrics.ts';
import { messageSizes, ownHistograms } from '../../admin/metrics/own-metrics.ts';
import { exposed, histogramText } from './exposition.ts';

const PREFIX = 'rabbitmq_';
const OWN_PREFIX = 'warren_';
const DETAILED_PREFIX = 'rabbitmq_detailed_';
const CLUSTER_PREFIX = 'rabbitmq_cluster_';

const everywhere = () => true;

/** `path`: behind /metrics, without a slash at its end. Undefined: there is nothing. */
export function scrape(
  node: AdminNode,
  path: string,
  query: URLSearchParams,
  isPerObject: boolean,
): AsyncGenerator<string> | undefined {
  if (path === '') return isPerObject ? all(node, 'per-object') : all(node, 'aggregated');
  if (path === '/per-object') return all(node, 'per-object');
  if (path === '/detailed') return detailed(node, query);
  return undefined;
}

async function* all(
  node: AdminNode,
  endpoint: 'aggregated' | 'per-object',
): AsyncGenerator<string> {
  const options = { isPerObject: endpoint === 'per-object', isMeant: everywhere };
  yield* exposed(node, [processMetrics], { ...options, prefix: '' });
  const groups = [...METRIC_GROUPS, buildMetrics, identityMetrics(endpoint)];
  yield* exposed(node, groups, { ...options, prefix: PREFIX });
  yield histogramText(messageSizes(node), PREFIX);
  yield* exposed(node, OWN_GROUPS, { ...options, prefix: OWN_PREFIX });
  for (const histogram of ownHistograms(node)) yield histogramText(histogram, OWN_PREFIX);
}

/** The families and vhosts that the query names; what it does not know is passed over. */
async function* detailed(node: AdminNode, query: URLSearchParams): AsyncGenerator<string> {
  const families = new Set(query.getAll('family'));
  const vhosts = new Set(query.getAll('vhost'));
  const isWanted = ({ family }: MetricGroup) => family !== undefined && families.has(family);
  const options = {
    isPerObject: true,
    isMeant: (vhost: string) => vhosts.size === 0 || vhosts.has(vhost),
  };
  const wanted = DETAILED_GROUPS.filter(isWanted);
  yield* exposed(node, withoutDoubles(wanted), { ...options, prefix: DETAILED_PREFIX });
  const cluster = CLUSTER_GROUPS.filter(isWanted);
  yield* exposed(node, cluster, { ...options, prefix: CLUSTER_PREFIX });
  const own = OWN_GROUPS.filter(isWanted);
  yield* exposed(node, own, { ...options, prefix: OWN_PREFIX });
  const facts = [buildMetrics, identityMetrics('detailed')];
  yield* exposed(node, facts, { ...options, prefix: PREFIX });
}

/** Two families hold the number of consumers: a name is told once. */
function withoutDoubles(groups: readonly MetricGroup[]): MetricGroup[] {
  const told = new Set<string>();
  return groups.filter((group) => {
    const isDouble = group.metrics.every(({ name }) => told.has(name));
    for (const { name } of group.metrics) told.add(name);
    return !isDouble;
  });
}
