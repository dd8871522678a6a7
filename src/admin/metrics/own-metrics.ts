// Metrics that RabbitMQ does not have: how long messages wait, how long commits take, how the runtime does.

import type { Histogram } from '../../broker/metrics/histogram.ts';
import { MESSAGE_SIZE_BOUNDS } from '../../broker/metrics/message-sizes.ts';
import type { AdminNode } from '../admin-node.ts';
import { counter, gauge, type HistogramMetric, type MetricGroup, single } from './metric-group.ts';

export const runtimeMetrics = single(
  undefined,
  [
    counter('journal_bytes_total', 'Bytes of messages and of what is settled given to the store'),
    gauge('message_memory_bytes', 'Memory that messages lie in'),
    gauge('heap_used_bytes', 'Part of the JavaScript heap that is in use'),
    gauge('heap_size_bytes', 'Size of the JavaScript heap'),
    counter('garbage_collections_total', 'Collections of the JavaScript heap'),
    counter('garbage_collection_seconds_total', 'Time that these took'),
    counter('cpu_seconds_total', 'Processor time of the broker'),
    counter('damaged_records_total', 'Stored records that were found damaged and were set aside'),
    gauge('connections_blocked', 'Connections that may not publish while an alarm is in effect'),
  ],
  ({ broker, readings, facts }) => [
    broker.turn.journalBytes,
    broker.memory.residentBytes,
    readings.heapUsedBytes,
    readings.heapTotalBytes,
    readings.garbageCollections,
    readings.garbageCollectionSeconds,
    readings.cpuSeconds,
    facts.damagedCount(),
    blockedCount(broker.connections),
  ],
);

function blockedCount(connections: AdminNode['broker']['connections']): number {
  let count = 0;
  for (const { flow } of connections) if (flow.isBlocked) count++;
  return count;
}

export const loopMetrics: MetricGroup = {
  isLabelled: true,
  metrics: [
    gauge(
      'event_loop_delay_seconds',
      'How late the event loop ran what was due, in the last 5 seconds',
    ),
  ],
  *rows({ readings: { loopDelay } }) {
    for (const [statistic, value] of Object.entries(loopDelay)) {
      yield { labels: { statistic }, values: [value] };
    }
  },
};

function histogramOf(name: string, help: string, histogram: Histogram): HistogramMetric {
  const { bounds, counts, sum } = histogram;
  return { name, help, labels: {}, bounds: bounds.map(String), counts, sum };
}

export function ownHistograms({ broker, statistics }: AdminNode): HistogramMetric[] {
  return [
    histogramOf(
      'commit_duration_seconds',
      'Time from the start of a commit until it is durable',
      broker.turn.commitSeconds,
    ),
    histogramOf(
      'message_wait_seconds',
      'Time that messages were in their queues, right within 5 seconds',
      statistics.waitedSeconds,
    ),
  ];
}

/** The current dashboard selects buckets by these very texts. */
const SIZE_TEXTS = ['100.0', '1000.0', '10000.0', '100000.0', '1e+06', '1e+07', '5e+07', '1e+08'];

/** RabbitMQ's since 4.0. */
export function messageSizes({ broker: { counts } }: AdminNode): HistogramMetric {
  const { messageSizes: sizes } = counts;
  return {
    name: 'message_size_bytes',
    help: 'Size of messages received from publishers',
    labels: { protocol: 'amqp091' },
    bounds: SIZE_TEXTS.slice(0, MESSAGE_SIZE_BOUNDS.length),
    counts: sizes.counts,
    sum: sizes.sumBytes,
  };
}
