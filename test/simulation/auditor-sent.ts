// What the broker sends, held against the model: replies in order, deliveries of what is there,
// confirms of what is safe.

import * as amqp from '../../src/protocol/generated/methods.ts';
import type { Auditor } from './auditor.ts';
import { checkTurn } from './auditor-consumers.ts';
import { claim, refused, settleMove } from './auditor-deaths.ts';
import { checkGroup } from './auditor-groups.ts';
import { checkReleased, headersOf } from './auditor-intake.ts';
import { deliveredBeforeClose, restorePurged } from './auditor-leaving.ts';
import { type Content, messageId, type SeenHeaders } from './history.ts';
import type {
  ModelChannel,
  ModelConnection,
  ModelConsumer,
  ModelPublish,
} from './model-channel.ts';
import { isInLine, type ModelQueue, type QueueEntry } from './model-queue.ts';

/** Behind them nothing arrives for the consumers that they end. */
const LEAVING_ENDS: readonly amqp.Method['id'][] = [
  amqp.BASIC_CANCEL_OK,
  amqp.CHANNEL_CLOSE,
  amqp.CHANNEL_CLOSE_OK,
];

/** A turn that began in time may end this much later. */
const LATE_MS_MAX = 5;

export function send(
  auditor: Auditor,
  connection: ModelConnection,
  number: number,
  method: amqp.Method,
  content: Content | undefined,
): void {
  if (number === 0) {
    if (method.id === amqp.CONNECTION_CLOSE) {
      auditor.violation('reply', `connection ${connection.number}: ${method.replyText}`);
      auditor.endConnection(connection);
    }
    return;
  }
  // The client said goodbye: what was owed before may leave in the same turn.
  if (connection.isClosed) return;
  const channel = connection.channels.get(number);
  if (channel === undefined) {
    return auditor.violation('reply', `${hexOf(method)} on channel ${number}, which is not open`);
  }
  switch (method.id) {
    case amqp.BASIC_DELIVER:
      return deliver(auditor, channel, method, content);
    case amqp.BASIC_GET_OK:
      return getOk(auditor, channel, method, content);
    case amqp.BASIC_GET_EMPTY:
      return getEmpty(auditor, channel);
    case amqp.BASIC_ACK:
      return confirm(auditor, channel, method.deliveryTag, method.multiple);
    case amqp.BASIC_NACK:
      return refuse(auditor, channel, method.deliveryTag, method.multiple);
    case amqp.BASIC_RETURN:
      return returned(auditor, channel, method, content);
    case amqp.BASIC_CANCEL:
      channel.leaving.delete(method.consumerTag);
      if (!channel.cancels.delete(method.consumerTag)) {
        auditor.violation('reply', `consumer ${method.consumerTag} was cancelled for no reason`);
      }
      return;
    default:
      return reply(auditor, channel, method);
  }
}

function hexOf(method: amqp.Method): string {
  return `${method.id >>> 16},${method.id & 0xffff}`;
}

function reply(auditor: Auditor, channel: ModelChannel, method: amqp.Method): void {
  const expected = channel.replies.shift();
  channel.connection.replied(auditor.now);
  if (LEAVING_ENDS.includes(method.id)) channel.leaving.clear();
  const name = `channel ${channel.number} of connection ${channel.connection.number}`;
  if (expected?.id !== method.id) {
    const wanted =
      expected === undefined ? 'nothing' : `${expected.id >>> 16},${expected.id & 0xffff}`;
    const text = method.id === amqp.CHANNEL_CLOSE ? ` (${method.replyText})` : '';
    return auditor.violation('reply', `${name}: ${hexOf(method)}${text} instead of ${wanted}`);
  }
  const problem = expected.check(method, undefined);
  if (problem !== undefined) {
    auditor.violation(method.id === amqp.TX_COMMIT_OK ? 'confirm' : 'count', `${name}: ${problem}`);
  }
  if (method.id === amqp.CHANNEL_CLOSE) {
    // What was owed until then may have left in the same turn; from now on nothing may.
    channel.unconfirmed.clear();
    channel.returns.length = 0;
    channel.cancels.clear();
  }
  if (method.id === amqp.CHANNEL_CLOSE_OK && channel.isClosedByClient) {
    channel.connection.channels.delete(channel.number);
  }
}

