// The numbers of `message_stats` in RabbitMQ's names, as columns of samples and as they are read.

import type { DeliveryCounts, PublishCounts } from '../../broker/metrics/message-counts.ts';
import { type Column, columnsOf } from './samples.ts';

export const PUBLISH_NAMES = ['publish', 'confirm', 'return_unroutable', 'drop_unroutable'];

export const DELIVERY_NAMES = [
  'deliver_get',
  'deliver',
  'deliver_no_ack',
  'get',
  'get_no_ack',
  'get_empty',
  'redeliver',
  'ack',
];

/** Messages that were read from the disk, and written to it. */
export const DISK_NAMES = ['disk_reads', 'disk_writes'];

export const LENGTH_NAMES = ['messages', 'messages_ready', 'messages_unacknowledged'];

const messageRates = (names: readonly string[]) => columnsOf('msg_rates', names);

export const PUBLISH_COLUMNS: readonly Column[] = messageRates(PUBLISH_NAMES);
export const DELIVERY_COLUMNS: readonly Column[] = messageRates(DELIVERY_NAMES);
export const CHANNEL_COLUMNS = [...PUBLISH_COLUMNS, ...DELIVERY_COLUMNS];
/** A queue's `publish` counts every copy that it got, dead letters too. */
export const QUEUE_COLUMNS: readonly Column[] = [
  ...columnsOf('lengths', LENGTH_NAMES),
  ...messageRates(['publish']),
  ...DELIVERY_COLUMNS,
];
export const EXCHANGE_COLUMNS = messageRates(['publish_in', 'publish_out']);
/** What a queue got from an exchange. */
export const SOURCE_COLUMNS = messageRates(['publish']);

export function publishValues(counts: PublishCounts): number[] {
  return [counts.publish, counts.confirm, counts.returnUnroutable, counts.dropUnroutable];
}

export function deliveryValues(counts: DeliveryCounts): number[] {
  return [
    counts.deliverGet,
    counts.deliver,
    counts.deliverNoAck,
    counts.get,
    counts.getNoAck,
    counts.getEmpty,
    counts.redeliver,
    counts.ack,
  ];
}
