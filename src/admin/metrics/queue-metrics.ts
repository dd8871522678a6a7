// Metrics of queues and exchanges: RabbitMQ's names and texts.

import type { Queue } from '../../broker/queue/queue.ts';
import { oldestMessageMs, statisticsOf } from '../../broker/queue/queue-statistics.ts';
import type { AdminNode } from '../admin-node.ts';
import { sortedExchanges, sortedQueues } from '../sorted.ts';
import { totalsOf } from '../statistics/totals.ts';
import { headTimestamp } from '../views/queue-view.ts';
import { counter, gauge, type MetricGroup, type MetricRow } from './metric-group.ts';

const CONSUMERS = gauge('queue_consumers', 'Consumers on a queue');

type IsMeant = (vhost: string) => boolean;

function* queueRows(
  { broker }: AdminNode,
  isMeant: IsMeant,
  values: (queue: Queue) => number[],
): Generator<MetricRow> {
  for (const vhost of broker.vhosts.all()) {
    if (!isMeant(vhost.name)) continue;
    for (const queue of sortedQueues(vhost)) {
      yield { labels: { vhost: vhost.name, queue: queue.name }, values: values(queue) };
    }
  }
}

export const queueCoarseMetrics: MetricGroup = {
  family: 'queue_coarse_metrics',
  metrics: [
    gauge('queue_messages_ready', 'Messages ready to be delivered to consumers'),
    gauge('queue_messages_unacked', 'Messages delivered to consumers but not yet acknowledged'),
    gauge('queue_messages', 'Sum of ready and unacknowledged messages - total queue depth'),
    counter('queue_process_reductions_total', 'Total number of queue process reductions'),
  ],
  rows: (node, isMeant) =>
    queueRows(node, isMeant, ({ readyCount, unackedCount }) => {
      return [readyCount, unackedCount, readyCount + unackedCount, 0];
    }),
};

export const queueConsumerCount: MetricGroup = {
  family: 'queue_consumer_count',
  metrics: [CONSUMERS],
  rows: (node, isMeant) => queueRows(node, isMeant, (queue) => [queue.consumerCount]),
};

export const queueMetrics: MetricGroup = {
  family: 'queue_metrics',
  metrics: [
    CONSUMERS,
    gauge('queue_consumer_capacity', 'Consumer capacity'),
    gauge('queue_consumer_utilisation', 'Same as consumer capacity'),
    gauge('queue_process_memory_bytes', 'Memory in bytes used by the Erlang queue process'),
    gauge('queue_messages_ram', 'Ready and unacknowledged messages stored in memory'),
    gauge('queue_messages_ram_bytes', 'Size of ready and unacknowledged messages stored in memory'),
    gauge('queue_messages_ready_ram', 'Ready messages stored in memory'),
    gauge('queue_messages_unacked_ram', 'Unacknowledged messages stored in memory'),
    gauge('queue_messages_persistent', 'Persistent messages'),
    gauge('queue_messages_persistent_bytes', 'Size in bytes of persistent messages'),
    gauge('queue_messages_bytes', 'Size in bytes of ready and unacknowledged messages'),
    gauge('queue_messages_ready_bytes', 'Size in bytes of ready messages'),
    gauge('queue_messages_unacked_bytes', 'Size in bytes of all unacknowledged messages'),
    gauge('queue_messages_paged_out', 'Messages paged out to disk'),
    gauge('queue_messages_paged_out_bytes', 'Size in bytes of messages paged out to disk'),
    counter('queue_disk_reads_total', 'Total number of times queue read messages from disk'),
    counter('queue_disk_writes_total', 'Total number of times queue wrote messages to disk'),
  ],
  rows: (node, isMeant) => queueRows(node, isMeant, queueValues),
};

/** Of one message each: together they say nothing. */
export const queueHeadMetrics: MetricGroup = {
  family: 'queue_metrics',
  metrics: [
    gauge('queue_head_message_timestamp', 'Timestamp of the first message in the queue, if any'),
  ],
  rows: (node, isMeant) =>
    queueRows(node, isMeant, (queue) => [headTimestamp(queue) ?? Number.NaN]),
  total: () => [Number.NaN],
};

function queueValues(queue: Queue): number[] {
  const held = statisticsOf(queue);
  const { ready, unacked, bytes, unackedBytes, pagedOut, pagedOutBytes } = held;
  const capacity = capacityOf(queue);
  return [
    queue.consumerCount,
    capacity,
    capacity,
    held.memoryBytes,
    ready + unacked - pagedOut,
    bytes - pagedOutBytes,
    ready - pagedOut,
    unacked,
    held.persistent,
    held.persistentBytes,
    bytes,
    bytes - unackedBytes,
    unackedBytes,
    pagedOut,
    pagedOutBytes,
    0,
    0,
  ];
}

