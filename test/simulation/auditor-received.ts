// The auditor's model of what the broker does with each method it takes in: which reply it owes, what
// is in which queue afterwards. Only what the workload sends is known here.

import * as amqp from '../../src/protocol/generated/methods.ts';
import type { Auditor } from './auditor.ts';
import { mustFindGroup } from './auditor-groups.ts';
import { leaves } from './auditor-leaving.ts';
import { commit, publish, rollback } from './auditor-published.ts';
import { giveBack, settle } from './auditor-settle.ts';
import { EXCHANGE_RULES } from './exchange-rules.ts';
import type { Content } from './history.ts';
import { ModelChannel, type ModelConnection } from './model-channel.ts';
import { ModelQueue } from './model-queue.ts';
import { ModelWindow } from './model-window.ts';

export function receive(
  auditor: Auditor,
  connection: ModelConnection,
  number: number,
  method: amqp.Method,
  content: Content | undefined,
): void {
  if (number === 0) {
    if (method.id === amqp.CONNECTION_CLOSE) auditor.endConnection(connection);
    return;
  }
  const channel = connection.channels.get(number);
  if (method.id === amqp.CHANNEL_OPEN) {
    const opened = new ModelChannel(connection, number);
    opened.expect(amqp.CHANNEL_OPEN_OK);
    connection.channels.set(number, opened);
    return;
  }
  if (channel === undefined) return;
  if (channel.isClosing) {
    if (method.id === amqp.CHANNEL_CLOSE_OK) {
      // Both sides closed at once: our own close-ok may still be on its way out.
      if (channel.replies.some(({ id }) => id === amqp.CHANNEL_CLOSE_OK))
        channel.isClosedByClient = true;
      else connection.channels.delete(number);
    }
    if (method.id === amqp.CHANNEL_CLOSE) channel.expect(amqp.CHANNEL_CLOSE_OK);
    return;
  }
  if (method.id === amqp.CHANNEL_CLOSE) {
    auditor.releaseChannel(channel);
    channel.isClosing = true;
    channel.isClosedByClient = true;
    channel.expect(amqp.CHANNEL_CLOSE_OK);
    return;
  }
  receiveOnChannel(auditor, channel, method, content);
}

function receiveOnChannel(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.Method,
  content: Content | undefined,
): void {
  switch (method.id) {
    case amqp.QUEUE_DECLARE:
      return declareQueue(auditor, channel, method);
    case amqp.QUEUE_BIND:
    case amqp.QUEUE_UNBIND:
      return bindQueue(auditor, channel, method);
    case amqp.QUEUE_PURGE:
      return purgeQueue(auditor, channel, method);
    case amqp.QUEUE_DELETE:
      return deleteQueue(auditor, channel, method);
    case amqp.EXCHANGE_DECLARE:
      return declareExchange(auditor, channel, method);
    case amqp.EXCHANGE_DELETE:
      auditor.topology.removeExchange(method.exchange);
      return channel.expect(amqp.EXCHANGE_DELETE_OK);
    case amqp.BASIC_QOS:
      // RabbitMQ 4: a limit per consumer ends the shared one.
      channel.globalPrefetchCount = method.global ? method.prefetchCount : 0;
      if (!method.global) channel.prefetchCount = method.prefetchCount;
      return channel.expect(amqp.BASIC_QOS_OK);
    case amqp.BASIC_CONSUME:
      return consume(auditor, channel, method);
    case amqp.BASIC_CANCEL:
      return cancel(auditor, channel, method);
    case amqp.BASIC_GET:
      return get(auditor, channel, method);
    case amqp.BASIC_PUBLISH:
      if (content !== undefined) publish(auditor, channel, method, content);
      return;
    case amqp.BASIC_ACK:
      return settle(auditor, channel, method.deliveryTag, method.multiple, 'ack');
    case amqp.BASIC_NACK:
      return settle(auditor, channel, method.deliveryTag, method.multiple, refusal(method));
    case amqp.BASIC_REJECT:
      return settle(
        auditor,
        channel,
        method.deliveryTag,
        false,
        method.requeue ? 'giveUp' : 'reject',
      );
    case amqp.BASIC_RECOVER:
      recover(auditor, channel);
      return channel.expect(amqp.BASIC_RECOVER_OK);
    case amqp.CONFIRM_SELECT:
      channel.mode = 'confirm';
      return channel.expect(amqp.CONFIRM_SELECT_OK);
    case amqp.TX_SELECT:
      channel.mode = 'tx';
      return channel.expect(amqp.TX_SELECT_OK);
    case amqp.TX_COMMIT:
      return commit(auditor, channel);
    case amqp.TX_ROLLBACK:
      return rollback(channel);
    default:
      auditor.violation(
        'unexpected',
        `the workload sent ${method.id}, which the model does not know`,
      );
  }
}

function refusal(method: { readonly requeue: boolean }): 'requeue' | 'reject' {
  return method.requeue ? 'requeue' : 'reject';
}

function countProblem(
  what: string,
  count: number,
  [low, high]: [number, number],
): string | undefined {
  return count >= low && count <= high
    ? undefined
    : `${what} ${count} instead of ${low} to ${high}`;
}

