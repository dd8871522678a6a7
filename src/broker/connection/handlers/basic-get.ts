// basic.get: one message on request. It ignores prefetch; a message that lies on the disk is read first.

import { notFound, resourceLocked } from '../../../protocol/amqp-error.ts';
import {
  BASIC_GET_EMPTY,
  BASIC_GET_OK,
  type BasicGet,
} from '../../../protocol/generated/methods.ts';
import { withDeliveryCount } from '../../message/delivery-count-header.ts';
import { RECORD_HEAD_BYTES } from '../../message/record.ts';
import type { Queue } from '../../queue/queue.ts';
import { requirePermission, resourceText } from '../../vhost/permissions.ts';
import type { Channel } from '../channel.ts';
import { GetOwner } from '../consumer.ts';
import { writeContentFrames } from '../deliver.ts';
import { traceDelivery } from '../firehose.ts';
import { isReplyQueue } from '../reply-to.ts';
import { queueName } from './queue.ts';

export function get(channel: Channel, method: BasicGet): void {
  const { node, vhost, actor } = channel;
  const name = queueName(channel, method.queue);
  requirePermission(node.access, actor, vhost.name, 'read', 'queue', name);
  if (isReplyQueue(name)) throw notFound(`no queue '${name}' in vhost '${vhost.name}'`);
  const queue = node.topology.checkQueue(actor, vhost, name);
  requireGettable(queue);
  take(channel, queue, method.noAck);
}

/** Throws 405 for a queue whose messages all go to a single active consumer. */
export function requireGettable(queue: Queue): void {
  if (!queue.settings.isSingleActiveConsumer || queue.type.allowsGetBesideActiveConsumer) return;
  const resource = resourceText('queue', queue.name, queue.vhostName);
  throw resourceLocked(
    `cannot obtain access to locked ${resource}. basic.get operations are not supported by ${queue.type.name} queues with single active consumer`,
  );
}

function take(channel: Channel, queue: Queue, isNoAck: boolean): void {
  if (queue.take()) return getOk(channel, queue, isNoAck);
  if (!queue.needsCold) {
    channel.counts.ofQueue(queue.counts).getEmpty++;
    return channel.send({ id: BASIC_GET_EMPTY });
  }
  // The next message is being read: the connection goes on when it is there.
  channel.connection.waitFor((resume) => {
    queue.whenRead(() => {
      if (!channel.isClosing) take(channel, queue, isNoAck);
      resume();
    });
  });
}

function getOk(channel: Channel, queue: Queue, isNoAck: boolean): void {
  const { messages, positionOffset } = queue.takenLane;
  const { takenSegment, takenIndex, takenPosition, takenRedelivered } = messages;
  let slab = takenSegment.slab;
  let offset = takenSegment.offsets[takenIndex] as number;
  if (messages.takenDeliveryCount !== 0) {
    slab = withDeliveryCount(slab, offset, messages.takenDeliveryCount);
    offset = 0;
  }
  const deliveryTag = ++channel.lastDeliveryTag;
  const exchangeStart = offset + RECORD_HEAD_BYTES;
  const keyStart = exchangeStart + 1 + (slab[exchangeStart] as number);
  channel.send({
    id: BASIC_GET_OK,
    deliveryTag,
    redelivered: takenRedelivered,
    exchange: shortString(slab, exchangeStart),
    routingKey: shortString(slab, keyStart),
    messageCount: queue.readyCount,
  });
  writeContentFrames(channel.outgoing, channel.number, channel.frameMaxBytes, slab, offset);
  if (channel.vhost.isTraced) traceDelivery(channel, queue, slab, offset, takenRedelivered);
  const counts = channel.counts.ofQueue(queue.counts);
  if (takenRedelivered) counts.redeliver++;
  if (isNoAck) {
    counts.getNoAck++;
    return queue.settleTaken();
  }
  counts.get++;
  const owner = new GetOwner(channel.node.settings, queue, counts);
  channel.consumerTimeout.expect(owner.consumerTimeoutMs);
  channel.unacked.add(deliveryTag, owner, takenPosition + positionOffset);
}

function shortString(buffer: Buffer, start: number): string {
  return buffer.toString('utf8', start + 1, start + 1 + (buffer[start] as number));
}
