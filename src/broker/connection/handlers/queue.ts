// Class queue (50): the rules live in vhost/topology.ts; here are the channel's last queue name and
// the pseudo-queue of direct reply-to.

import { accessRefused, commandInvalid, notFound } from '../../../protocol/amqp-error.ts';
import {
  type Method,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
  type QueueBind,
  type QueueDeclare,
  type QueueDelete,
  type QueueUnbind,
} from '../../../protocol/generated/methods.ts';
import type { BindingRequest } from '../../vhost/requests.ts';
import type { Channel } from '../channel.ts';
import { isReplyQueue, requireReplyQueue } from '../reply-to.ts';

export function handleQueueMethod(channel: Channel, method: Method): void {
  const { topology } = channel.node;
  const { actor, vhost } = channel;
  switch (method.id) {
    case QUEUE_DECLARE:
      return declare(channel, method);
    case QUEUE_BIND: {
      const change = topology.bind(actor, vhost, bindingOf(channel, method));
      return channel.reply({ id: QUEUE_BIND_OK }, method.noWait, change.isStored);
    }
    case QUEUE_UNBIND: {
      const change = topology.unbind(actor, vhost, bindingOf(channel, method));
      return channel.reply({ id: QUEUE_UNBIND_OK }, false, change.isStored);
    }
    case QUEUE_PURGE: {
      const name = queueName(channel, method.queue);
      const messageCount = topology.purgeQueue(actor, vhost, name);
      return channel.reply({ id: QUEUE_PURGE_OK, messageCount }, method.noWait, false);
    }
    case QUEUE_DELETE:
      return remove(channel, method);
    default:
      throw commandInvalid('unimplemented method');
  }
}

/** An empty name means the queue that was declared last on the channel. */
export function queueName(channel: Channel, name: string): string {
  if (name !== '') return name;
  if (channel.lastQueueName === undefined) throw notFound('no previously declared queue');
  return channel.lastQueueName;
}

function declare(channel: Channel, method: QueueDeclare): void {
  channel.node.counts.churn.queuesDeclared++;
  const { node, vhost, actor } = channel;
  if (isReplyQueue(method.queue)) {
    requireReplyQueue(node, vhost.name, method.queue);
    const reply = { id: QUEUE_DECLARE_OK, queue: method.queue, messageCount: 0 } as const;
    return channel.reply({ ...reply, consumerCount: 1 }, method.noWait, false);
  }
  let isStored = false;
  let queue = method.passive ? node.topology.checkQueue(actor, vhost, method.queue) : undefined;
  if (queue === undefined) {
    ({ queue, isStored } = node.topology.declareQueue(actor, vhost, {
      name: method.queue,
      isDurable: method.durable,
      isExclusive: method.exclusive,
      isAutoDelete: method.autoDelete,
      arguments: method.arguments,
    }));
  }
  channel.lastQueueName = queue.name;
  const { name, readyCount, consumerCount } = queue;
  channel.reply(
    { id: QUEUE_DECLARE_OK, queue: name, messageCount: readyCount, consumerCount },
    method.noWait,
    isStored,
    queue.isDurable,
  );
}

function remove(channel: Channel, method: QueueDelete): void {
  if (isReplyQueue(method.queue)) {
    return channel.reply({ id: QUEUE_DELETE_OK, messageCount: 0 }, method.noWait, false);
  }
  const { messageCount, isStored } = channel.node.topology.deleteQueue(
    channel.actor,
    channel.vhost,
    {
      name: queueName(channel, method.queue),
      ifUnused: method.ifUnused,
      ifEmpty: method.ifEmpty,
    },
  );
  channel.reply({ id: QUEUE_DELETE_OK, messageCount }, method.noWait, isStored);
}

function bindingOf(channel: Channel, method: QueueBind | QueueUnbind): BindingRequest {
  if (isReplyQueue(method.queue)) {
    throw accessRefused('cannot bind or unbind to a volatile (direct reply-to) queue');
  }
  const destination = queueName(channel, method.queue);
  // With both names empty the queue's name is the routing key as well (AMQP 0-9-1 queue.bind).
  const isBothEmpty = method.queue === '' && method.routingKey === '';
  return {
    source: method.exchange,
    destinationKind: 'queue',
    destination,
    routingKey: isBothEmpty ? destination : method.routingKey,
    arguments: method.arguments,
  };
}
