// The node as the API shows it. It calls itself as RabbitMQ's nodes do, because tools look it up so.

import { EXCHANGE_TYPES } from '../../broker/exchange/exchange-types.ts';
import type { AdminNode } from '../admin-node.ts';
import type { View } from '../columns.ts';
import {
  CHURN_COLUMNS,
  churnValues,
  NODE_COLUMNS,
  nodeValues,
  processCount,
} from '../statistics/node-stats.ts';
import { NO_RANGES, type SampleRanges } from '../statistics/sample-ranges.ts';

/** RabbitMQ's default; what counts as a process here has no bound of its own. */
const PROCESSES_MAX = 1_048_576;

export function nodeView(node: AdminNode, ranges: SampleRanges = NO_RANGES): View {
  const { broker, facts, readings, statistics } = node;
  const { nodeName, connectionMax } = broker.settings;
  const view: Record<string, unknown> = {
    name: nodeName,
    type: 'disc',
    running: true,
    being_drained: false,
    os_pid: String(readings.processId),
    uptime: readings.uptimeMs,
    run_queue: 0,
    processors: readings.processorCount,
    rates_mode: 'detailed',
    net_ticktime: 60,
    partitions: [],
    cluster_links: [],
    config_files: [],
    log_files: ['<stdout>'],
    db_dir: readings.directory,
    enabled_plugins: ['rabbitmq_management', 'rabbitmq_prometheus'],
    applications: [
      {
        name: facts.productName.toLowerCase(),
        description: facts.productName,
        version: facts.productVersion,
      },
    ],
    rabbitmq_version: facts.rabbitmqVersion,
    ...erlangVersions(node),
    ...limitsView(node, connectionMax),
    proc_total: Math.max(PROCESSES_MAX, processCount(broker)),
    exchange_types: exchangeTypes(),
    auth_mechanisms: AUTH_MECHANISMS,
    contexts: contextsView(node),
    metrics_gc_queue_length: METRICS_QUEUES,
    ra_open_file_metrics: { ra_log_wal: 0, ra_log_segment_writer: 0 },
  };
  const values = nodeValues(broker, readings);
  const { samples } = statistics;
  samples.describe(view, statistics.node, NODE_COLUMNS, values, 'node_stats', ranges);
  const { node_stats: range } = ranges;
  const churnRanges = range === undefined ? NO_RANGES : { msg_rates: range };
  const churn = churnValues(broker);
  samples.describe(view, statistics.churn, CHURN_COLUMNS, churn, 'msg_rates', churnRanges);
  return view;
}

function limitsView({ broker, readings }: AdminNode, connectionMax: number): View {
  return {
    mem_limit: Math.floor(readings.memoryLimitBytes),
    mem_alarm: broker.alarms.includes('low on memory'),
    mem_calculation_strategy: 'rss',
    disk_free_limit: Math.floor(readings.diskFreeLimitBytes),
    disk_free_alarm: broker.alarms.includes('low on disk'),
    fd_total: readings.fileDescriptorsMax,
    sockets_total: Math.min(connectionMax, readings.fileDescriptorsMax),
  };
}

/** Dashboards join on these; what runs the node is not Erlang. */
export function erlangVersions({ readings }: AdminNode): View {
  return {
    erlang_version: `Node.js ${readings.runtimeVersion}`,
    erlang_full_version: `Node.js ${readings.runtimeVersion}`,
    crypto_lib_version: `Node.js ${readings.runtimeVersion}`,
  };
}

export function exchangeTypes(): View[] {
  return Array.from(EXCHANGE_TYPES.keys(), (name) => ({
    name,
    description: DESCRIPTIONS[name] ?? `Exchange type ${name}`,
    enabled: true,
  }));
}

/** RabbitMQ's texts for the types of the protocol. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  direct: 'AMQP direct exchange, as per the AMQP specification',
  fanout: 'AMQP fanout exchange, as per the AMQP specification',
  headers: 'AMQP headers exchange, as per the AMQP specification',
  topic: 'AMQP topic exchange, as per the AMQP specification',
};

const AUTH_MECHANISMS = [
  { name: 'PLAIN', description: 'SASL PLAIN authentication mechanism', enabled: true },
  { name: 'AMQPLAIN', description: 'QPid AMQPLAIN mechanism', enabled: true },
];

const METRICS_QUEUES = {
  connection_closed: 0,
  channel_closed: 0,
  consumer_deleted: 0,
  exchange_deleted: 0,
  queue_deleted: 0,
  vhost_deleted: 0,
  node_node_deleted: 0,
  channel_consumer_deleted: 0,
};

export function listenersView({ broker, facts }: AdminNode): View[] {
  return facts.listeners().map(({ protocol, host, port }) => ({
    node: broker.settings.nodeName,
    protocol,
    ip_address: host,
    port,
    tls: false,
    socket_opts: {},
  }));
}

/** Where HTTP is spoken. */
export function contextsView({ broker, facts }: AdminNode): View[] {
  return facts
    .listeners()
    .filter(({ protocol }) => protocol.startsWith('http'))
    .map(({ protocol, host, port }) => ({
      node: broker.settings.nodeName,
      description: protocol === 'http' ? 'RabbitMQ Management' : 'RabbitMQ Prometheus',
      path: '/',
      port: String(port),
      ip: host,
      protocol,
      cowboy_opts: '[]',
      ssl_opts: {},
    }));
}
