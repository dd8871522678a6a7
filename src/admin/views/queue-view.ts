// A queue as the API shows it.

import type { Broker } from '../../broker/broker.ts';
import { Connection } from '../../broker/connection/connection.ts';
import { Consumer } from '../../broker/connection/consumer.ts';
import { contentOfRecord } from '../../broker/message/record-content.ts';
import type { Queue } from '../../broker/queue/queue.ts';
import {
  headRecord,
  oldestMessageMs,
  type QueueStatistics,
  statisticsOf,
} from '../../broker/queue/queue-statistics.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';
import { DELIVERY_COLUMNS, deliveryValues, SOURCE_COLUMNS } from '../statistics/message-stats.ts';
import { NO_RANGES, type SampleRanges } from '../statistics/sample-ranges.ts';
import type { DetailsReader, Samples } from '../statistics/samples.ts';
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
  const { policies, readyCount, unackedCount } = queue;
  const held = statisticsOf(queue);
  const details = samples.reader(queue, ranges);
  const utilisation = utilisationOf(queue);
  // One literal: ten thousand of these are made at once.
  const view: Record<string, unknown> = {
    name: queue.name,
    vhost: queue.vhostName,
    node: broker.settings.nodeName,
    type: queue.type.name,
    state: 'running',
    durable: queue.isDurable,
    auto_delete: queue.isAutoDelete,
    exclusive: queue.exclusiveOwner !== undefined,
    arguments: jsonOfTable(queue.arguments),
    policy: policies.policy ?? null,
    operator_policy: policies.operatorPolicy ?? null,
    effective_policy_definition: definitionView(queue),
    messages: readyCount + unackedCount,
    messages_details: details(0, 'lengths'),
    messages_ready: readyCount,
    messages_ready_details: details(1, 'lengths'),
    messages_unacknowledged: unackedCount,
    messages_unacknowledged_details: details(2, 'lengths'),
    messages_persistent: held.persistent,
    messages_ram: readyCount + unackedCount - held.pagedOut,
    messages_ready_ram: readyCount - held.pagedOut,
    messages_unacknowledged_ram: unackedCount,
    messages_paged_out: held.pagedOut,
    message_bytes: held.bytes,
    message_bytes_ready: held.bytes - held.unackedBytes,
    message_bytes_unacknowledged: held.unackedBytes,
    message_bytes_ram: held.bytes - held.pagedOutBytes,
    message_bytes_persistent: held.persistentBytes,
    message_bytes_paged_out: held.pagedOutBytes,
    memory: held.memoryBytes,
    message_stats: messageStats(queue, held.publish, details),
    consumers: queue.consumerCount,
    consumer_utilisation: utilisation,
    consumer_capacity: utilisation,
    exclusive_consumer_tag: exclusiveTag(queue),
    single_active_consumer_tag: singleActiveTag(queue),
    head_message_timestamp: headTimestamp(queue),
    messages_waiting: queue.waitingCount,
    oldest_message_age_ms: ageOf(broker, queue),
    delivery_limit: limitOf(queue),
    storage_version: 2,
    internal: false,
    internal_owner: null,
    reductions: 0,
    reductions_details: NO_REDUCTIONS.reductions_details,
    garbage_collection: GARBAGE_COLLECTION,
    idle_since: idleSince(broker, samples, queue),
    owner_pid_details: undefined,
    recoverable_slaves: undefined,
    backing_queue_status: undefined,
  };
  if (queue.type.isReplicated) return { ...view, ...replicatedView(broker, queue) };
  view['recoverable_slaves'] = null;
  view['backing_queue_status'] = classicView(queue, held);
  return view;
}

/** Undefined: there is none. */
function limitOf({ settings: { deliveryLimit } }: Queue): number | undefined {
  return Number.isFinite(deliveryLimit) ? deliveryLimit : undefined;
}

const NO_DEFINITION: View = Object.freeze({});

function definitionView({ policies: { definition } }: Queue): View {
  return definition.size === 0 ? NO_DEFINITION : Object.fromEntries(definition);
}

/** In the order of QUEUE_COLUMNS. */
function messageStats(queue: Queue, publish: number, details: DetailsReader): View {
  const counts = queue.counts.total;
  return {
    publish,
    publish_details: details(3, 'msg_rates'),
    deliver_get: counts.deliverGet,
    deliver_get_details: details(4, 'msg_rates'),
    deliver: counts.deliver,
    deliver_details: details(5, 'msg_rates'),
    deliver_no_ack: counts.deliverNoAck,
    deliver_no_ack_details: details(6, 'msg_rates'),
    get: counts.get,
    get_details: details(7, 'msg_rates'),
    get_no_ack: counts.getNoAck,
    get_no_ack_details: details(8, 'msg_rates'),
    get_empty: counts.getEmpty,
    get_empty_details: details(9, 'msg_rates'),
    redeliver: counts.redeliver,
    redeliver_details: details(10, 'msg_rates'),
    ack: counts.ack,
    ack_details: details(11, 'msg_rates'),
    disk_reads: 0,
    disk_reads_details: NO_REDUCTIONS.reductions_details,
    disk_writes: 0,
    disk_writes_details: NO_REDUCTIONS.reductions_details,
  };
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

/** Of its property; null when the head has none or lies on the disk. */
export function headTimestamp(queue: Queue): number | null {
  const head = headRecord(queue);
  if (head === undefined) return null;
  const { timestamp } = contentOfRecord(head.slab, head.offset, 0).properties;
  return timestamp === undefined ? null : Number(timestamp);
}

/** Right within a tick of the statistics; 0 when there is none. */
function ageOf(broker: Broker, queue: Queue): number {
  const nowMs = broker.clock.nowMs();
  return Math.max(0, Math.round(nowMs - (oldestMessageMs(queue, nowMs) ?? nowMs)));
}

function exclusiveTag({ consumers: [first] }: Queue): string | null {
  return first?.isExclusive === true ? first.consumerTag : null;
}

function singleActiveTag(queue: Queue): string | null {
  if (!queue.settings.isSingleActiveConsumer) return null;
  return queue.consumers.find((consumer) => queue.isActive(consumer))?.consumerTag ?? null;
}

/** Whether its consumers could take a message at once: less than 1 when they are what it waits for. */
function utilisationOf(queue: Queue): number {
  if (queue.consumerCount === 0) return 0;
  if (queue.readyCount === 0) return 1;
  const free = queue.consumers.filter((consumer) => consumer.canTake()).length;
  return free / queue.consumerCount;
}

/** Undefined while it is in use. */
function idleSince(broker: Broker, samples: Samples, queue: Queue): string | undefined {
  const changedMs = samples.changedMs(queue) ?? samples.startedMs;
  const isIdle = broker.clock.wallMs() - changedMs > IDLE_AFTER_MS;
  return isIdle ? rfc3339(changedMs) : undefined;
}

function replicatedView(broker: Broker, queue: Queue): View {
  const { nodeName } = broker.settings;
  const { undelivered } = queue;
  return {
    single_active_consumer_ctag: singleActiveTag(queue),
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
  };
}
