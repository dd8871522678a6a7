// Virtual hosts as operators see and change them.

import { QUEUE_TYPES, type QueueType } from '../broker/queue/queue-types.ts';
import type { VhostNotes, VirtualHost } from '../broker/vhost/vhost.ts';
import { ProtectedError, ValidationError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import { requireBoolean, requireName, requireTags, requireText, shown } from './checks.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { maySeeVhost, type Requester } from './requester.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import { TOTALS_COLUMNS, totalsOf, totalsValues } from './statistics/totals.ts';
import { compareTexts } from './term-order.ts';
import { EVERYTHING } from './users.ts';

/** What is left out stays as it is. */
export interface VhostFields {
  readonly description?: unknown;
  /** A list, or one text with commas. */
  readonly tags?: unknown;
  /** `undefined` and the empty text: the node's. */
  readonly default_queue_type?: unknown;
  readonly tracing?: unknown;
  readonly protected_from_deletion?: unknown;
}

const DESCRIPTION_LENGTH_MAX = 4_096;

export function vhostExists(node: AdminNode, name: string): boolean {
  return node.broker.vhosts.get(name) !== undefined;
}

/** By name. */
export function allVhostNames(node: AdminNode): string[] {
  return Array.from(node.broker.vhosts.all(), ({ name }) => name).sort(compareTexts);
}

/** Those that the requester may know of. */
export function vhostList(
  node: AdminNode,
  requester: Requester,
  ranges: SampleRanges,
): ListSource<VirtualHost> {
  const items = [...node.broker.vhosts.all()]
    .filter(({ name }) => maySeeVhost(node, requester, name))
    .sort((one, other) => compareTexts(one.name, other.name));
  return { items, name: (vhost) => vhost.name, view: (vhost) => vhostView(node, vhost, ranges) };
}

/** Throws NotFoundError. */
export function vhostByName(node: AdminNode, name: string, ranges: SampleRanges): View {
  return vhostView(node, node.broker.vhosts.existing(name), ranges);
}

/**
 * Makes the vhost, in which nobody has permissions but the one who asked, or changes it. Returns
 * whether it is new. Throws ValidationError.
 */
export function putVhost(
  node: AdminNode,
  name: string,
  fields: VhostFields,
  userName?: string,
): boolean {
  requireName('vhost', name, 0);
  const notes = notesOf(fields);
  const type = queueTypeOf(fields.default_queue_type);
  const { tracing } = fields;
  if (tracing !== undefined) requireBoolean('tracing', tracing);
  const { broker } = node;
  const isNew = !vhostExists(node, name);
  broker.vhosts.create(name, userName);
  if (Object.keys(notes).length > 0) broker.vhosts.describe(name, notes);
  if (type !== 'unchanged') broker.vhosts.setDefaultQueueType(name, type);
  if (tracing !== undefined) broker.setTracing(name, tracing);
  if (isNew && userName !== undefined) node.users.setPermission(userName, name, EVERYTHING);
  return isNew;
}

/**
 * Closes its connections and deletes all that is in it, with policies and permissions. Throws
 * NotFoundError and ProtectedError.
 */
export function deleteVhost(node: AdminNode, name: string): void {
  if (node.broker.vhosts.existing(name).notes.isProtected) {
    throw new ProtectedError(
      `Refusing to delete virtual host '${name}' because it is protected from deletion`,
    );
  }
  node.broker.deleteVhost(name);
  node.users.clearVhost(name);
}

export function deletionProtection(node: AdminNode, name: string): boolean {
  return node.broker.vhosts.existing(name).notes.isProtected;
}

/** Throws NotFoundError. */
export function protectVhost(node: AdminNode, name: string, isProtected: boolean): void {
  node.broker.vhosts.describe(name, { isProtected });
}

function notesOf(fields: VhostFields): Partial<VhostNotes> {
  const { description, tags, protected_from_deletion: isProtected } = fields;
  const notes: { -readonly [K in keyof VhostNotes]?: VhostNotes[K] } = {};
  if (description !== undefined) {
    requireText('description', description);
    if (description.length > DESCRIPTION_LENGTH_MAX) {
      throw new ValidationError(`description has at most ${DESCRIPTION_LENGTH_MAX} characters`);
    }
    notes.description = description;
  }
  if (tags !== undefined) {
    const list = typeof tags === 'string' ? tags.split(',') : tags;
    requireTags(list);
    notes.tags = list.map((tag) => tag.trim()).filter((tag) => tag !== '');
  }
  if (isProtected !== undefined) {
    requireBoolean('protected_from_deletion', isProtected);
    notes.isProtected = isProtected;
  }
  return notes;
}

function queueTypeOf(name: unknown): QueueType | undefined | 'unchanged' {
  if (name === undefined) return 'unchanged';
  // RabbitMQ 3.x exports the word for none.
  if (name === null || name === '' || name === 'undefined') return undefined;
  const type = typeof name === 'string' ? QUEUE_TYPES.get(name) : undefined;
  if (type !== undefined) return type;
  const types = [...QUEUE_TYPES.keys()].join(', ');
  throw new ValidationError(
    `default_queue_type '${typeof name === 'string' ? name : shown(name)}' unrecognised; should be one of: ${types}`,
  );
}

function vhostView(node: AdminNode, vhost: VirtualHost, ranges: SampleRanges): View {
  const { nodeName, defaultQueueType } = node.broker.settings;
  const { description, tags, isProtected } = vhost.notes;
  const type = vhost.defaultQueueType?.name ?? defaultQueueType;
  return {
    name: vhost.name,
    description,
    tags,
    default_queue_type: type,
    metadata: { description, tags, default_queue_type: type },
    protected_from_deletion: isProtected,
    tracing: vhost.isTraced,
    cluster_state: { [nodeName]: 'running' },
    ...statisticsView(node, vhost, ranges),
  };
}

function statisticsView(node: AdminNode, vhost: VirtualHost, ranges: SampleRanges): View {
  const { statistics } = node;
  const values = totalsValues(totalsOf([vhost]), statistics.traffic(vhost));
  const view: Record<string, unknown> = {};
  const messageStats: Record<string, unknown> = {};
  const { samples } = statistics;
  samples.describe(view, vhost, TOTALS_COLUMNS, values, 'lengths', ranges);
  samples.describe(view, vhost, TOTALS_COLUMNS, values, 'data_rates', ranges);
  samples.describe(messageStats, vhost, TOTALS_COLUMNS, values, 'msg_rates', ranges);
  return { ...view, message_stats: messageStats };
}
