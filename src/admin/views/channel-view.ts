// A channel and a consumer as the API shows them.

import type { Broker } from '../../broker/broker.ts';
import type { Channel } from '../../broker/connection/channel.ts';
import type { Consumer } from '../../broker/connection/consumer.ts';
import type { ChannelCounts } from '../../broker/metrics/resource-counts.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';
import {
  CHANNEL_COLUMNS,
  DELIVERY_COLUMNS,
  deliveryValues,
  PUBLISH_COLUMNS,
  publishValues,
} from '../statistics/message-stats.ts';
import { NO_RANGES, type SampleRanges } from '../statistics/sample-ranges.ts';
import type { Samples } from '../statistics/samples.ts';
import { rfc3339 } from '../time-text.ts';
import { GARBAGE_COLLECTION, NO_REDUCTIONS } from './erlang-fields.ts';

/** A channel shows when it was last active once it was idle for so long. */
const IDLE_AFTER_MS = 10_000;

export function channelName({ connection, number }: Channel): string {
  return `${connection.name} (${number})`;
}

export function channelView(
  broker: Broker,
  samples: Samples,
  channel: Channel,
  ranges: SampleRanges = NO_RANGES,
): View {
  const { connection, counts, confirms, transaction } = channel;
  const { name, transport } = connection;
  const stats: Record<string, unknown> = {};
  const values = [...publishValues(counts.publishes), ...deliveryValues(counts.deliveries)];
  samples.describe(stats, counts, CHANNEL_COLUMNS, values, 'msg_rates', ranges);
  const changedMs = samples.changedMs(counts) ?? connection.connectedAtMs;
  const idleMs = broker.clock.wallMs() - changedMs;
  return {
    name: channelName(channel),
    number: channel.number,
    node: broker.settings.nodeName,
    vhost: channel.vhost.name,
    user: connection.user?.name ?? '',
    user_who_performed_action: connection.user?.name ?? '',
    connection_details: {
      name,
      peer_host: transport.remoteAddress,
      peer_port: transport.remotePort,
    },
    state: connection.flow.isThrottled ? 'flow' : 'running',
    consumer_count: channel.consumers.size,
    confirm: confirms !== undefined,
    transactional: transaction !== undefined,
    prefetch_count: channel.prefetchCount,
    global_prefetch_count: channel.globalPrefetchCount,
    messages_unacknowledged: channel.unacked.count,
    messages_unconfirmed: confirms?.unconfirmedCount ?? 0,
    messages_uncommitted: transaction?.publishCount ?? 0,
    acks_uncommitted: transaction?.settleCount ?? 0,
    pending_raft_commands: 0,
    ...(idleMs > IDLE_AFTER_MS && { idle_since: rfc3339(changedMs) }),
    ...NO_REDUCTIONS,
    garbage_collection: GARBAGE_COLLECTION,
    message_stats: stats,
  };
}

/** With its consumers, and what it did with each exchange and queue. */
export function detailedChannelView(
  broker: Broker,
  samples: Samples,
  channel: Channel,
  ranges: SampleRanges,
): View {
  return {
    ...channelView(broker, samples, channel, ranges),
    consumer_details: Array.from(channel.consumers.values(), (one) => consumerView(broker, one)),
    publishes: Array.from(channel.counts.exchangeUses, (use) => {
      const { vhostName, name } = use.exchange.resource;
      const stats: Record<string, unknown> = {};
      samples.describe(stats, use, PUBLISH_COLUMNS, publishValues(use), 'msg_rates', ranges);
      return { exchange: { name, vhost: vhostName }, stats };
    }),
    deliveries: Array.from(channel.counts.queueUses, (use) => {
      const { vhostName, name } = use.queue.resource;
      const stats: Record<string, unknown> = {};
      samples.describe(stats, use, DELIVERY_COLUMNS, deliveryValues(use), 'msg_rates', ranges);
      return { queue: { name, vhost: vhostName }, stats };
    }),
  };
}

/** A channel as consumers, queues and exchanges name it. */
export function channelDetails(broker: Broker, { channel }: ChannelCounts): View {
  const { number, connection } = channel;
  return {
    connection_name: connection.name,
    name: `${connection.name} (${number})`,
    node: broker.settings.nodeName,
    number,
    peer_host: connection.transport.remoteAddress,
    peer_port: connection.transport.remotePort,
    user: connection.user?.name ?? '',
  };
}

export function consumerView(broker: Broker, consumer: Consumer): View {
  const { queue } = consumer;
  const isActive = queue?.isActive(consumer) ?? true;
  const isSingle = queue?.settings.isSingleActiveConsumer === true;
  return {
    consumer_tag: consumer.consumerTag,
    queue: { name: queue?.name ?? '', vhost: consumer.channel.vhost.name },
    channel_details: channelDetails(broker, consumer.channel.counts),
    ack_required: !consumer.isNoAck,
    exclusive: consumer.isExclusive,
    prefetch_count: consumer.prefetchCount,
    active: isActive,
    activity_status: activityOf(isSingle, isActive),
    arguments: jsonOfTable(consumer.arguments),
    // 0: for ever.
    consumer_timeout: Number.isFinite(consumer.consumerTimeoutMs) ? consumer.consumerTimeoutMs : 0,
  };
}

function activityOf(isSingle: boolean, isActive: boolean): string {
  if (!isSingle) return 'up';
  return isActive ? 'single_active' : 'waiting';
}
