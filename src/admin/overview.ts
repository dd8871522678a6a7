// The overview of the node, as far as the requester may see it.

import { TrafficCounts } from '../broker/metrics/node-counts.ts';
import type { VirtualHost } from '../broker/vhost/vhost.ts';
import type { AdminNode } from './admin-node.ts';
import { clusterName } from './cluster.ts';
import type { View } from './columns.ts';
import { mayMonitor, maySeeOwned, mayUseVhost, type Requester } from './requester.ts';
import { CHURN_COLUMNS, churnValues } from './statistics/node-stats.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import { TOTALS_COLUMNS, totalsOf, totalsValues } from './statistics/totals.ts';
import { contextsView, erlangVersions, exchangeTypes, listenersView } from './views/node-view.ts';

/** RabbitMQ's: how far back samples go, in seconds, by what they are of. */
const RETENTION = { global: [600, 3600, 28_800, 86_400], basic: [600, 3600], detailed: [600] };

export interface OverviewOptions {
  readonly ranges: SampleRanges;
  /** `disable_stats`: nothing that has to be summed up. */
  readonly isPlain: boolean;
  readonly hasQueueTotals: boolean;
}

export function overview(node: AdminNode, requester: Requester, options: OverviewOptions): View {
  const { broker } = node;
  const isMonitor = mayMonitor(requester);
  const vhosts = [...broker.vhosts.all()].filter(
    ({ name }) => isMonitor || mayUseVhost(node, requester, name),
  );
  return {
    ...productView(node),
    disable_stats: options.isPlain,
    enable_queue_totals: options.hasQueueTotals,
    ...(isMonitor && {
      node: broker.settings.nodeName,
      listeners: listenersView(node),
      contexts: contextsView(node),
    }),
    object_totals: objectTotals(node, requester, vhosts),
    statistics_db_event_queue: 0,
    ...(options.isPlain ? {} : sums(node, isMonitor, vhosts, options.ranges)),
  };
}

function productView(node: AdminNode): View {
  const { broker, facts } = node;
  return {
    management_version: facts.rabbitmqVersion,
    rabbitmq_version: facts.rabbitmqVersion,
    product_name: facts.productName,
    product_version: facts.productVersion,
    cluster_name: clusterName(node),
    ...erlangVersions(node),
    rates_mode: 'detailed',
    release_series_support_status: 'supported',
    sample_retention_policies: RETENTION,
    exchange_types: exchangeTypes(),
    default_queue_type: broker.settings.defaultQueueType,
    cluster_tags: {},
    node_tags: {},
    is_op_policy_updating_enabled: true,
    require_definition_json_extension: false,
  };
}

function objectTotals(
  { broker }: AdminNode,
  requester: Requester,
  vhosts: readonly VirtualHost[],
): View {
  const totals = { connections: 0, channels: 0, exchanges: 0, queues: 0, consumers: 0 };
  for (const { exchanges, queues } of vhosts) {
    totals.exchanges += exchanges.size;
    totals.queues += queues.size;
    for (const queue of queues.values()) totals.consumers += queue.consumerCount;
  }
  for (const { user, channels } of broker.connections) {
    if (!maySeeOwned(requester, user?.name)) continue;
    totals.connections++;
    totals.channels += channels.count;
  }
  return totals;
}

function sums(
  { broker, statistics }: AdminNode,
  isMonitor: boolean,
  vhosts: readonly VirtualHost[],
  ranges: SampleRanges,
): View {
  const queueTotals: Record<string, unknown> = {};
  const messageStats: Record<string, unknown> = {};
  const churn: Record<string, unknown> = {};
  const totals = totalsOf(vhosts);
  if (isMonitor) totals.counts.add(broker.counts.removedVhosts);
  const values = totalsValues(totals, new TrafficCounts());
  const { samples } = statistics;
  const subjects = isMonitor ? [statistics.overview] : vhosts;
  samples.describeSum(queueTotals, subjects, TOTALS_COLUMNS, values, 'lengths', ranges);
  samples.describeSum(messageStats, subjects, TOTALS_COLUMNS, values, 'msg_rates', ranges);
  const churnNow = churnValues(broker);
  samples.describe(churn, statistics.churn, CHURN_COLUMNS, churnNow, 'msg_rates', ranges);
  return { queue_totals: queueTotals, message_stats: messageStats, churn_rates: churn };
}
