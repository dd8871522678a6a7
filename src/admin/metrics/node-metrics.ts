// Metrics of the node: RabbitMQ's names and texts. What only Erlang has stays 0.

import type { AdminNode } from '../admin-node.ts';
import { clusterName } from '../cluster.ts';
import { CLUSTER_ID } from '../global-parameters.ts';
import { churnValues, processCount } from '../statistics/node-stats.ts';
import { counter, gauge, type MetricGroup, single, untyped } from './metric-group.ts';

export const alarmMetrics = single(
  undefined,
  [
    untyped('alarms_file_descriptor_limit', 'is 1 if file descriptor limit alarm is in effect'),
    untyped(
      'alarms_free_disk_space_watermark',
      'is 1 if free disk space watermark alarm is in effect',
    ),
    untyped('alarms_memory_used_watermark', 'is 1 if VM memory watermark alarm is in effect'),
  ],
  ({ broker: { alarms } }) => [
    0,
    Number(alarms.includes('low on disk')),
    Number(alarms.includes('low on memory')),
  ],
);

export const churnMetrics = single(
  'connection_churn_metrics',
  [
    counter('connections_opened_total', 'Total number of connections opened'),
    counter('connections_closed_total', 'Total number of connections closed or terminated'),
    counter('channels_opened_total', 'Total number of channels opened'),
    counter('channels_closed_total', 'Total number of channels closed'),
    counter('queues_declared_total', 'Total number of queues declared'),
    counter('queues_created_total', 'Total number of queues created'),
    counter('queues_deleted_total', 'Total number of queues deleted'),
  ],
  ({ broker }) => churnValues(broker),
);

export const nodeCoarseMetrics = single(
  'node_coarse_metrics',
  [
    gauge('process_open_fds', 'Open file descriptors'),
    gauge('process_open_tcp_sockets', 'Open TCP sockets'),
    gauge('process_resident_memory_bytes', 'Memory used in bytes'),
    gauge('disk_space_available_bytes', 'Disk space available in bytes'),
    gauge('erlang_processes_used', 'Erlang processes used'),
    counter('erlang_gc_runs_total', 'Total number of Erlang garbage collector runs'),
    counter(
      'erlang_gc_reclaimed_bytes_total',
      'Total number of bytes of memory reclaimed by Erlang garbage collector',
    ),
    counter(
      'erlang_scheduler_context_switches_total',
      'Total number of Erlang scheduler context switches',
    ),
  ],
  ({ broker, readings }) => [
    readings.fileDescriptorsUsed,
    broker.openConnectionCount,
    readings.memoryUsedBytes,
    readings.diskFreeBytes,
    processCount(broker),
    readings.garbageCollections,
    0,
    readings.contextSwitches,
  ],
);

const PROCESSES_MAX = 1_048_576;
const NET_TICK_SECONDS = 60;

export const nodeMetrics = single(
  'node_metrics',
  [
    gauge('process_max_fds', 'Open file descriptors limit'),
    gauge('process_max_tcp_sockets', 'Open TCP sockets limit'),
    gauge('resident_memory_limit_bytes', 'Memory high watermark in bytes'),
    gauge('disk_space_available_limit_bytes', 'Free disk space low watermark in bytes'),
    gauge('erlang_processes_limit', 'Erlang processes limit'),
    gauge('erlang_scheduler_run_queue', 'Erlang scheduler run queue'),
    gauge('erlang_net_ticktime_seconds', 'Inter-node heartbeat interval'),
    gauge('erlang_uptime_seconds', 'Node uptime'),
  ],
  ({ broker, readings }) => [
    readings.fileDescriptorsMax,
    Math.min(broker.settings.connectionMax, readings.fileDescriptorsMax),
    Math.floor(readings.memoryLimitBytes),
    Math.floor(readings.diskFreeLimitBytes),
    PROCESSES_MAX,
    0,
    NET_TICK_SECONDS,
    readings.uptimeMs / 1000,
  ],
);

/** A commit is one write and one flush of the store. */
export const persisterMetrics = single(
  'node_persister_metrics',
  [
    counter('io_read_ops_total', 'Total number of I/O read operations'),
    counter('io_read_bytes_total', 'Total number of I/O bytes read'),
    counter('io_write_ops_total', 'Total number of I/O write operations'),
    counter('io_write_bytes_total', 'Total number of I/O bytes written'),
    counter('io_sync_ops_total', 'Total number of I/O sync operations'),
    counter('io_seek_ops_total', 'Total number of I/O seek operations'),
    counter('io_reopen_ops_total', 'Total number of times files have been reopened'),
    counter('schema_db_ram_tx_total', 'Total number of Schema DB memory transactions'),
    counter('schema_db_disk_tx_total', 'Total number of Schema DB disk transactions'),
    counter('msg_store_read_total', 'Total number of Message Store read operations'),
    counter('msg_store_write_total', 'Total number of Message Store write operations'),
    counter('queue_index_read_ops_total', 'Total number of Queue Index read operations'),
    counter('queue_index_write_ops_total', 'Total number of Queue Index write operations'),
    counter('io_read_time_seconds_total', 'Total I/O read time'),
    counter('io_write_time_seconds_total', 'Total I/O write time'),
    counter('io_sync_time_seconds_total', 'Total I/O sync time'),
    counter('io_seek_time_seconds_total', 'Total I/O seek time'),
  ],
  ({ broker: { turn } }) => [
    ...[0, 0, turn.commitCount, turn.journalBytes, turn.commitCount],
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0],
    0,
    turn.commitSeconds.sum,
    0,
  ],
);

