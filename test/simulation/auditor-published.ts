// Publishes in the auditor's model: what each of them puts into which queue, at once or when its
// transaction commits.

import * as amqp from '../../src/protocol/generated/methods.ts';
import type { Auditor } from './auditor.ts';
import { offer } from './auditor-duplicates.ts';
import { askedDueMs } from './auditor-intake.ts';
import { settleAll } from './auditor-settle.ts';
import { type Content, messageId, type SeenHeaders } from './history.ts';
import type { ModelChannel, ModelPublish } from './model-channel.ts';
import type { ModelQueue, PublishedMessage } from './model-queue.ts';

export function publish(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.BasicPublish,
  content: Content,
): void {
  const keys = [
    method.routingKey,
    ...keysIn(content.headers, 'CC'),
    ...keysIn(content.headers, 'BCC'),
  ];
  const queues = auditor.topology.routeAll(method.exchange, keys);
  if (queues === undefined) return auditor.failChannel(channel, 404);
  const message: PublishedMessage = {
    id: messageId(content.body),
    body: content.body,
    exchange: method.exchange,
    routingKey: method.routingKey,
    isPersistent: content.isPersistent,
    priority: content.priority,
    expirationMs: content.expirationMs,
    headers: content.headers ?? {},
  };
  auditor.published.set(message.id, message);
  if (channel.mode === 'tx') {
    channel.txPublishes.push({ message, queues, isMandatory: method.mandatory });
    return;
  }
  const done = enqueue(auditor, message, queues, method.mandatory);
  channel.connection.holdBack(done.entries);
  if (done.mustReturn) channel.returns.push(done);
  if (channel.mode === 'confirm') channel.unconfirmed.set(++channel.publishedCount, done);
}

/** Further routing keys that the sender chose. */
function keysIn(headers: SeenHeaders | undefined, name: 'CC' | 'BCC'): string[] {
  const keys = headers?.[name];
  return Array.isArray(keys) ? keys.map(String) : [];
}

function enqueue(
  auditor: Auditor,
  message: PublishedMessage,
  queues: readonly ModelQueue[],
  isMandatory: boolean,
): ModelPublish {
  const exchange = auditor.topology.exchanges.get(message.exchange);
  const found = offer(auditor, exchange?.window, message);
  if (found.kind === 'duplicate') return { message, entries: found.firsts, mustReturn: false };
  const due = askedDueMs(message.headers, auditor.nowMs);
  const isHeld = due > 0 && exchange?.rules?.isDelaying === true;
  const entries = queues
    .filter((queue) => !queue.isRemoved)
    .flatMap((queue) => {
      const own = offer(auditor, queue.window, message);
      if (own.kind === 'duplicate') return own.firsts;
      const entry = queue.enqueue(message, auditor.now, {
        exchange: message.exchange,
        routingKey: message.routingKey,
        deaths: [],
        ccKeys: keysIn(message.headers, 'CC'),
        bccKeys: keysIn(message.headers, 'BCC'),
        enqueuedAtMs: auditor.nowMs,
        isPersistent: message.isPersistent,
        heldUntilMs: isHeld || queue.rules.isDelaying === true ? due : 0,
        isSeenLate: false,
      });
      for (const doubt of [found, own])
        if (doubt.kind === 'unknown') auditor.either.doubt(entry, doubt);
      return entry;
    });
  // What an exchange holds is not unroutable.
  return { message, entries, mustReturn: isMandatory && queues.length === 0 && !isHeld };
}

export function commit(auditor: Auditor, channel: ModelChannel): void {
  const publishes = channel.txPublishes.map(({ message, queues, isMandatory }) =>
    enqueue(auditor, message, queues, isMandatory),
  );
  channel.txPublishes = [];
  const entries = publishes.flatMap((publish) => publish.entries);
  if (entries.some(({ state }) => state === 'held')) auditor.coverage.count('commits with delays');
  if (entries.some(({ group }) => group !== undefined))
    auditor.coverage.count('commits with groups');
  for (const publish of publishes) channel.connection.holdBack(publish.entries);
  for (const publish of publishes) if (publish.mustReturn) channel.returns.push(publish);
  const settles = channel.txSettles;
  channel.txSettles = [];
  settleAll(auditor, settles);
  channel.expect(amqp.TX_COMMIT_OK, () => {
    for (const publish of publishes) {
      const problem = auditor.confirmProblem(publish);
      if (problem !== undefined) return problem;
    }
    return undefined;
  });
}

export function rollback(channel: ModelChannel): void {
  channel.txPublishes = [];
  const undone = channel.txSettles.map(({ delivery }) => delivery);
  channel.txSettles = [];
  channel.unacked.push(...undone);
  channel.unacked.sort((one, other) => one.tag - other.tag);
  channel.expect(amqp.TX_ROLLBACK_OK);
}
