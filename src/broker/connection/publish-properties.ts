// The rules of basic.publish that depend on message properties: reply-to, expiration, CC and BCC,
// user-id, and what goes back to the publisher as basic.return. Off the common path.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { ByteWriter } from '../../protocol/byte-writer.ts';
import { decodeContentHeader, encodeContentHeader } from '../../protocol/content-header.ts';
import type { ContentHeaderScan } from '../../protocol/content-header-scan.ts';
import { EMPTY_TABLE, type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import {
  FRAME_END,
  FRAME_HEAD_BYTES,
  FRAME_HEADER,
  FRAME_OVERHEAD_BYTES,
} from '../../protocol/frame-constants.ts';
import { BASIC_RETURN } from '../../protocol/generated/methods.ts';
import { NO_ROUTE } from '../../protocol/generated/reply-codes.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { routingKey } from '../message/message-record.ts';
import { recordBytesAt } from '../message/record.ts';
import { HIDDEN_KEYS_BYTES_MAX } from '../message/record-trailer.ts';
import { requireTopicPermission } from '../vhost/permissions.ts';
import type { Channel } from './channel.ts';
import { contentPrefix, writeContent } from './deliver.ts';
import { REPLY_TO_QUEUE } from './reply-to.ts';

/** RabbitMQ's bound of an expiration: ten years in milliseconds. */
const EXPIRATION_MAX_MS = 315_360_000_000n;
const SHORT_STRING_BYTES_MAX = 255;

/**
 * Checks and applies the properties in RabbitMQ's order. Returns the routing keys: the publish key,
 * then CC, then BCC. The message is rewritten when a property has to change (reply-to, BCC).
 */
export function applyProperties(
  channel: Channel,
  message: IncomingMessage,
  scan: ContentHeaderScan,
  exchange: Exchange,
): string[] {
  const buffer = message.buffer;
  const keys = [routingKey(message)];
  let replyTo: string | undefined;
  if (scan.replyToStart >= 0) {
    const address = buffer.toString('utf8', scan.replyToStart, scan.replyToEnd);
    if (address === REPLY_TO_QUEUE) replyTo = channel.replyAddress();
  }
  if (scan.expirationStart >= 0) {
    const text = buffer.toString('utf8', scan.expirationStart, scan.expirationEnd);
    message.expirationMs = expirationMsOf(text);
    message.needsTrailer = true;
  }
  let headers: FieldTable | undefined;
  if (scan.hasSenderSelected) {
    headers = headersOf(message, scan);
    addKeys(keys, headers, 'CC');
    const visibleCount = keys.length;
    addKeys(keys, headers, 'BCC');
    hideKeys(message, keys.slice(visibleCount));
    if (!headers.has('BCC')) headers = undefined;
  }
  const { node, actor } = channel;
  for (const key of keys) requireTopicPermission(node.access, actor, exchange, 'write', key);
  if (scan.userIdStart >= 0) {
    checkUserId(channel, buffer.toString('utf8', scan.userIdStart, scan.userIdEnd));
  }
  if (replyTo !== undefined || headers !== undefined) rewrite(message, replyTo, headers);
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

function checkUserId(channel: Channel, userId: string): void {
  const user = channel.actor.user;
  if (userId === user.name || user.tags.includes('impersonator')) return;
  throw preconditionFailed(
    `user_id property set to '${userId}' but authenticated user was '${user.name}'`,
  );
}

function addKeys(keys: string[], headers: FieldTable, name: string): void {
  const field = headers.get(name);
  if (field === undefined) return;
  if (field.type !== 'A') {
    throw preconditionFailed(
      `invalid message: {unacceptable_type_in_header,"${name}",${fieldTypeName(field.type)}}`,
    );
  }
  for (const item of field.value) if (item.type === 'S') keys.push(item.value.toString('utf8'));
}

/** Keys that no consumer sees are kept for a dead letter, which goes to all keys of the message. */
function hideKeys(message: IncomingMessage, keys: readonly string[]): void {
  if (keys.length === 0) return;
  const writer = new ByteWriter();
  for (const key of keys) {
    if (Buffer.byteLength(key) > SHORT_STRING_BYTES_MAX) continue;
    if (writer.position + 1 + Buffer.byteLength(key) > HIDDEN_KEYS_BYTES_MAX) break;
    writer.shortString(key);
  }
  message.hiddenKeys = Buffer.from(writer.take());
  message.needsTrailer = true;
}

/** The message's headers table, empty when it has none. */
function headersOf(message: IncomingMessage, scan: ContentHeaderScan): FieldTable {
  if (scan.headersStart < 0) return EMPTY_TABLE;
  const start = message.contentStart + 1 + FRAME_HEAD_BYTES;
  const end = start + recordBytesAt(message.buffer, message.contentStart + 1 + 3);
  return decodeContentHeader(message.buffer, start, end).properties.headers ?? EMPTY_TABLE;
}

/** Puts a new header frame in front of the body frames, in a buffer of its own. */
function rewrite(
  message: IncomingMessage,
  replyTo: string | undefined,
  headers: FieldTable | undefined,
): void {
  const { buffer, namesStart, namesEnd, contentStart, contentEnd } = message;
  const headerStart = contentStart + 1 + FRAME_HEAD_BYTES;
  const headerEnd = headerStart + recordBytesAt(buffer, contentStart + 1 + 3);
  const decoded = decodeContentHeader(buffer, headerStart, headerEnd);
  const properties = { ...decoded.properties };
  if (replyTo !== undefined) properties.replyTo = replyTo;
  if (headers !== undefined) {
    const visible = new Map(headers);
    visible.delete('BCC');
    properties.headers = visible;
  }
  const writer = new ByteWriter();
  encodeContentHeader(writer, decoded.bodyBytes, properties);
  const payload = writer.take();
  const namesBytes = namesEnd - namesStart;
  const bodyFrames = buffer.subarray(headerEnd + 1, contentEnd);
  const headerFrame = Buffer.alloc(FRAME_OVERHEAD_BYTES + payload.length);
  headerFrame[0] = FRAME_HEADER;
  headerFrame.writeUInt32BE(payload.length, 3);
  payload.copy(headerFrame, FRAME_HEAD_BYTES);
  headerFrame[headerFrame.length - 1] = FRAME_END;
  const names = buffer.subarray(namesStart, namesEnd);
  message.buffer = Buffer.concat([names, Buffer.of(FRAME_END), headerFrame, bodyFrames]);
  message.namesStart = 0;
  message.namesEnd = namesBytes;
  message.contentStart = namesBytes;
  message.contentEnd = message.buffer.length;
  message.record = undefined;
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