/** The entry that this content is of, checked for everything a message itself can tell. */
function entryOf(
  auditor: Auditor,
  queue: ModelQueue,
  method: amqp.BasicDeliver | amqp.BasicGetOk,
  content: Content | undefined,
): QueueEntry | undefined {
  const body = content?.body ?? Buffer.alloc(0);
  const id = messageId(body);
  const message = auditor.published.get(id);
  if (message === undefined) {
    auditor.violation('unexpected', `${id} came out of ${queue.name} and was never published`);
    return undefined;
  }
  if (
    !message.body.equals(body) ||
    message.isPersistent !== content?.isPersistent ||
    message.priority !== content.priority
  ) {
    auditor.violation('corrupt', `${id} came out of ${queue.name} changed`);
  }
  const deaths = content?.deaths ?? [];
  restorePurged(queue, id);
  const entry =
    queue.find(id, deaths) ??
    (deaths.length > 0 ? claim(auditor, queue, message, deaths) : undefined);
  if (entry === undefined) {
    const ghost = queue.ghosts.some((gone) => gone.message.id === id);
    auditor.violation(
      'duplicate',
      `${id} came out of ${queue.name}, ${ghost ? 'settled' : 'not there'}`,
    );
    return undefined;
  }
  if (entry.exchange !== method.exchange || entry.routingKey !== method.routingKey) {
    auditor.violation('corrupt', `${id} came out of ${queue.name} by another way`);
  }
  if (!haveSameHeaders(content?.headers ?? {}, headersOf(entry))) {
    auditor.violation('corrupt', `${id} came out of ${queue.name} with other headers`);
  }
  if (content?.expirationMs !== (deaths.length === 0 ? message.expirationMs : undefined)) {
    auditor.violation('corrupt', `${id} came out of ${queue.name} with another expiration`);
  }
  if (auditor.nowMs > entry.expiresToMs + LATE_MS_MAX && !entry.wasHeldBack) {
    auditor.violation('expired', `${id} came out of ${queue.name} after its time`);
  }
  checkReturns(auditor, entry, content?.deliveryCount ?? 0);
  if (entry.state === 'dead') {
    auditor.violation('duplicate', `${id} came out of ${queue.name}, where it died`);
  }
  if (entry.state === 'unacked') {
    auditor.violation('duplicate', `${id} came out of ${queue.name} while it was unacked`);
  }
  checkReleased(auditor, entry);
  if (entry.delivered !== 'maybe' && (entry.delivered === 'yes') !== method.redelivered) {
    const claim = method.redelivered ? 'redelivered' : 'delivered for the first time';
    auditor.violation('redelivered', `${id} from ${queue.name} was not ${claim}`);
  }
  return entry;
}

function haveSameHeaders(some: SeenHeaders, others: SeenHeaders): boolean {
  const sorted = (headers: SeenHeaders) => JSON.stringify(Object.entries(headers).sort());
  return sorted(some) === sorted(others);
}

/** x-delivery-count tells the truth, and not more than the queue allows. */
function checkReturns(auditor: Auditor, entry: QueueEntry, count: number): void {
  const { queue, returnedMin, returnedMax, message } = entry;
  const { deliveryLimit } = queue.rules;
  const isCounted = (deliveryLimit ?? queue.rules.retry) !== undefined;
  const max = isCounted ? Math.min(deliveryLimit ?? returnedMax, returnedMax) : 0;
  const min = isCounted ? returnedMin : 0;
  if (count > 0) auditor.coverage.count('counted redeliveries');
  if (count >= min && count <= max) return;
  const range = `${min} to ${max}`;
  auditor.violation('returns', `${message.id} from ${queue.name}: ${count} instead of ${range}`);
}

function handOut(auditor: Auditor, entry: QueueEntry, isRedelivered: boolean): void {
  const { queue } = entry;
  auditor.deliveryCount++;
  entry.isSure = true;
  settleMove(auditor, entry);
  auditor.either.cameOut(auditor, entry);
  if (isRedelivered || !isInLine(entry)) return markOut(auditor, entry);
  const { firstDeliveredEnds } = queue;
  const end = firstDeliveredEnds.get(entry.level) ?? 0;
  firstDeliveredEnds.set(entry.level, Math.max(end, entry.position));
  queue.lowestLevel = Math.min(queue.lowestLevel, entry.level);
  auditor.touched.add(queue);
  markOut(auditor, entry);
}

function markOut(auditor: Auditor, entry: QueueEntry): void {
  entry.delivered = 'yes';
  entry.deliveredAt = auditor.now;
}

function nextTag(auditor: Auditor, channel: ModelChannel, tag: number): void {
  if (tag !== channel.lastTag + 1) {
    auditor.violation('order', `delivery tag ${tag} follows ${channel.lastTag}`);
  }
  channel.lastTag = tag;
}

