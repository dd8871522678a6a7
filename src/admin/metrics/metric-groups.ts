// THE list of metrics, in the order in which they are told.

import {
  channelExchangeMetrics,
  channelMetrics,
  channelProcessMetrics,
  channelQueueMetrics,
  connectionCoarseMetrics,
  connectionMetrics,
} from './connection-metrics.ts';
import {
  globalConfirmedDeathMetrics,
  globalDeathMetrics,
  globalDeliveryMetrics,
  globalPublishMetrics,
} from './global-metrics.ts';
import type { MetricGroup } from './metric-group.ts';
import {
  alarmMetrics,
  churnMetrics,
  exchangeBindings,
  exchangeNames,
  loginMetrics,
  nodeCoarseMetrics,
  nodeMetrics,
  persisterMetrics,
  totalsMetrics,
  vhostStatus,
} from './node-metrics.ts';
import { loopMetrics, runtimeMetrics } from './own-metrics.ts';
import {
  exchangeMetrics,
  queueAgeMetrics,
  queueCoarseMetrics,
  queueConsumerCount,
  queueDeliveryMetrics,
  queueHeadMetrics,
  queueMetrics,
  queuePublishedMetrics,
} from './queue-metrics.ts';

/** Of `/metrics` and `/metrics/per-object`: RabbitMQ's. */
export const METRIC_GROUPS: readonly MetricGroup[] = [
  alarmMetrics,
  churnMetrics,
  nodeCoarseMetrics,
  nodeMetrics,
  persisterMetrics,
  loginMetrics,
  queueCoarseMetrics,
  queueMetrics,
  queueHeadMetrics,
  queueDeliveryMetrics,
  channelMetrics,
  channelExchangeMetrics,
  channelProcessMetrics,
  channelQueueMetrics,
  connectionCoarseMetrics,
  connectionMetrics,
  queuePublishedMetrics,
  totalsMetrics,
  globalPublishMetrics,
  globalDeliveryMetrics,
  globalDeathMetrics,
  globalConfirmedDeathMetrics,
];

/** Those that RabbitMQ does not have. */
export const OWN_GROUPS: readonly MetricGroup[] = [queueAgeMetrics, runtimeMetrics, loopMetrics];

/** Further ones that `/metrics/detailed` has. */
export const DETAILED_GROUPS: readonly MetricGroup[] = [
  ...METRIC_GROUPS,
  queueConsumerCount,
  exchangeMetrics,
];

/** Of the cluster, also in `/metrics/detailed` only. */
export const CLUSTER_GROUPS: readonly MetricGroup[] = [
  vhostStatus,
  exchangeNames,
  exchangeBindings,
];
