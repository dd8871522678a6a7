// Direct reply-to: a pseudo-queue whose replies go straight to the requester's channel, never stored.

import { notFound } from '../../protocol/amqp-error.ts';
import type { BrokerNode } from '../broker-node.ts';

export const REPLY_TO_QUEUE = 'amq.rabbitmq.reply-to';
const ADDRESS_PREFIX = `${REPLY_TO_QUEUE}.`;

/** True for a queue name that means direct reply-to (the pseudo-queue or an opaque address). */
export function isReplyQueue(name: string): boolean {
  return name === REPLY_TO_QUEUE || name.startsWith(ADDRESS_PREFIX);
}

/** True when the first routing key is an opaque reply address. */
export function isReplyAddress(keys: readonly string[]): boolean {
  return (keys[0] as string).startsWith(ADDRESS_PREFIX);
}

export function newReplyAddress(node: BrokerNode): string {
  return `${ADDRESS_PREFIX}${node.random.bytes(24).toString('base64url')}`;
}

/** A reply for a requester that is gone is dropped. */
export function deliverReply(node: BrokerNode, address: string, record: Buffer): void {
  node.replyReceivers.get(address)?.deliverReply(record);
}

/** What queue.declare answers for the pseudo-queue: a live requester counts as one consumer. */
export function requireReplyQueue(node: BrokerNode, vhostName: string, name: string): void {
  if (name === REPLY_TO_QUEUE || node.replyReceivers.has(name)) return;
  throw notFound(`no queue '${name}' in vhost '${vhostName}'`);
}
