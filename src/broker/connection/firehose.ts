// The firehose: while a vhost is traced, a copy of every message that is published, delivered or got
// goes to amq.rabbitmq.trace, with RabbitMQ's headers. Called behind one branch on a plain field.

import {
  CONTENT_HEADER_BYTES_MIN,
  decodeContentHeader,
  type MessageProperties,
} from '../../protocol/content-header.ts';
import type { FieldTable, FieldValue } from '../../protocol/field-table.ts';
import { fieldValueOf } from '../../protocol/field-value.ts';
import { FRAME_HEAD_BYTES } from '../../protocol/frame-constants.ts';
import { PublishedMessage } from '../exchange/routed-message.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { exchangeName, incomingAt, routingKey } from '../message/message-record.ts';
import { recordBytesAt } from '../message/record.ts';
import { hiddenKeysAt } from '../message/record-trailer.ts';
import type { Queue } from '../queue/queue.ts';
import { TRACE_EXCHANGE } from '../vhost/vhost.ts';
import type { Channel } from './channel.ts';

const SHORT_STRING_BYTES_MAX = 255;
/** What the copy says beside the properties and the queues: names of this and that. */
const OTHER_HEADERS_BYTES = 4096;

/** In the order of RabbitMQ's table: the last property comes first. */
const PROPERTY_NAMES: readonly (readonly [keyof MessageProperties, string])[] = [
  ['clusterId', 'cluster_id'],
  ['appId', 'app_id'],
  ['userId', 'user_id'],
  ['type', 'type'],
  ['timestamp', 'timestamp'],
  ['messageId', 'message_id'],
  ['expiration', 'expiration'],
  ['replyTo', 'reply_to'],
  ['correlationId', 'correlation_id'],
  ['priority', 'priority'],
  ['deliveryMode', 'delivery_mode'],
  ['headers', 'headers'],
  ['contentEncoding', 'content_encoding'],
  ['contentType', 'content_type'],
];

/** `keys` are the routing keys, undefined when there is only that of the publish. */
export function tracePublish(
  channel: Channel,
  message: IncomingMessage,
  keys: readonly string[] | undefined,
  targets: readonly Queue[],
): void {
  if (!isListenedTo(channel)) return;
  const exchange = exchangeName(message);
  const headerBytes = recordBytesAt(message.buffer, message.contentStart + 1 + 3);
  trace(channel, message, `publish.${exchange}`, keys ?? [routingKey(message)], [
    ...clientHeaders(channel),
    ['routed_queues', queueNames(targets, channel.node.settings.frameMaxBytes - headerBytes)],
  ]);
}

/** The record of the message lies at slab[offset]. */
export function traceDelivery(
  channel: Channel,
  queue: Queue,
  slab: Buffer,
  offset: number,
  isRedelivered: boolean,
): void {
  if (!isListenedTo(channel)) return;
  const message = incomingAt(slab, offset);
  // What the firehose itself published is not traced on its way out.
  if (exchangeName(message) === TRACE_EXCHANGE) return;
  const copies = carbonCopies(new PublishedMessage(message, []).headers());
  const keys = [routingKey(message), ...copies, ...hiddenKeysAt(slab, offset)];
  trace(channel, message, `deliver.${queue.name}`, keys, [
    ['redelivered', { type: 'I', value: isRedelivered ? 1 : 0 }],
    ...clientHeaders(channel),
  ]);
}

function isListenedTo(channel: Channel): boolean {
  const exchange = channel.vhost.exchanges.get(TRACE_EXCHANGE);
  return exchange !== undefined && exchange.bindings.size > 0;
}

type Header = readonly [string, FieldValue];

function clientHeaders(channel: Channel): Header[] {
  return [
    ['vhost', fieldValueOf(channel.vhost.name)],
    ['connection', fieldValueOf(channel.connection.name)],
    ['channel', { type: 'I', value: channel.number }],
    ['user', fieldValueOf(channel.actor.user.name)],
  ];
}

function trace(
  channel: Channel,
  message: IncomingMessage,
  key: string,
  keys: readonly string[],
  rest: readonly Header[],
): void {
  const { buffer, contentStart, contentEnd } = message;
  const start = contentStart + 1 + FRAME_HEAD_BYTES;
  const end = start + recordBytesAt(buffer, contentStart + 1 + 3);
  const { properties, bodyBytes } = decodeContentHeader(buffer, start, end);
  const { publisher, events } = channel.node;
  publisher.publish(channel.vhost, {
    exchange: TRACE_EXCHANGE,
    routingKey: cutToShortString(key),
    properties: {
      headers: new Map<string, FieldValue>([
        ['exchange_name', fieldValueOf(exchangeName(message))],
        ['routing_keys', fieldValueOf(keys)],
        ['properties', { type: 'F', value: tableOfProperties(properties) }],
        ['node', fieldValueOf(events.nodeName)],
        ...rest,
      ]),
    },
    bodyBytes,
    bodyFrames: Buffer.from(buffer.subarray(end + 1, contentEnd)),
  });
}

function tableOfProperties(properties: MessageProperties): FieldTable {
  const table = new Map<string, FieldValue>();
  for (const [property, name] of PROPERTY_NAMES) {
    const value = properties[property];
    if (value instanceof Map) table.set(name, { type: 'F', value });
    else if (typeof value === 'string') table.set(name, fieldValueOf(value));
    else if (value !== undefined) table.set(name, integerOf(BigInt(value as number | bigint)));
  }
  return table;
}

/** RabbitMQ writes every number in 32 bits, also a timestamp that needs more. */
function integerOf(value: bigint): FieldValue {
  const narrow = Number(BigInt.asIntN(32, value));
  return BigInt(narrow) === value ? { type: 'I', value: narrow } : { type: 'l', value };
}

function carbonCopies(headers: FieldTable): string[] {
  const copies = headers.get('CC');
  if (copies?.type !== 'A') return [];
  return copies.value.flatMap((item) => (item.type === 'S' ? [item.value.toString('utf8')] : []));
}

/** As many as leave the header frame within the frame size; a message may reach any number. */
function queueNames(targets: readonly Queue[], frameBytes: number): FieldValue {
  let room = frameBytes - CONTENT_HEADER_BYTES_MIN - OTHER_HEADERS_BYTES;
  const names: FieldValue[] = [];
  for (const { name } of targets) {
    const value = Buffer.from(name, 'utf8');
    room -= value.length + 5;
    if (room < 0) break;
    names.push({ type: 'S', value });
  }
  return { type: 'A', value: names };
}

/** The name of an exchange or queue may fill a short string by itself. */
function cutToShortString(key: string): string {
  let cut = key;
  while (Buffer.byteLength(cut, 'utf8') > SHORT_STRING_BYTES_MAX) cut = cut.slice(0, -1);
  return cut;
}
