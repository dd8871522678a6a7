// Looking at messages: those that lie in a queue, and those that are held back for their time. Looking
// changes nothing.

import type { DelayedMessages } from '../broker/delay/delayed-messages.ts';
import type { DelayedPlace } from '../broker/journal.ts';
import { contentOfRecord, type RecordContent } from '../broker/message/record-content.ts';
import { type BrowsedPage, browse, type MessageState } from '../broker/operator/browse.ts';
import { requirePermission } from '../broker/vhost/permissions.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import { actorOf } from './actor.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import { exchangeByName } from './exchanges.ts';
import { payloadView, propertiesView } from './messages.ts';
import { queueByName } from './queues.ts';
import type { Requester } from './requester.ts';
import { rfc3339 } from './time-text.ts';

export const PEEK_LIMIT_MAX = 500;
const STATES: readonly MessageState[] = ['ready', 'unacked', 'waiting'];

export interface PeekOptions {
  readonly state: string;
  readonly offset: number;
  readonly limit: number;
  /** Text that a message has in its key, its headers or its body; empty: all. */
  readonly filter: string;
  readonly encoding: 'auto' | 'base64';
  /** Bytes of each payload. */
  readonly truncate: number;
}

/** Throws AmqpError, NotFoundError and ValidationError. */
export async function peekMessages(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  options: PeekOptions,
): Promise<View> {
  const { broker } = node;
  const queue = queueByName(node, vhostName, name);
  const actor = actorOf(requester);
  requirePermission(broker.access, actor, vhostName, 'read', 'queue', queue.name);
  const state = STATES.find((one) => one === options.state);
  if (state === undefined) throw new ValidationError(`state is one of ${STATES.join(', ')}`);
  const { offset, limit, filter } = options;
  const request = { state, offset, limit, isMeant: filter === '' ? undefined : holds(filter) };
  const page = await new Promise<BrowsedPage>((resolve) =>
    browse(broker.clock, queue, request, resolve),
  );
  return {
    messages: page.messages.map(({ content, isRedelivered, ageMs, offset: own }) => ({
      offset: own,
      state,
      redelivered: isRedelivered,
      age_ms: ageMs,
      ...contentView(content, options),
    })),
    next_offset: page.nextOffset ?? null,
  };
}

function holds(text: string): (content: RecordContent) => boolean {
  return ({ routingKey, properties, body }) =>
    routingKey.includes(text) ||
    body.includes(text) ||
    JSON.stringify(propertiesView(properties)).includes(text);
}

function contentView(
  content: RecordContent,
  { encoding, truncate }: Pick<PeekOptions, 'encoding' | 'truncate'>,
): View {
  const { exchange, routingKey, bodyBytes, properties, body, isPersistent, expiresAtMs } = content;
  return {
    exchange,
    routing_key: routingKey,
    persistent: isPersistent,
    ...(expiresAtMs !== 0 && { expires_at: rfc3339(expiresAtMs) }),
    properties: propertiesView(properties),
    payload_bytes: bodyBytes,
    ...payloadView(body.subarray(0, truncate), encoding),
  };
}

export interface DelayOwner {
  readonly vhost: string;
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
}

/** Undefined: it holds nothing back. Throws AmqpError and NotFoundError. */
function delayedOf(
  node: AdminNode,
  requester: Requester,
  owner: DelayOwner,
): DelayedMessages | undefined {
  const find = owner.kind === 'queue' ? queueByName : exchangeByName;
  const { name, intake } = find(node, owner.vhost, owner.name);
  const actor = actorOf(requester);
  requirePermission(node.broker.access, actor, owner.vhost, 'read', owner.kind, name);
  return intake?.delayed;
}

export interface DelayedListOptions {
  /** A place as the API names it; undefined: from the first. */
  readonly from: string | undefined;
  readonly limit: number;
  readonly encoding: 'auto' | 'base64';
  readonly truncate: number;
}

/** What is held back, in order of time. */
export async function delayedList(
  node: AdminNode,
  requester: Requester,
  owner: DelayOwner,
  options: DelayedListOptions,
): Promise<View> {
  const from = options.from === undefined ? undefined : placeOf(options.from);
  const delayed = delayedOf(node, requester, owner);
  if (delayed === undefined) return { messages: [], next: null, total: 0 };
  type Page = Parameters<Parameters<DelayedMessages['list']>[2]>[0];
  const page = await new Promise<Page>((resolve) => delayed.list(from, options.limit, resolve));
  return {
    total: delayed.messageCount,
    messages: page.messages.map((held) => ({
      id: placeText(held),
      due_at: rfc3339(held.dueMs),
      ...contentView(contentOfRecord(held.record, 0), options),
    })),
    next: page.next === undefined ? null : placeText(page.next),
  };
}

/** Throws NotFoundError when it is not there (any more). */
export async function endDelay(
  node: AdminNode,
  requester: Requester,
  owner: DelayOwner,
  id: string,
  how: 'cancel' | 'deliverNow',
): Promise<void> {
  const place = placeOf(id);
  const delayed = delayedOf(node, requester, owner);
  const isFound =
    delayed !== undefined &&
    (await new Promise<boolean>((resolve) => delayed[how](place, resolve)));
  if (!isFound) throw new NotFoundError(`no delayed message '${id}'`);
  // It is gone for good, or in its queue, when that is durable.
  await node.changes.make(() => {});
}

function placeText({ dueMs, sequence }: DelayedPlace): string {
  return `${dueMs}-${sequence}`;
}

function placeOf(text: string): DelayedPlace {
  const [, dueMs, sequence] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (dueMs === undefined)
    throw new ValidationError(`'${text}' is not the id of a delayed message`);
  return { dueMs: Number(dueMs), sequence: Number(sequence) };
}
