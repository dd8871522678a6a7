// A publish without a channel, for operators: the same checks in the same order as basic.publish, always
// mandatory. Whether it is durable is known with the next commit.

import { accessRefused, notFound } from '../../protocol/amqp-error.ts';
import type { MessageProperties } from '../../protocol/content-header.ts';
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEAD_BYTES,
  FRAME_OVERHEAD_BYTES,
} from '../../protocol/frame-constants.ts';
import type { Actor } from '../actor.ts';
import type { BrokerNode } from '../broker-node.ts';
import { incomingOf } from '../broker-publisher.ts';
import { scanContent, tooLarge } from '../connection/publish.ts';
import { applyProperties } from '../connection/publish-properties.ts';
import { deliverReply, isReplyAddress } from '../connection/reply-to.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { PublishedMessage } from '../exchange/routed-message.ts';
import { recordOf, shareLarge } from '../message/message-record.ts';
import { REJECTED } from '../queue/enqueue-outcome.ts';
import type { Queue } from '../queue/queue.ts';
import { requireShort } from '../vhost/names.ts';
import { requirePermission } from '../vhost/permissions.ts';
import type { VirtualHost } from '../vhost/vhost.ts';

export interface OperatorMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly body: Buffer;
}

export interface OperatorPublish {
  /** It reached a queue, or is held back for one. */
  readonly isRouted: boolean;
  /** A queue refused it: basic.nack. */
  readonly isRefused: boolean;
}

/** Throws AmqpError. */
export function publishAs(
  node: BrokerNode,
  actor: Actor,
  vhost: VirtualHost,
  own: OperatorMessage,
): OperatorPublish {
  requireShort('routing key', own.routingKey);
  const { maxMessageBytes, frameMaxBytes } = node.settings;
  if (own.body.length > maxMessageBytes) throw tooLarge(own.body.length, { maxMessageBytes });
  const exchange = writableExchange(node, actor, vhost, own.exchange);
  const message = incomingOf({
    exchange: own.exchange,
    routingKey: own.routingKey,
    properties: own.properties,
    bodyBytes: own.body.length,
    bodyFrames: framesOf(own.body, frameMaxBytes),
  });
  scanContent(node.scan, message);
  const publisher = { node, actor, replyAddress: noReplyConsumer };
  const keys = applyProperties(publisher, message, node.scan, exchange);
  if (exchange.name === '' && isReplyAddress(keys)) {
    deliverReply(node, keys[0] as string, recordOf(message));
    return { isRouted: true, isRefused: false };
  }
  shareLarge(message);
  const routed = new PublishedMessage(message, keys);
  const targets: Queue[] = [];
  node.routing.route(vhost, exchange, routed, targets);
  const isRouted = targets.length > 0 || routed.isTaken;
  exchange.counts.publishedByOperator(targets, isRouted);
  node.counts.messageSizes.observe(message.bodyBytes);
  let outcome = routed.outcome;
  for (const queue of targets) outcome |= queue.enqueue(message);
  return { isRouted, isRefused: outcome >= REJECTED };
}

function writableExchange(
  node: BrokerNode,
  actor: Actor,
  vhost: VirtualHost,
  name: string,
): Exchange {
  requirePermission(node.access, actor, vhost.name, 'write', 'exchange', name);
  const exchange = vhost.exchanges.get(name);
  if (exchange === undefined) throw notFound(`no exchange '${name}' in vhost '${vhost.name}'`);
  if (exchange.isInternal) {
    throw accessRefused(
      `cannot publish to internal exchange '${name}' in vhost '${exchange.vhostName}'`,
    );
  }
  return exchange;
}

function noReplyConsumer(): string {
  throw notFound('fast reply consumer does not exist');
}

/** The body as whole frames, as large as they may be. */
function framesOf(body: Buffer, frameMaxBytes: number): Buffer {
  const payloadMax = frameMaxBytes - FRAME_OVERHEAD_BYTES;
  const count = Math.ceil(body.length / payloadMax);
  const frames = Buffer.alloc(body.length + count * FRAME_OVERHEAD_BYTES);
  let at = 0;
  for (let start = 0; start < body.length; start += payloadMax) {
    const end = Math.min(start + payloadMax, body.length);
    frames[at] = FRAME_BODY;
    frames.writeUInt32BE(end - start, at + 3);
    at += FRAME_HEAD_BYTES;
    at += body.copy(frames, at, start, end);
    frames[at++] = FRAME_END;
  }
  return frames;
}
