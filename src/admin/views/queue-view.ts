// A queue as the API shows it.

import type { Broker } from '../../broker/broker.ts';
import { Connection } from '../../broker/connection/connection.ts';
import { Consumer } from '../../broker/connection/consumer.ts';
import type { Queue } from '../../broker/queue/queue.ts';
import {
  oldestMessageMs,
  type QueueStatistics,
  statisticsOf,
} from '../../broker/queue/queue-statistics.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';
import {
  DELIVERY_COLUMNS,
  deliveryValues,
  QUEUE_COLUMNS,
  SOURCE_COLUMNS,
} from '../statistics/message-stats.ts';
import { NO_RANGES, type SampleRanges } from '../statistics/sample-ranges.ts';
import type { Samples } from '../statistics/samples.ts';
import { queueValues } from '../statistics/statistics.ts';
import { rfc3339 } from '../time-text.ts';
import { channelDetails, consumerView } from './channel-view.ts';
import { GARBAGE_COLLECTION, NO_REDUCTIONS } from './erlang-fields.ts';

/** A queue shows when it was last active once it was idle for so long. */
const IDLE_AFTER_MS = 10_000;

/** What is cheap to say, as RabbitMQ says it with `disable_stats`. */
export function plainQueueView(broker: Broker, queue: Queue): View {
  return {
    name: queue.name,
    vhost: queue.vhostName,
    node: broker.settings.nodeName,
    type: queue.type.name,
    state: 'running',
    durable: queue.isDurable,
    auto_delete: queue.isAutoDelete,
    exclusive: queue.exclusiveOwner !== undefined,
    arguments: jsonOfTable(queue.arguments),
  };
}

export function queueTotalsView(queue: Queue): View {
  return {
    messages: queue.readyCount + queue.unackedCount,
    messages_ready: queue.readyCount,
    messages_unacknowledged: queue.unackedCount,
  };
}

export function queueView(
  broker: Broker,
  samples: Samples,
  queue: Queue,
  ranges: SampleRanges = NO_RANGES,
): View {
  const { policies } = queue;
  const statistics = statisticsOf(queue);
  const stats: Record<string, unknown> = { ...NO_DISK_STATS };
  const values = queueValues(queue);
  const view: Record<string, unknown> = {
    ...plainQueueView(broker, queue),
    policy: policies.policy ?? null,
    operator_policy: policies.operatorPolicy ?? null,
    effective_policy_definition: Object.fromEntries(policies.definition),
    consumers: queue.consumerCount,
    ...consumersView(queue),
    ...idleView(broker, samples, queue),
    ...lengthsView(statistics),
    ...(queue.type.isReplicated ? replicatedView(broker, queue) : classicView(queue, statistics)),
    head_message_timestamp: null,
    oldest_message_age_ms: ageOf(broker, queue),
    delivery_limit: 0,
    storage_version: 2,
    internal: false,
    internal_owner: null,
    ...NO_REDUCTIONS,
    garbage_collection: GARBAGE_COLLECTION,
    message_stats: stats,
  };
  samples.describe(view, queue, QUEUE_COLUMNS, values, 'lengths', ranges);
  samples.describe(stats, queue, QUEUE_COLUMNS, values, 'msg_rates', ranges);
  return view;
}

/** With its consumers, where its messages came from, and which channels got them. */
export function detailedQueueView(
  broker: Broker,
  samples: Samples,
  queue: Queue,
  ranges: SampleRanges,
): View {
  const { counts, exclusiveOwner: owner } = queue;
  return {
    ...queueView(broker, samples, queue, ranges),
    ...(owner instanceof Connection && { owner_pid_details: ownerView(owner) }),
    consumer_details: consumersOf(queue).map((consumer) => consumerView(broker, consumer)),
    incoming: counts.sources.map((source) => {
      const { vhostName, name } = source.exchange.resource;
      const stats: Record<string, unknown> = {};
      samples.describe(stats, source, SOURCE_COLUMNS, [source.publish], 'msg_rates', ranges);
      return { exchange: { name, vhost: vhostName }, stats };
    }),
    deliveries: Array.from(counts.uses, (use) => {
      const stats: Record<string, unknown> = {};
      samples.describe(stats, use, DELIVERY_COLUMNS, deliveryValues(use), 'msg_rates', ranges);
      return { channel_details: channelDetails(broker, use.channel), stats };
    }),
  };
}