function deliver(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.BasicDeliver,
  content: Content | undefined,
): void {
  nextTag(auditor, channel, method.deliveryTag);
  const consumer =
    channel.consumers.get(method.consumerTag) ?? channel.leaving.get(method.consumerTag);
  if (consumer === undefined) {
    return auditor.violation(
      'unexpected',
      `a delivery to ${method.consumerTag}, which is not there`,
    );
  }
  const { queue } = consumer;
  const entry = entryOf(auditor, queue, method, content);
  if (entry === undefined || deliveredBeforeClose(auditor, channel, consumer, entry)) return;
  const last = consumer.lastFirstPositions.get(entry.level) ?? -1;
  const isLate = entry.position < last && !entry.wasHeldBack && isInLine(entry);
  if (!method.redelivered && isLate) {
    auditor.violation('order', `${entry.message.id} came late to ${consumer.tag} of ${queue.name}`);
  }
  if (!method.redelivered && isInLine(entry)) {
    consumer.lastFirstPositions.set(entry.level, entry.position);
  }
  checkGroup(auditor, entry, consumer, consumer.isNoAck);
  checkTurn(auditor, consumer, entry.message.id);
  handOut(auditor, entry, method.redelivered);
  if (consumer.isNoAck) return queue.remove(entry, auditor.now);
  entry.state = 'unacked';
  entry.holder = consumer;
  channel.unacked.push({ tag: method.deliveryTag, entry, consumer });
  consumer.unackedCount++;
  checkPrefetch(auditor, channel, consumer);
}

function checkPrefetch(auditor: Auditor, channel: ModelChannel, consumer: ModelConsumer): void {
  if (consumer.prefetchCount > 0 && consumer.unackedCount > consumer.prefetchCount) {
    auditor.violation(
      'prefetch',
      `${consumer.tag} has ${consumer.unackedCount} of ${consumer.prefetchCount}`,
    );
  }
  const { globalPrefetchCount, outstandingCount } = channel;
  if (globalPrefetchCount > 0 && outstandingCount > globalPrefetchCount) {
    auditor.violation('prefetch', `a channel has ${outstandingCount} of ${globalPrefetchCount}`);
  }
}

function getOk(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.BasicGetOk,
  content: Content | undefined,
): void {
  nextTag(auditor, channel, method.deliveryTag);
  const pending = channel.pendingGets.shift();
  if (pending === undefined) return auditor.violation('reply', 'a get-ok that nobody asked for');
  const { queue, isNoAck } = pending;
  queue.pendingGetCount--;
  const id = messageId(content?.body ?? Buffer.alloc(0));
  const purged = pending.purged.find((gone) => gone.message.id === id);
  if (purged !== undefined) queue.restore(purged);
  const entry = entryOf(auditor, queue, method, content);
  if (entry === undefined) return;
  checkGroup(auditor, entry, undefined, isNoAck);
  handOut(auditor, entry, method.redelivered);
  if (isNoAck) return queue.remove(entry, auditor.now);
  entry.state = 'unacked';
  entry.holder = undefined;
  channel.unacked.push({ tag: method.deliveryTag, entry, consumer: undefined });
}

function getEmpty(auditor: Auditor, channel: ModelChannel): void {
  const pending = channel.pendingGets.shift();
  if (pending === undefined) return auditor.violation('reply', 'a get-empty that nobody asked for');
  const { queue } = pending;
  queue.pendingGetCount--;
  if (!pending.mustFind) return;
  const lost = queue.ready().find((entry) => entry.isSure);
  auditor.violation('lost', `${lost?.message.id ?? 'a message'} is not in ${queue.name} any more`);
}

/** The publishes that a confirm means; they wait for nothing any more. */
function confirmed(
  auditor: Auditor,
  channel: ModelChannel,
  tag: number,
  isMultiple: boolean,
): ModelPublish[] {
  if (tag < 1 || tag > channel.publishedCount) {
    auditor.violation('confirm', `publish ${tag} was confirmed and never made`);
    return [];
  }
  const numbers = isMultiple
    ? [...channel.unconfirmed.keys()].filter((number) => number <= tag)
    : [...channel.unconfirmed.keys()].filter((number) => number === tag);
  if (numbers.length === 0) {
    auditor.violation('confirm', `publish ${tag} was confirmed twice`);
  }
  return numbers.map((number) => {
    const publish = channel.unconfirmed.get(number) as ModelPublish;
    channel.unconfirmed.delete(number);
    return publish;
  });
}

function refuse(auditor: Auditor, channel: ModelChannel, tag: number, isMultiple: boolean): void {
  for (const publish of confirmed(auditor, channel, tag, isMultiple)) refused(auditor, publish);
}

function confirm(auditor: Auditor, channel: ModelChannel, tag: number, isMultiple: boolean): void {
  for (const publish of confirmed(auditor, channel, tag, isMultiple)) {
    const problem = auditor.confirmProblem(publish);
    if (problem !== undefined) auditor.violation('confirm', problem);
  }
}

function returned(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.BasicReturn,
  content: Content | undefined,
): void {
  const expected = channel.returns.shift();
  const id = messageId(content?.body ?? Buffer.alloc(0));
  if (expected?.message.id !== id || method.replyCode !== 312) {
    return auditor.violation('reply', `${id} was returned with ${method.replyCode} for no reason`);
  }
  if (!expected.message.body.equals(content?.body ?? Buffer.alloc(0))) {
    auditor.violation('corrupt', `${id} was returned changed`);
  }
  expected.mustReturn = false;
}