export const loginMetrics: MetricGroup = {
  family: 'auth_attempt_metrics',
  isLabelled: true,
  metrics: [
    counter('auth_attempts_total', 'Total number of authorization attempts'),
    counter('auth_attempts_succeeded_total', 'Total number of successful authentication attempts'),
    counter('auth_attempts_failed_total', 'Total number of failed authentication attempts'),
  ],
  *rows({ users }) {
    for (const [protocol, { attempts, failed }] of Object.entries(users.logins.counts)) {
      yield { labels: { protocol }, values: [attempts, attempts - failed, failed] };
    }
  },
};

export const totalsMetrics = single(
  undefined,
  [
    gauge('connections', 'Connections currently open'),
    gauge('channels', 'Channels currently open'),
    gauge('consumers', 'Consumers currently connected'),
    gauge('queues', 'Queues available'),
  ],
  ({ broker }) => {
    let [channels, consumers, queues] = [0, 0, 0];
    for (const connection of broker.connections) channels += connection.channels.count;
    for (const vhost of broker.vhosts.all()) {
      queues += vhost.queues.size;
      for (const queue of vhost.queues.values()) consumers += queue.consumerCount;
    }
    return [broker.openConnectionCount, channels, consumers, queues];
  },
);

export const buildMetrics: MetricGroup = {
  isLabelled: true,
  metrics: [untyped('build_info', 'RabbitMQ & Erlang/OTP version info')],
  *rows({ facts, readings }) {
    const labels = {
      rabbitmq_version: facts.rabbitmqVersion,
      prometheus_plugin_version: facts.rabbitmqVersion,
      prometheus_client_version: facts.productVersion,
      erlang_version: `Node.js ${readings.runtimeVersion}`,
      product_name: facts.productName,
      product_version: facts.productVersion,
    };
    yield { labels, values: [1] };
  },
};

/** Dashboards join everything on it: exactly one. `endpoint` is the kind of the answer. */
export function identityMetrics(endpoint: string): MetricGroup {
  return {
    isLabelled: true,
    metrics: [untyped('identity_info', 'RabbitMQ node & cluster identity info')],
    *rows(node: AdminNode) {
      const { nodeName } = node.broker.settings;
      const labels = {
        rabbitmq_node: nodeName,
        rabbitmq_cluster: clusterName(node),
        rabbitmq_cluster_permanent_id: node.globalParameters.text(CLUSTER_ID) ?? '',
        rabbitmq_endpoint: endpoint,
      };
      yield { labels, values: [1] };
    },
  };
}

export const vhostStatus: MetricGroup = {
  family: 'vhost_status',
  isLabelled: true,
  metrics: [gauge('vhost_status', 'Whether a given vhost is running')],
  *rows({ broker }, isMeant) {
    for (const { name } of broker.vhosts.all()) {
      if (isMeant(name)) yield { labels: { vhost: name }, values: [1] };
    }
  },
};

export const exchangeNames: MetricGroup = {
  family: 'exchange_names',
  isLabelled: true,
  metrics: [
    gauge(
      'exchange_name',
      'Enumerates exchanges without any additional info. This value is cluster-wide. A cheaper alternative to `exchange_bindings`',
    ),
  ],
  *rows({ broker }, isMeant) {
    for (const { name: vhost, exchanges } of broker.vhosts.all()) {
      if (!isMeant(vhost)) continue;
      for (const { name, type } of exchanges.values()) {
        yield { labels: { vhost, exchange: name, type }, values: [1] };
      }
    }
  },
};

export const exchangeBindings: MetricGroup = {
  family: 'exchange_bindings',
  isLabelled: true,
  metrics: [
    gauge('exchange_bindings', 'Number of bindings for an exchange. This value is cluster-wide.'),
  ],
  *rows({ broker }, isMeant) {
    for (const { name: vhost, exchanges, queues } of broker.vhosts.all()) {
      if (!isMeant(vhost)) continue;
      for (const { name, type, bindings } of exchanges.values()) {
        const count = name === '' ? queues.size : bindings.size;
        yield { labels: { vhost, exchange: name, type }, values: [count] };
      }
    }
  },
};

/** Without RabbitMQ's prefix: a name that all of Prometheus' clients share. */
export const processMetrics = single(
  undefined,
  [gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.')],
  ({ readings }) => [Math.floor(readings.processStartedMs / 1000)],
);