function declareQueue(auditor: Auditor, channel: ModelChannel, method: amqp.QueueDeclare): void {
  let queue = auditor.topology.queues.get(method.queue);
  if (queue === undefined) {
    if (method.passive) return auditor.failChannel(channel, 404);
    const owner = method.exclusive ? channel.connection.number : undefined;
    const isDurable = method.durable && !method.exclusive;
    queue = new ModelQueue(method.queue, isDurable, method.autoDelete, owner);
    auditor.addQueue(queue);
  }
  if (queue.owner !== undefined && queue.owner !== channel.connection.number) {
    return auditor.failChannel(channel, 405);
  }
  queue.lastUsedMs = auditor.nowMs;
  const ready = queue.readyRange(auditor.nowMs);
  const consumers = queue.consumers.size;
  channel.expect(amqp.QUEUE_DECLARE_OK, (reply) => {
    if (reply.id !== amqp.QUEUE_DECLARE_OK) return undefined;
    return (
      countProblem(`${reply.queue} has messages`, reply.messageCount, ready) ??
      countProblem(`${reply.queue} has consumers`, reply.consumerCount, [consumers, consumers])
    );
  });
}

function bindQueue(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.QueueBind | amqp.QueueUnbind,
): void {
  const { exchange, queue, routingKey } = method;
  if (method.id === amqp.QUEUE_UNBIND) {
    auditor.topology.unbind(exchange, queue, routingKey);
    return channel.expect(amqp.QUEUE_UNBIND_OK);
  }
  if (!auditor.topology.exchanges.has(exchange) || !auditor.topology.queues.has(queue)) {
    return auditor.failChannel(channel, 404);
  }
  auditor.topology.bind(exchange, queue, routingKey);
  channel.expect(amqp.QUEUE_BIND_OK);
}

function purgeQueue(auditor: Auditor, channel: ModelChannel, method: amqp.QueuePurge): void {
  const queue = auditor.topology.queues.get(method.queue);
  if (queue === undefined) return auditor.failChannel(channel, 404);
  const range = queue.readyRange(auditor.nowMs);
  const dropped = queue.ready();
  for (const entry of dropped) queue.remove(entry, auditor.now);
  auditor.addStrays(queue, dropped);
  if (queue.consumers.size > 0) queue.purgedInTurn.push(...dropped);
  auditor.touched.add(queue);
  auditor.voidPredictions(queue, dropped);
  channel.expect(amqp.QUEUE_PURGE_OK, (reply) =>
    reply.id === amqp.QUEUE_PURGE_OK
      ? countProblem(`purged from ${queue.name}`, reply.messageCount, range)
      : undefined,
  );
}

function deleteQueue(auditor: Auditor, channel: ModelChannel, method: amqp.QueueDelete): void {
  const queue = auditor.topology.queues.get(method.queue);
  const range = queue?.readyRange(auditor.nowMs) ?? [0, 0];
  if (queue !== undefined) auditor.removeQueue(queue);
  channel.expect(amqp.QUEUE_DELETE_OK, (reply) =>
    reply.id === amqp.QUEUE_DELETE_OK
      ? countProblem(`deleted with ${method.queue}`, reply.messageCount, range)
      : undefined,
  );
}

function declareExchange(
  auditor: Auditor,
  channel: ModelChannel,
  method: amqp.ExchangeDeclare,
): void {
  const { exchange: name, type, durable: isDurable } = method;
  if (!auditor.topology.exchanges.has(name)) {
    if (method.passive) return auditor.failChannel(channel, 404);
    const rules = EXCHANGE_RULES[name];
    const window = rules?.window && new ModelWindow(rules.window);
    const exchange = { name, type, isDurable, ...(rules === undefined ? {} : { rules, window }) };
    auditor.topology.exchanges.set(name, exchange);
  }
  channel.expect(amqp.EXCHANGE_DECLARE_OK);
}

function consume(auditor: Auditor, channel: ModelChannel, method: amqp.BasicConsume): void {
  const queue = auditor.topology.queues.get(method.queue);
  if (queue === undefined) return auditor.failChannel(channel, 404);
  const consumer = {
    tag: method.consumerTag,
    queue,
    channel,
    isNoAck: method.noAck,
    prefetchCount: channel.prefetchCount,
    priority: Number(method.arguments.get('x-priority')?.value ?? 0),
    since: auditor.now,
    unackedCount: 0,
    lastFirstPositions: new Map<number, number>(),
  };
  channel.consumers.set(consumer.tag, consumer);
  queue.addConsumer(consumer);
  auditor.voidPredictions(queue);
  channel.expect(amqp.BASIC_CONSUME_OK);
}

function cancel(auditor: Auditor, channel: ModelChannel, method: amqp.BasicCancel): void {
  const consumer = channel.consumers.get(method.consumerTag);
  channel.consumers.delete(method.consumerTag);
  channel.expect(amqp.BASIC_CANCEL_OK);
  if (consumer === undefined) return;
  consumer.queue.removeConsumer(consumer);
  leaves(consumer);
  auditor.consumerLeft(consumer.queue);
}

function get(auditor: Auditor, channel: ModelChannel, method: amqp.BasicGet): void {
  const queue = auditor.topology.queues.get(method.queue);
  if (queue === undefined) return auditor.failChannel(channel, 404);
  const [sure] = queue.readyRange(auditor.nowMs);
  const mustFind = sure > 0 && queue.consumers.size === 0 && mustFindGroup(queue);
  queue.pendingGetCount++;
  queue.lastUsedMs = auditor.nowMs;
  channel.pendingGets.push({ queue, isNoAck: method.noAck, mustFind, purged: [] });
}

function recover(auditor: Auditor, channel: ModelChannel): void {
  for (const { entry, consumer } of channel.unacked) {
    giveBack(auditor, entry, 'returned');
    if (consumer !== undefined) consumer.unackedCount--;
  }
  channel.unacked.length = 0;
}
