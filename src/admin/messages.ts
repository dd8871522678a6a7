// Messages published and fetched over the API, in RabbitMQ's JSON.

import { type Afterwards, type FetchedMessage, getAs } from '../broker/operator/operator-get.ts';
import { type OperatorMessage, publishAs } from '../broker/operator/operator-publish.ts';
import { AmqpError } from '../protocol/amqp-error.ts';
import type { MessageProperties } from '../protocol/content-header.ts';
import { ACCESS_REFUSED, NOT_FOUND } from '../protocol/generated/reply-codes.ts';
import { ValidationError } from '../util/request-errors.ts';
import { actorOf } from './actor.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import { MissingError } from './faults.ts';
import { jsonOfTable, tableOfJson } from './field-json.ts';
import type { Requester } from './requester.ts';
import { requireShortText } from './short-text.ts';

const TEXT_PROPERTIES = {
  content_type: 'contentType',
  content_encoding: 'contentEncoding',
  correlation_id: 'correlationId',
  reply_to: 'replyTo',
  expiration: 'expiration',
  message_id: 'messageId',
  type: 'type',
  user_id: 'userId',
  app_id: 'appId',
  cluster_id: 'clusterId',
} as const;

const OCTET_MAX = 255;

/** Only those that are set. */
export function propertiesView(properties: MessageProperties): View {
  const view: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(TEXT_PROPERTIES)) {
    const value = properties[field];
    if (value !== undefined) view[name] = value;
  }
  const { headers, deliveryMode, priority, timestamp } = properties;
  if (headers !== undefined) view['headers'] = jsonOfTable(headers);
  if (deliveryMode !== undefined) view['delivery_mode'] = deliveryMode;
  if (priority !== undefined) view['priority'] = priority;
  if (timestamp !== undefined) view['timestamp'] = Number(timestamp);
  return view;
}

/** Throws ValidationError. What RabbitMQ does not know is passed over. */
export function propertiesOfJson(json: View): MessageProperties {
  const properties: { -readonly [K in keyof MessageProperties]: MessageProperties[K] } = {};
  for (const [name, field] of Object.entries(TEXT_PROPERTIES)) {
    const value = Object.hasOwn(json, name) ? json[name] : undefined;
    if (value !== undefined) properties[field] = shortText(name, value);
  }
  const { headers } = json;
  if (headers !== undefined) {
    if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
      throw new ValidationError('headers should be an object');
    }
    properties.headers = tableOfJson('headers', headers as View);
  }
  const deliveryMode = integer(json, 'delivery_mode', OCTET_MAX);
  const priority = integer(json, 'priority', OCTET_MAX);
  const timestamp = integer(json, 'timestamp', Number.MAX_SAFE_INTEGER);
  if (deliveryMode !== undefined) properties.deliveryMode = deliveryMode;
  if (priority !== undefined) properties.priority = priority;
  if (timestamp !== undefined) properties.timestamp = BigInt(timestamp);
  return properties;
}

function shortText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new ValidationError(`not_string: ${name}`);
  requireShortText(name, value);
  return value;
}

function integer(json: View, name: string, max: number): number | undefined {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new ValidationError(`not_int: ${name}`);
  }
  if (value >= 0 && value <= max) return value;
  throw new ValidationError(`${name} should be between 0 and ${max}`);
}

/** Throws ValidationError. */
export function payloadOf(payload: string, encoding: string): Buffer {
  if (encoding === 'string') return Buffer.from(payload, 'utf8');
  if (encoding !== 'base64') throw new ValidationError(`unsupported_encoding: ${encoding}`);
  const compact = payload.replace(/[\r\n]/g, '');
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(compact) && compact.length % 4 === 0) {
    return Buffer.from(compact, 'base64');
  }
  throw new ValidationError(`not_base64: ${payload.slice(0, 100)}`);
}

/** Resolves, once it is durable, with whether it was routed. */
export async function publishMessage(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  message: OperatorMessage,
): Promise<boolean> {
  const published = await node.changes.make(() => {
    const vhost = node.broker.vhosts.existing(vhostName);
    return withCode(() => publishAs(node.broker, actorOf(requester), vhost, message));
  });
  if (published.isRefused) throw new ValidationError('the message was refused by a queue');
  return published.isRouted;
}

/** RabbitMQ tells what went wrong with a publish with the code in front. */
function withCode<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AmqpError) || error.replyCode === ACCESS_REFUSED) throw error;
    throw new ValidationError(`${error.replyCode} ${error.replyText}`);
  }
}

export interface GetOptions {
  readonly count: number;
  readonly afterwards: Afterwards;
  /** `auto`: a payload that is UTF-8 is sent as it is. */
  readonly encoding: 'auto' | 'base64';
  /** Bytes of each payload; undefined: all of it. */
  readonly truncate: number | undefined;
}

export async function getMessages(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  options: GetOptions,
): Promise<View[]> {
  const vhost = node.broker.vhosts.existing(vhostName);
  const { count, afterwards, truncate, encoding } = options;
  const bodyBytesMax = truncate ?? Number.POSITIVE_INFINITY;
  const request = { queue: name, count, afterwards, bodyBytesMax };
  const messages = await new Promise<readonly FetchedMessage[]>((resolve) =>
    named(() => getAs(node.broker, actorOf(requester), vhost, request, resolve)),
  );
  return messages.map(({ content, isRedelivered, leftCount }) => ({
    payload_bytes: content.bodyBytes,
    redelivered: isRedelivered,
    exchange: content.exchange,
    routing_key: content.routingKey,
    message_count: leftCount,
    properties: propertiesView(content.properties),
    ...payloadView(content.body, encoding),
  }));
}

/** A queue that is missing is named, as RabbitMQ does here. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error;
    if (error.replyCode === NOT_FOUND) throw new MissingError(error.replyText);
    if (error.replyCode === ACCESS_REFUSED) throw error;
    throw new ValidationError(`${error.replyCode} ${error.replyText}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function payloadView(body: Buffer, encoding: 'auto' | 'base64'): View {
  if (encoding === 'auto') {
    try {
      return { payload: utf8.decode(body), payload_encoding: 'string' };
    } catch {
      // Not UTF-8, be it because the end was cut off.
    }
  }
  return { payload: body.toString('base64'), payload_encoding: 'base64' };
}
