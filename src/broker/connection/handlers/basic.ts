// Class basic (60) but for publish: consume, get, acknowledgements, prefetch, recover.

import {
  accessRefused,
  commandInvalid,
  notAllowed,
  notImplemented,
  preconditionFailed,
} from '../../../protocol/amqp-error.ts';
import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_GET,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_RECOVER,
  BASIC_RECOVER_ASYNC,
  BASIC_RECOVER_OK,
  BASIC_REJECT,
  type BasicConsume,
  type BasicQos,
  type Method,
} from '../../../protocol/generated/methods.ts';
import { consumerSettingsOf } from '../../queue/consumer-arguments.ts';
import type { Queue } from '../../queue/queue.ts';
import { requirePermission, resourceText } from '../../vhost/permissions.ts';
import type { Channel } from '../channel.ts';
import { consumerCreated, consumerDeleted } from '../connection-events.ts';
import { Consumer } from '../consumer.ts';
import { REPLY_TO_QUEUE } from '../reply-to.ts';
import { get } from './basic-get.ts';
import { queueName } from './queue.ts';

export function handleBasicMethod(channel: Channel, method: Method): void {
  switch (method.id) {
    case BASIC_QOS:
      return qos(channel, method);
    case BASIC_CONSUME:
      return consume(channel, method);
    case BASIC_CANCEL:
      return cancel(channel, method.consumerTag, method.noWait);
    case BASIC_CANCEL_OK:
      // Some clients answer our basic.cancel although it says no-wait: nothing to do.
      return;
    case BASIC_GET:
      return get(channel, method);
    case BASIC_ACK:
      return channel.settle(method.deliveryTag, method.multiple, 'acknowledge');
    case BASIC_NACK:
      return channel.settle(
        method.deliveryTag,
        method.multiple,
        method.requeue ? 'returned' : 'reject',
      );
    case BASIC_REJECT:
      return channel.settle(method.deliveryTag, false, method.requeue ? 'failed' : 'reject');
    case BASIC_RECOVER:
      recover(channel, method.requeue);
      return channel.send({ id: BASIC_RECOVER_OK });
    case BASIC_RECOVER_ASYNC:
      return recover(channel, method.requeue);
    default:
      throw commandInvalid('unimplemented method');
  }
}

function qos(channel: Channel, method: BasicQos): void {
  if (method.prefetchSize !== 0) {
    throw notImplemented(`prefetch_size!=0 (${method.prefetchSize})`);
  }
  if (method.global) {
    channel.globalPrefetchCount = method.prefetchCount;
  } else {
    channel.prefetchCount = method.prefetchCount;
    channel.globalPrefetchCount = 0;
  }
  channel.wakeConsumers();
  channel.send({ id: BASIC_QOS_OK });
}

function consume(channel: Channel, method: BasicConsume): void {
  const tag = method.consumerTag;
  if (tag !== '' && channel.hasConsumer(tag)) {
    throw notAllowed(`attempt to reuse consumer tag '${tag}'`);
  }
  const { settings, random } = channel.node;
  if (channel.consumers.size >= settings.consumerMaxPerChannel) {
    throw notAllowed(
      `reached maximum (${settings.consumerMaxPerChannel}) of consumers per channel`,
    );
  }
  const options = {
    consumerTag: tag === '' ? `amq.ctag-${random.bytes(16).toString('base64url')}` : tag,
    isNoAck: method.noAck,
    isExclusive: method.exclusive,
    prefetchCount: channel.prefetchCount,
    arguments: method.arguments,
  };
  if (method.queue === REPLY_TO_QUEUE) {
    if (!method.noAck) throw preconditionFailed('reply consumer cannot acknowledge');
    channel.setReplyConsumer(new Consumer(channel, undefined, options));
    return consumeOk(channel, options.consumerTag, method.noWait);
  }
  const name = queueName(channel, method.queue);
  requirePermission(channel.node.access, channel.actor, channel.vhost.name, 'read', 'queue', name);
  const queue = channel.node.topology.checkQueue(channel.actor, channel.vhost, name);
  const resource = resourceText('queue', name, channel.vhost.name);
  const asked = consumerSettingsOf(method.arguments, resource);
  if (!queue.type.allowsGlobalQos && channel.globalPrefetchCount > 0) {
    throw notImplemented(`${resource} does not support global qos`);
  }
  const isExclusive = method.exclusive && queue.type.hasExclusiveConsumers;
  if (isInExclusiveUse(queue, isExclusive)) {
    throw accessRefused(`${resource} in exclusive use`);
  }
  const consumer = new Consumer(channel, queue, { ...options, ...asked, isExclusive });
  channel.consumers.set(options.consumerTag, consumer);
  channel.consumerTimeout.expect(consumer.consumerTimeoutMs);
  consumeOk(channel, options.consumerTag, method.noWait);
  consumerCreated(consumer, queue);
  queue.addConsumer(consumer);
}

/** A single active consumer has the queue to itself already: none may ask for that. */
function isInExclusiveUse(queue: Queue, isExclusive: boolean): boolean {
  if (isExclusive && queue.settings.isSingleActiveConsumer) return true;
  return queue.consumerCount > 0 && (isExclusive || queue.consumers[0]?.isExclusive === true);
}

function consumeOk(channel: Channel, consumerTag: string, noWait: boolean): void {
  if (!noWait) channel.send({ id: BASIC_CONSUME_OK, consumerTag });
}

/** An unknown tag is answered all the same; unacked deliveries stay unacked. */
function cancel(channel: Channel, consumerTag: string, noWait: boolean): void {
  const consumer = channel.consumers.get(consumerTag);
  if (consumer === undefined) channel.clearReplyConsumer(consumerTag);
  channel.consumers.delete(consumerTag);
  // The reply first: nothing is delivered behind it, and an auto-delete queue goes after it.
  if (!noWait) channel.send({ id: BASIC_CANCEL_OK, consumerTag });
  if (consumer === undefined) return;
  consumer.queue?.removeConsumer(consumer);
  consumerDeleted(consumer);
}

function recover(channel: Channel, requeue: boolean): void {
  if (!requeue) throw notImplemented('requeue=false');
  channel.recover('returned');
}
