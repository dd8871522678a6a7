// The rules of basic.publish that depend on message properties: reply-to, expiration, CC and BCC,
// user-id, and what goes back to the publisher as basic.return. Off the common path.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { ContentHeaderScan } from '../../protocol/content-header-scan.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { BASIC_RETURN } from '../../protocol/generated/methods.ts';
import { NO_ROUTE } from '../../protocol/generated/reply-codes.ts';
import type { Actor } from '../actor.ts';
import type { BrokerNode } from '../broker-node.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { headersOf, propertiesOf, rewriteProperties } from '../message/message-properties.ts';
import { routingKey } from '../message/message-record.ts';
import { hiddenKeysOf, senderSelectedKeys, withoutBcc } from '../message/sender-selected.ts';
import { requireTopicPermission } from '../vhost/permissions.ts';
import type { Channel } from './channel.ts';
import { contentPrefix, writeContent } from './deliver.ts';
import { REPLY_TO_QUEUE } from './reply-to.ts';

/** RabbitMQ's bound of an expiration: ten years in milliseconds. */
const EXPIRATION_MAX_MS = 315_360_000_000n;

/** A channel, or who publishes without one. */
export interface Publisher {
  readonly node: BrokerNode;
  readonly actor: Actor;
  /** What stands for amq.rabbitmq.reply-to; throws AmqpError when nothing does. */
  replyAddress(): string;
}

/**
 * Checks and applies the properties in RabbitMQ's order. Returns the routing keys: the publish key,
 * then CC, then BCC. The message is rewritten when a property has to change (reply-to, BCC).
 */
export function applyProperties(
  publisher: Publisher,
  message: IncomingMessage,
  scan: ContentHeaderScan,
  exchange: Exchange,
): string[] {
  const buffer = message.buffer;
  const keys = [routingKey(message)];
  let replyTo: string | undefined;
  if (scan.replyToStart >= 0) {
    const address = buffer.toString('utf8', scan.replyToStart, scan.replyToEnd);
    if (address === REPLY_TO_QUEUE) replyTo = publisher.replyAddress();
  }
  if (scan.expirationStart >= 0) {
    const text = buffer.toString('utf8', scan.expirationStart, scan.expirationEnd);
    message.expirationMs = expirationMsOf(text);
    message.needsTrailer = true;
  }
  let headers: FieldTable | undefined;
  if (scan.hasSenderSelected) {
    headers = headersOf(message);
    keys.push(...senderSelectedKeys(headers, 'CC'));
    // Kept for a dead letter, which goes to all keys of the message.
    const hidden = senderSelectedKeys(headers, 'BCC');
    keys.push(...hidden);
    if (hidden.length > 0) {
      message.hiddenKeys = hiddenKeysOf(hidden);
      message.needsTrailer = true;
    }
    if (!headers.has('BCC')) headers = undefined;
  }
  const { node, actor } = publisher;
  for (const key of keys) requireTopicPermission(node.access, actor, exchange, 'write', key);
  if (scan.userIdStart >= 0) {
    checkUserId(actor, buffer.toString('utf8', scan.userIdStart, scan.userIdEnd));
  }
  if (replyTo !== undefined || headers !== undefined) {
    rewriteProperties(message, {
      ...propertiesOf(message),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(headers === undefined ? {} : { headers: withoutBcc(headers) }),
    });
  }
  return keys;
}

function expirationMsOf(text: string): number {
  const refuse = (reason: string) => preconditionFailed(`invalid expiration '${text}': ${reason}`);
  const match = /^([+-]?\d+)(.*)$/s.exec(text);
  if (match === null) throw refuse('no_integer');
  const [, digits = '', rest = ''] = match;
  if (rest !== '') throw refuse(`{leftover_string,"${rest}"}`);
  const value = BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
  if (value < 0n) throw refuse(`{value_negative,${value}}`);
  if (value > EXPIRATION_MAX_MS) throw refuse(`{value_too_large,${value}}`);
  return Number(value);
}

function checkUserId({ user }: Actor, userId: string): void {
  if (userId === user.name || user.tags.includes('impersonator')) return;
  throw preconditionFailed(
    `user_id property set to '${userId}' but authenticated user was '${user.name}'`,
  );
}

/** basic.return 312 NO_ROUTE, before the confirm of the message. */
export function returnMessage(channel: Channel, record: Buffer): void {
  const text = Buffer.from('NO_ROUTE');
  const fields = Buffer.alloc(2 + 1 + text.length);
  fields.writeUInt16BE(NO_ROUTE, 0);
  fields[2] = text.length;
  text.copy(fields, 3);
  const prefix = contentPrefix(channel.number, BASIC_RETURN, fields);
  writeContent(channel.outgoing, channel.number, channel.frameMaxBytes, prefix, record, 0);
}