function capacityOf(queue: Queue): number {
  if (queue.consumerCount === 0) return 0;
  if (queue.readyCount === 0) return 1;
  return queue.consumers.filter((one) => one.canTake()).length / queue.consumerCount;
}

export const queueDeliveryMetrics: MetricGroup = {
  family: 'queue_delivery_metrics',
  metrics: [
    counter(
      'queue_get_ack_total',
      'Total number of messages fetched from a queue with basic.get in manual acknowledgement mode',
    ),
    counter(
      'queue_get_total',
      'Total number of messages fetched from a queue with basic.get in automatic acknowledgement mode',
    ),
    counter(
      'queue_messages_delivered_ack_total',
      'Total number of messages delivered from a queue to consumers in manual acknowledgement mode',
    ),
    counter(
      'queue_messages_delivered_total',
      'Total number of messages delivered from a queue to consumers in automatic acknowledgement mode',
    ),
    counter(
      'queue_messages_redelivered_total',
      'Total number of messages redelivered from a queue to consumers',
    ),
    counter(
      'queue_messages_acked_total',
      'Total number of messages acknowledged by consumers on a queue',
    ),
    counter(
      'queue_get_empty_total',
      'Total number of times basic.get operations fetched no message on a queue',
    ),
  ],
  rows: (node, isMeant) =>
    queueRows(node, isMeant, ({ counts }) => {
      const { get, getNoAck, deliver, deliverNoAck, redeliver, ack, getEmpty } = counts.total;
      return [get, getNoAck, deliver, deliverNoAck, redeliver, ack, getEmpty];
    }),
};

/** Copies that went from an exchange to a queue. */
export const queuePublishedMetrics: MetricGroup = {
  family: 'channel_queue_exchange_metrics',
  metrics: [
    counter('queue_messages_published_total', 'Total number of messages published to queues'),
  ],
  *rows({ broker }, isMeant) {
    for (const vhost of broker.vhosts.all()) {
      if (!isMeant(vhost.name)) continue;
      vhost.routeCache.settleCounts();
      for (const { name, counts } of sortedQueues(vhost)) {
        for (const { exchange, publish } of counts.sources) {
          const { vhostName, name: exchangeName } = exchange.resource;
          const queue = { queue_vhost: vhost.name, queue: name };
          const labels = { ...queue, exchange_vhost: vhostName, exchange: exchangeName };
          yield { labels, values: [publish] };
        }
      }
    }
  },
  total: ({ broker }) => [
    totalsOf(broker.vhosts.all()).counts.publishOut + broker.counts.removedVhosts.publishOut,
  ],
};

export const exchangeMetrics: MetricGroup = {
  family: 'exchange_metrics',
  metrics: [
    counter(
      'exchange_messages_published_total',
      'Total number of messages published into an exchange',
    ),
    counter(
      'exchange_messages_confirmed_total',
      'Total number of messages published into an exchange and confirmed',
    ),
    counter(
      'exchange_messages_unroutable_returned_total',
      'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    ),
    counter(
      'exchange_messages_unroutable_dropped_total',
      'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    ),
  ],
  *rows({ broker }, isMeant) {
    for (const vhost of broker.vhosts.all()) {
      if (!isMeant(vhost.name)) continue;
      for (const { name, counts } of sortedExchanges(vhost)) {
        const { publish, confirm, returnUnroutable, dropUnroutable } = counts.total;
        const labels = { vhost: vhost.name, exchange: name };
        yield { labels, values: [publish, confirm, returnUnroutable, dropUnroutable] };
      }
    }
  },
};

/** Our own: the age of the oldest message that is not settled, right within a tick of the statistics. */
export const queueAgeMetrics: MetricGroup = {
  family: 'queue_age_metrics',
  metrics: [
    gauge(
      'queue_oldest_message_age_seconds',
      'Age of the oldest message of a queue that is not acknowledged',
    ),
  ],
  rows: (node, isMeant) => queueRows(node, isMeant, (queue) => [ageSeconds(node, queue)]),
  total: (node) => {
    let oldest = 0;
    for (const { queues } of node.broker.vhosts.all()) {
      for (const queue of queues.values()) oldest = Math.max(oldest, ageSeconds(node, queue));
    }
    return [oldest];
  },
};

function ageSeconds({ broker }: AdminNode, queue: Queue): number {
  const nowMs = broker.clock.nowMs();
  const cameMs = oldestMessageMs(queue, nowMs);
  return cameMs === undefined ? 0 : Math.max(0, nowMs - cameMs) / 1000;
}
