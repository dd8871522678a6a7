// The numbers of a node that are sampled: RabbitMQ's names. What only Erlang has stays 0.

import type { Broker } from '../../broker/broker.ts';
import type { NodeReadings } from '../readings.ts';
import { columnsOf } from './samples.ts';

export const CHURN_COLUMNS = columnsOf('msg_rates', [
  'connection_created',
  'connection_closed',
  'channel_created',
  'channel_closed',
  'queue_declared',
  'queue_created',
  'queue_deleted',
]);

/** Of Mnesia, of RabbitMQ's message store, and of its file handles: there is none of these here. */
const ABSENT_NAMES = [
  'gc_bytes_reclaimed',
  'io_read_count',
  'io_read_bytes',
  'io_read_avg_time',
  'io_write_avg_time',
  'io_seek_count',
  'io_seek_avg_time',
  'io_reopen_count',
  'mnesia_ram_tx_count',
  'mnesia_disk_tx_count',
  'msg_store_read_count',
  'msg_store_write_count',
  'queue_index_read_count',
  'queue_index_write_count',
];

export const NODE_COLUMNS = columnsOf('node_stats', [
  'mem_used',
  'fd_used',
  'sockets_used',
  'proc_used',
  'disk_free',
  'gc_num',
  'context_switches',
  'io_write_count',
  'io_write_bytes',
  'io_sync_count',
  'io_sync_avg_time',
  ...ABSENT_NAMES,
]);

/** In the order of NODE_COLUMNS. */
export function nodeValues(broker: Broker, readings: NodeReadings): number[] {
  const { turn } = broker;
  return [
    readings.memoryUsedBytes,
    readings.fileDescriptorsUsed,
    broker.openConnectionCount,
    processCount(broker),
    readings.diskFreeBytes,
    readings.garbageCollections,
    readings.contextSwitches,
    turn.commitCount,
    turn.journalBytes,
    turn.commitCount,
    turn.commitCount === 0 ? 0 : (turn.commitSeconds.sum * 1000) / turn.commitCount,
    ...ABSENT_NAMES.map(() => 0),
  ];
}

/** In the order of CHURN_COLUMNS. */
export function churnValues({ counts: { churn } }: Broker): number[] {
  return [
    churn.connectionsCreated,
    churn.connectionsClosed,
    churn.channelsCreated,
    churn.channelsClosed,
    churn.queuesDeclared,
    churn.queuesCreated,
    churn.queuesDeleted,
  ];
}

/** What is a process in RabbitMQ, and the node itself: watchers take a 0 for a number that is missing. */
export function processCount(broker: Broker): number {
  let count = 1 + broker.openConnectionCount;
  for (const connection of broker.connections) count += connection.channels.count;
  for (const vhost of broker.vhosts.all()) count += vhost.queues.size;
  return count;
}
