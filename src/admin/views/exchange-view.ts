// An exchange as the API shows it.

import type { Broker } from '../../broker/broker.ts';
import type { Exchange } from '../../broker/exchange/exchange.ts';
import type { VirtualHost } from '../../broker/vhost/vhost.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';
import {
  EXCHANGE_COLUMNS,
  PUBLISH_COLUMNS,
  publishValues,
  SOURCE_COLUMNS,
} from '../statistics/message-stats.ts';
import { NO_RANGES, type SampleRanges } from '../statistics/sample-ranges.ts';
import type { Samples } from '../statistics/samples.ts';
import { exchangeValues } from '../statistics/statistics.ts';
import { channelDetails } from './channel-view.ts';

/** RabbitMQ's name for whoever made what is there from the beginning. */
const INTERNAL_USER = 'rmq-internal';

export function exchangeView(
  samples: Samples,
  exchange: Exchange,
  ranges: SampleRanges = NO_RANGES,
): View {
  const { policies } = exchange;
  const stats: Record<string, unknown> = {};
  const values = exchangeValues(exchange);
  samples.describe(stats, exchange, EXCHANGE_COLUMNS, values, 'msg_rates', ranges);
  return {
    name: exchange.name,
    vhost: exchange.vhostName,
    type: exchange.type,
    durable: exchange.isDurable,
    auto_delete: exchange.isAutoDelete,
    internal: exchange.isInternal,
    arguments: jsonOfTable(exchange.arguments),
    ...(policies.policy !== undefined && { policy: policies.policy }),
    user_who_performed_action: INTERNAL_USER,
    message_stats: stats,
  };
}

/** With the channels that publish to it, and the queues that got something. */
export function detailedExchangeView(
  broker: Broker,
  samples: Samples,
  vhost: VirtualHost,
  exchange: Exchange,
  ranges: SampleRanges,
): View {
  vhost.routeCache.settleCounts();
  const outgoing: View[] = [];
  for (const { name, vhostName, counts } of vhost.queues.values()) {
    const source = counts.sources.find((one) => one.exchange === exchange.counts);
    if (source === undefined) continue;
    const stats: Record<string, unknown> = {};
    samples.describe(stats, source, SOURCE_COLUMNS, [source.publish], 'msg_rates', ranges);
    outgoing.push({ queue: { name, vhost: vhostName }, stats });
  }
  const incoming = Array.from(exchange.counts.uses, (use) => {
    const stats: Record<string, unknown> = {};
    samples.describe(stats, use, PUBLISH_COLUMNS, publishValues(use), 'msg_rates', ranges);
    return { channel_details: channelDetails(broker, use.channel), stats };
  });
  return { ...exchangeView(samples, exchange, ranges), incoming, outgoing };
}