export function consumersOf(queue: Queue): Consumer[] {
  return queue.consumers.filter((one): one is Consumer => one instanceof Consumer);
}

function ownerView({ name, transport }: Connection): View {
  return { name, peer_host: transport.remoteAddress, peer_port: transport.remotePort };
}

const NO_DISK_STATS = {
  disk_reads: 0,
  disk_reads_details: { rate: 0 },
  disk_writes: 0,
  disk_writes_details: { rate: 0 },
};

/** Right within a tick of the statistics; 0 when there is none. */
function ageOf(broker: Broker, queue: Queue): number {
  const nowMs = broker.clock.nowMs();
  return Math.max(0, Math.round(nowMs - (oldestMessageMs(queue, nowMs) ?? nowMs)));
}

function consumersView(queue: Queue): View {
  const utilisation = utilisationOf(queue);
  const [first] = queue.consumers;
  const single = queue.settings.isSingleActiveConsumer
    ? queue.consumers.find((consumer) => queue.isActive(consumer))
    : undefined;
  return {
    consumer_utilisation: utilisation,
    consumer_capacity: utilisation,
    exclusive_consumer_tag: first?.isExclusive === true ? first.consumerTag : null,
    single_active_consumer_tag: single?.consumerTag ?? null,
    ...(queue.type.isReplicated && { single_active_consumer_ctag: single?.consumerTag ?? null }),
  };
}

/** Whether its consumers could take a message at once: less than 1 when they are what it waits for. */
function utilisationOf(queue: Queue): number {
  if (queue.consumerCount === 0) return 0;
  if (queue.readyCount === 0) return 1;
  const free = queue.consumers.filter((consumer) => consumer.canTake()).length;
  return free / queue.consumerCount;
}

function idleView(broker: Broker, samples: Samples, queue: Queue): View {
  const changedMs = samples.changedMs(queue) ?? samples.startedMs;
  const isIdle = broker.clock.wallMs() - changedMs > IDLE_AFTER_MS;
  return isIdle ? { idle_since: rfc3339(changedMs) } : {};
}

function lengthsView(held: QueueStatistics): View {
  const { ready, unacked, bytes, unackedBytes, pagedOut, pagedOutBytes } = held;
  return {
    messages_persistent: held.persistent,
    messages_ram: ready + unacked - pagedOut,
    messages_ready_ram: ready - pagedOut,
    messages_unacknowledged_ram: unacked,
    messages_paged_out: pagedOut,
    message_bytes: bytes,
    message_bytes_ready: bytes - unackedBytes,
    message_bytes_unacknowledged: unackedBytes,
    message_bytes_ram: bytes - pagedOutBytes,
    message_bytes_persistent: held.persistentBytes,
    message_bytes_paged_out: pagedOutBytes,
    memory: held.memoryBytes,
  };
}

function replicatedView(broker: Broker, { undelivered }: Queue): View {
  const { nodeName } = broker.settings;
  return {
    leader: nodeName,
    members: [nodeName],
    online: [nodeName],
    open_files: { [nodeName]: 0 },
    messages_dlx: undelivered?.count ?? 0,
    message_bytes_dlx: undelivered?.bodyBytes ?? 0,
  };
}

/** What RabbitMQ says of the layout of its classic queues, as far as it has a meaning here. */
function classicView(queue: Queue, { ready, publish }: QueueStatistics): View {
  const priorities = queue.lanes.map(({ level, messages }) => [level, messages.readyCount]);
  return {
    recoverable_slaves: null,
    backing_queue_status: {
      mode: 'default',
      version: 2,
      q1: 0,
      q2: 0,
      q3: 0,
      q4: ready,
      delta: ['delta', 'undefined', 0, 0, 'undefined'],
      len: ready,
      target_ram_count: 'infinity',
      next_seq_id: publish,
      next_deliver_seq_id: publish - ready,
      avg_ingress_rate: 0,
      avg_egress_rate: 0,
      avg_ack_ingress_rate: 0,
      avg_ack_egress_rate: 0,
      ...(queue.settings.maxPriority !== undefined && {
        priority_lengths: Object.fromEntries(priorities),
      }),
    },
  };
}
