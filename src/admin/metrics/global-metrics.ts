// RabbitMQ's global counters: by protocol, and by type of queue. They begin at 0 and never shrink.

import { QueueTypeCounts } from '../../broker/metrics/node-counts.ts';
import { QUEUE_TYPES, type QueueType } from '../../broker/queue/queue-types.ts';
import type { AdminNode } from '../admin-node.ts';
import { totalsOf } from '../statistics/totals.ts';
import { counter, gauge, type MetricGroup, type MetricRow } from './metric-group.ts';

const PROTOCOL = 'amqp091';

function totals({ broker }: AdminNode): ReturnType<typeof totalsOf>['counts'] {
  const { counts } = totalsOf(broker.vhosts.all());
  counts.add(broker.counts.removedVhosts);
  return counts;
}

export const globalPublishMetrics: MetricGroup = {
  isLabelled: true,
  metrics: [
    counter('global_messages_received_total', 'Total number of messages received from publishers'),
    counter(
      'global_messages_received_confirm_total',
      'Total number of messages received from publishers expecting confirmations',
    ),
    counter('global_messages_routed_total', 'Total number of messages routed to queues or streams'),
    counter('global_messages_confirmed_total', 'Total number of messages confirmed to publishers'),
    counter(
      'global_messages_unroutable_dropped_total',
      'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    ),
    counter(
      'global_messages_unroutable_returned_total',
      'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    ),
    gauge('global_publishers', 'Current number of publishers'),
    gauge('global_consumers', 'Current number of consumers'),
  ],
  *rows(node) {
    const { publishes, publishOut } = totals(node);
    let receivedConfirm = node.broker.counts.receivedConfirm;
    let [publishers, consumers] = [0, 0];
    for (const { channels } of node.broker.connections) {
      for (const channel of channels.all()) {
        receivedConfirm += channel.confirms?.publishedCount ?? 0;
        consumers += channel.consumers.size;
        if (channel.counts.hasPublished) publishers++;
      }
    }
    const values = [
      publishes.publish,
      receivedConfirm,
      publishOut,
      publishes.confirm,
      publishes.dropUnroutable,
      publishes.returnUnroutable,
      publishers,
      consumers,
    ];
    yield { labels: { protocol: PROTOCOL }, values };
  },
};

function* byQueueType(
  node: AdminNode,
  labels: Readonly<Record<string, string>>,
  values: (counts: QueueTypeCounts) => number[],
): Generator<MetricRow> {
  const { byQueueType: counts } = totals(node);
  for (const { name, moduleName } of QUEUE_TYPES.values()) {
    const ofType = counts.get(name) ?? new QueueTypeCounts();
    yield { labels: { ...labels, queue_type: moduleName }, values: values(ofType) };
  }
}

export const globalDeliveryMetrics: MetricGroup = {
  isLabelled: true,
  metrics: [
    counter('global_messages_delivered_total', 'Total number of messages delivered to consumers'),
    counter(
      'global_messages_delivered_consume_manual_ack_total',
      'Total number of messages delivered to consumers using basic.consume with manual acknowledgment',
    ),
    counter(
      'global_messages_delivered_consume_auto_ack_total',
      'Total number of messages delivered to consumers using basic.consume with automatic acknowledgment',
    ),
    counter(
      'global_messages_delivered_get_manual_ack_total',
      'Total number of messages delivered to consumers using basic.get with manual acknowledgment',
    ),
    counter(
      'global_messages_delivered_get_auto_ack_total',
      'Total number of messages delivered to consumers using basic.get with automatic acknowledgment',
    ),
    counter(
      'global_messages_get_empty_total',
      'Total number of times basic.get operations fetched no message',
    ),
    counter(
      'global_messages_redelivered_total',
      'Total number of messages redelivered to consumers',
    ),
    counter(
      'global_messages_acknowledged_total',
      'Total number of messages acknowledged by consumers',
    ),
  ],
  rows: (node) =>
    byQueueType(node, { protocol: PROTOCOL }, ({ deliveries: one }) => [
      one.deliverGet,
      one.deliver,
      one.deliverNoAck,
      one.get,
      one.getNoAck,
      one.getEmpty,
      one.redeliver,
      one.ack,
    ]),
};

/** Only of queues that have an exchange for dead letters. */
export const globalDeathMetrics: MetricGroup = {
  isLabelled: true,
  metrics: [
    counter(
      'global_messages_dead_lettered_expired_total',
      'Total number of messages dead-lettered due to message TTL exceeded',
    ),
    counter(
      'global_messages_dead_lettered_maxlen_total',
      'Total number of messages dead-lettered due to overflow drop-head or reject-publish-dlx',
    ),
    counter(
      'global_messages_dead_lettered_rejected_total',
      'Total number of messages dead-lettered due to basic.reject or basic.nack',
    ),
    counter(
      'global_messages_dead_lettered_delivery_limit_total',
      'Total number of messages dead-lettered due to delivery-limit exceeded',
    ),
  ],
  rows: (node) =>
    byQueueType(node, { dead_letter_strategy: 'at_most_once' }, ({ deaths }) => [
      deaths.expired,
      deaths.maxlen,
      deaths.rejected,
      deaths.deliveryLimit,
    ]),
};

/** Only of the type that can have this strategy. */
export const globalConfirmedDeathMetrics: MetricGroup = {
  isLabelled: true,
  metrics: [
    counter(
      'global_messages_dead_lettered_confirmed_total',
      'Total number of messages dead-lettered and confirmed by target queues',
    ),
  ],
  *rows(node) {
    const { confirmed } = totals(node).ofType('quorum').deaths;
    const { moduleName } = QUEUE_TYPES.get('quorum') as QueueType;
    const labels = { queue_type: moduleName, dead_letter_strategy: 'at_least_once' };
    yield { labels, values: [confirmed] };
  },
};
