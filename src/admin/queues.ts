// Queues as operators see and change them, by the rules that hold for clients.

import type { Queue } from '../broker/queue/queue.ts';
import type { VirtualHost } from '../broker/vhost/vhost.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import { actorOf } from './actor.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import { tableOfJson } from './field-json.ts';
import type { ListSource } from './listing.ts';
import type { Requester } from './requester.ts';
import { sortedQueues } from './sorted.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import {
  detailedQueueView,
  plainQueueView,
  queueTotalsView,
  queueView,
} from './views/queue-view.ts';

export interface QueueListOptions {
  readonly ranges: SampleRanges;
  /** `disable_stats`: only what is cheap. */
  readonly isPlain: boolean;
  /** `enable_queue_totals`: with the number of messages all the same. */
  readonly hasTotals: boolean;
}

/** By vhost and name. */
export function queueList(
  node: AdminNode,
  vhostNames: readonly string[],
  { ranges, isPlain, hasTotals }: QueueListOptions,
): ListSource<Queue> {
  const { broker, statistics } = node;
  const plain = (queue: Queue): View => ({
    ...plainQueueView(broker, queue),
    ...(hasTotals && queueTotalsView(queue)),
  });
  const whole = (queue: Queue, wanted?: ReadonlySet<string>) =>
    wanted !== undefined && isOf(PLAIN_FIELDS, wanted)
      ? plainView(queue, wanted)
      : queueView(broker, statistics.samples, queue, ranges);
  const plainView = (queue: Queue, wanted: ReadonlySet<string>): View =>
    isOf(TOTALS_FIELDS, wanted)
      ? queueTotalsView(queue)
      : { ...plainQueueView(broker, queue), ...queueTotalsView(queue) };
  const items: Queue[] = [];
  for (const name of vhostNames) {
    const vhost = broker.vhosts.get(name);
    if (vhost !== undefined) for (const queue of sortedQueues(vhost)) items.push(queue);
  }
  return { items, name: (queue) => queue.name, view: isPlain ? plain : whole };
}

/** A list of thousands by name or length needs none of what is dear to say. */
const TOTALS_FIELDS: ReadonlySet<string> = new Set([
  ...['messages', 'messages_ready', 'messages_unacknowledged'],
]);
const PLAIN_FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'vhost', 'node', 'type', 'state', 'durable', 'auto_delete', 'exclusive', 'arguments'],
  ...TOTALS_FIELDS,
]);

function isOf(fields: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  for (const field of wanted) if (!fields.has(field)) return false;
  return true;
}

/** Throws NotFoundError. A `+` may stand for a space: some clients encode a path as if it were a form. */
export function queueByName(node: AdminNode, vhostName: string, name: string): Queue {
  const { queues } = existingVhost(node, vhostName);
  const queue = queues.get(name) ?? queues.get(name.replaceAll('+', ' '));
  if (queue !== undefined) return queue;
  throw new NotFoundError(`no queue '${name}' in vhost '${vhostName}'`);
}

function existingVhost(node: AdminNode, name: string): VirtualHost {
  return node.broker.vhosts.existing(name);
}

export function queueDetails(
  node: AdminNode,
  vhostName: string,
  name: string,
  ranges: SampleRanges,
): View {
  const queue = queueByName(node, vhostName, name);
  existingVhost(node, vhostName).routeCache.settleCounts();
  return detailedQueueView(node.broker, node.statistics.samples, queue, ranges);
}

export interface QueueSettings {
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly arguments: View;
  /** Where it is to live; undefined: anywhere. */
  readonly nodeName: string | undefined;
}

/** Resolves with true when it is new. Throws AmqpError and ValidationError. */
export function declareQueue(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  settings: QueueSettings,
): Promise<boolean> {
  const { broker } = node;
  const { nodeName } = settings;
  if (nodeName !== undefined && nodeName !== broker.settings.nodeName) {
    throw new ValidationError(`Node ${nodeName} could not be contacted`);
  }
  const queueArguments = tableOfJson('arguments', settings.arguments);
  return node.changes.make(() => {
    const vhost = existingVhost(node, vhostName);
    const { queuesCreated } = broker.counts.churn;
    broker.counts.churn.queuesDeclared++;
    broker.topology.declareQueue(actorOf(requester), vhost, {
      name,
      isDurable: settings.isDurable,
      isAutoDelete: settings.isAutoDelete,
      isExclusive: false,
      arguments: queueArguments,
    });
    return broker.counts.churn.queuesCreated > queuesCreated;
  });
}

export interface QueueDeletionConditions {
  readonly ifEmpty: boolean;
  readonly ifUnused: boolean;
}

/** Resolves with the number of ready messages that went with it. */
export function deleteQueue(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  conditions: QueueDeletionConditions,
): Promise<number> {
  return node.changes.make(() => {
    const vhost = existingVhost(node, vhostName);
    const queue = queueByName(node, vhostName, name);
    const deletion = { name: queue.name, ...conditions };
    return node.broker.topology.deleteQueue(actorOf(requester), vhost, deletion).messageCount;
  });
}

/** Resolves with the number of ready messages that were dropped. */
export function purgeQueue(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
): Promise<number> {
  return node.changes.make(() => {
    const vhost = existingVhost(node, vhostName);
    const queue = queueByName(node, vhostName, name);
    return node.broker.topology.purgeQueue(actorOf(requester), vhost, queue.name);
  });
}
