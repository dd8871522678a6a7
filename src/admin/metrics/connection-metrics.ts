// Metrics of connections and channels: RabbitMQ's names and texts. Together they count what is closed, too.

import type { Channel } from '../../broker/connection/channel.ts';
import type { Connection } from '../../broker/connection/connection.ts';
import { TrafficCounts } from '../../broker/metrics/node-counts.ts';
import type { AdminNode } from '../admin-node.ts';
import { totalsOf, trafficOf } from '../statistics/totals.ts';
import { channelName } from '../views/channel-view.ts';
import { counter, gauge, type MetricGroup, type MetricRow } from './metric-group.ts';

function* connectionRows(
  { broker }: AdminNode,
  values: (connection: Connection) => number[],
): Generator<MetricRow> {
  for (const connection of broker.connections) {
    yield { labels: { connection: connection.name }, values: values(connection) };
  }
}

export const connectionCoarseMetrics: MetricGroup = {
  family: 'connection_coarse_metrics',
  metrics: [
    counter('connection_incoming_bytes_total', 'Total number of bytes received on a connection'),
    counter('connection_outgoing_bytes_total', 'Total number of bytes sent on a connection'),
    counter('connection_process_reductions_total', 'Total number of connection process reductions'),
  ],
  rows: (node) =>
    connectionRows(node, ({ receivedBytes, outgoing }) => [receivedBytes, outgoing.sentBytes, 0]),
  total: ({ broker }) => {
    const sum = new TrafficCounts();
    for (const one of [...trafficOf(broker).values(), broker.counts.removedVhosts.traffic]) {
      sum.receivedBytes += one.receivedBytes;
      sum.sentBytes += one.sentBytes;
    }
    return [sum.receivedBytes, sum.sentBytes, 0];
  },
};

export const connectionMetrics: MetricGroup = {
  family: 'connection_metrics',
  metrics: [
    counter(
      'connection_incoming_packets_total',
      'Total number of packets received on a connection',
    ),
    counter('connection_outgoing_packets_total', 'Total number of packets sent on a connection'),
    gauge('connection_pending_packets', 'Number of packets waiting to be sent on a connection'),
    gauge('connection_channels', 'Channels on a connection'),
  ],
  rows: (node) =>
    connectionRows(node, ({ receivedCount, outgoing, channels }) => [
      receivedCount,
      outgoing.sentCount,
      outgoing.isCongested ? 1 : 0,
      channels.count,
    ]),
};

type IsMeant = (vhost: string) => boolean;

function* channels({ broker }: AdminNode, isMeant: IsMeant): Generator<Channel> {
  for (const connection of broker.connections) {
    if (!isMeant(connection.vhost?.name ?? '')) continue;
    for (const channel of connection.channels.all()) if (!channel.isClosing) yield channel;
  }
}

export const channelMetrics: MetricGroup = {
  family: 'channel_metrics',
  metrics: [
    gauge('channel_consumers', 'Consumers on a channel'),
    gauge('channel_messages_unacked', 'Delivered but not yet acknowledged messages'),
    gauge('channel_messages_unconfirmed', 'Published but not yet confirmed messages'),
    gauge(
      'channel_messages_uncommitted',
      'Messages received in a transaction but not yet committed',
    ),
    gauge(
      'channel_acks_uncommitted',
      'Message acknowledgements in a transaction not yet committed',
    ),
    gauge('consumer_prefetch', 'Limit of unacknowledged messages for each consumer'),
    gauge(
      'channel_prefetch',
      'Total limit of unacknowledged messages for all consumers on a channel',
    ),
  ],
  *rows(node, isMeant) {
    for (const channel of channels(node, isMeant)) {
      const { confirms, transaction, consumers, unacked } = channel;
      const values = [
        consumers.size,
        unacked.count,
        confirms?.unconfirmedCount ?? 0,
        transaction?.publishCount ?? 0,
        transaction?.settleCount ?? 0,
        channel.prefetchCount,
        channel.globalPrefetchCount,
      ];
      yield { labels: { channel: channelName(channel) }, values };
    }
  },
};

export const channelProcessMetrics: MetricGroup = {
  family: 'channel_process_metrics',
  metrics: [
    counter('channel_process_reductions_total', 'Total number of channel process reductions'),
  ],
  *rows(node, isMeant) {
    for (const channel of channels(node, isMeant)) {
      yield { labels: { channel: channelName(channel) }, values: [0] };
    }
  },
};

export const channelExchangeMetrics: MetricGroup = {
  family: 'channel_exchange_metrics',
  metrics: [
    counter(
      'channel_messages_published_total',
      'Total number of messages published into an exchange on a channel',
    ),
    counter(
      'channel_messages_confirmed_total',
      'Total number of messages published into an exchange and confirmed on the channel',
    ),
    counter(
      'channel_messages_unroutable_returned_total',
      'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    ),
    counter(
      'channel_messages_unroutable_dropped_total',
      'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    ),
  ],
  *rows(node, isMeant) {
    for (const channel of channels(node, isMeant)) {
      for (const use of channel.counts.exchangeUses) {
        const { vhostName, name } = use.exchange.resource;
        const labels = { channel: channelName(channel), vhost: vhostName, exchange: name };
        const { publish, confirm, returnUnroutable, dropUnroutable } = use;
        yield { labels, values: [publish, confirm, returnUnroutable, dropUnroutable] };
      }
    }
  },
  total: ({ broker }) => {
    const { counts } = totalsOf(broker.vhosts.all());
    counts.add(broker.counts.removedVhosts);
    const { publish, confirm, returnUnroutable, dropUnroutable } = counts.publishes;
    return [publish, confirm, returnUnroutable, dropUnroutable];
  },
};

export const channelQueueMetrics: MetricGroup = {
  family: 'channel_queue_metrics',
  metrics: [
    counter(
      'channel_get_ack_total',
      'Total number of messages fetched with basic.get in manual acknowledgement mode',
    ),
    counter(
      'channel_get_total',
      'Total number of messages fetched with basic.get in automatic acknowledgement mode',
    ),
    counter(
      'channel_messages_delivered_ack_total',
      'Total number of messages delivered to consumers in manual acknowledgement mode',
    ),
    counter(
      'channel_messages_delivered_total',
      'Total number of messages delivered to consumers in automatic acknowledgement mode',
    ),
    counter(
      'channel_messages_redelivered_total',
      'Total number of messages redelivered to consumers',
    ),
    counter('channel_messages_acked_total', 'Total number of messages acknowledged by consumers'),
    counter(
      'channel_get_empty_total',
      'Total number of times basic.get operations fetched no message',
    ),
  ],
  *rows(node, isMeant) {
    for (const channel of channels(node, isMeant)) {
      for (const use of channel.counts.queueUses) {
        const { vhostName, name } = use.queue.resource;
        const labels = { channel: channelName(channel), vhost: vhostName, queue: name };
        const { get, getNoAck, deliver, deliverNoAck, redeliver, ack, getEmpty } = use;
        const values = [get, getNoAck, deliver, deliverNoAck, redeliver, ack, getEmpty];
        yield { labels, values };
      }
    }
  },
  total: ({ broker }) => {
    const { counts } = totalsOf(broker.vhosts.all());
    counts.add(broker.counts.removedVhosts);
    const { get, getNoAck, deliver, deliverNoAck, redeliver, ack, getEmpty } = counts.deliveries;
    return [get, getNoAck, deliver, deliverNoAck, redeliver, ack, getEmpty];
  },
};
