// The payload of a content header frame (semantics 1.7), decoded into objects: for everything but the
// publish path, which scans it with content-header-scan.ts.

import { internalError } from './amqp-error.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { DecodeError } from './decode-error.ts';
import type { FieldTable } from './field-table.ts';

/** A property that was not sent is absent here; an empty one that was sent is present. */
export interface MessageProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: FieldTable;
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly expiration?: string;
  readonly messageId?: string;
  /** Seconds since the Unix epoch. */
  readonly timestamp?: bigint;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
}

export interface ContentHeader {
  readonly bodyBytes: number;
  readonly properties: MessageProperties;
}

export const NO_PROPERTIES: MessageProperties = {};

export const CONTENT_CLASS = 60;
/** Class, weight, body size and flags. */
export const CONTENT_HEADER_BYTES_MIN = 14;

export const FLAG_CONTENT_TYPE = 1 << 15;
export const FLAG_CONTENT_ENCODING = 1 << 14;
export const FLAG_HEADERS = 1 << 13;
export const FLAG_DELIVERY_MODE = 1 << 12;
export const FLAG_PRIORITY = 1 << 11;
export const FLAG_CORRELATION_ID = 1 << 10;
export const FLAG_REPLY_TO = 1 << 9;
export const FLAG_EXPIRATION = 1 << 8;
export const FLAG_MESSAGE_ID = 1 << 7;
export const FLAG_TIMESTAMP = 1 << 6;
export const FLAG_TYPE = 1 << 5;
export const FLAG_USER_ID = 1 << 4;
export const FLAG_APP_ID = 1 << 3;
export const FLAG_CLUSTER_ID = 1 << 2;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Throws a bare INTERNAL_ERROR (RabbitMQ's answer) when the header does not decode. */
export function decodeContentHeader(buffer: Buffer, start: number, end: number): ContentHeader {
  const reader = new ByteReader(buffer, start, end);
  try {
    reader.skip(4);
    const bodyBytes = reader.longlong();
    const properties = readProperties(reader, reader.short());
    reader.expectEnd();
    return { bodyBytes, properties };
  } catch (error) {
    throw error instanceof DecodeError ? internalError() : error;
  }
}

function readProperties(reader: ByteReader, flags: number): MessageProperties {
  const properties: Mutable<MessageProperties> = {};
  if (flags & FLAG_CONTENT_TYPE) properties.contentType = reader.uncheckedShortString();
  if (flags & FLAG_CONTENT_ENCODING) properties.contentEncoding = reader.uncheckedShortString();
  if (flags & FLAG_HEADERS) properties.headers = reader.table();
  if (flags & FLAG_DELIVERY_MODE) properties.deliveryMode = reader.octet();
  if (flags & FLAG_PRIORITY) properties.priority = reader.octet();
  if (flags & FLAG_CORRELATION_ID) properties.correlationId = reader.uncheckedShortString();
  if (flags & FLAG_REPLY_TO) properties.replyTo = reader.uncheckedShortString();
  if (flags & FLAG_EXPIRATION) properties.expiration = reader.uncheckedShortString();
  if (flags & FLAG_MESSAGE_ID) properties.messageId = reader.uncheckedShortString();
  if (flags & FLAG_TIMESTAMP) properties.timestamp = reader.longlongBig();
  if (flags & FLAG_TYPE) properties.type = reader.uncheckedShortString();
  if (flags & FLAG_USER_ID) properties.userId = reader.uncheckedShortString();
  if (flags & FLAG_APP_ID) properties.appId = reader.uncheckedShortString();
  if (flags & FLAG_CLUSTER_ID) properties.clusterId = reader.uncheckedShortString();
  return properties;
}

/** Writes the payload of a header frame. */
export function encodeContentHeader(
  writer: ByteWriter,
  bodyBytes: number,
  properties: MessageProperties,
): void {
  writer.short(CONTENT_CLASS);
  writer.short(0);
  writer.longlong(bodyBytes);
  const flagsAt = writer.reserve(2);
  const text = (value: string | undefined, flag: number): number => {
    if (value === undefined) return 0;
    writer.shortString(value);
    return flag;
  };
  let flags = text(properties.contentType, FLAG_CONTENT_TYPE);
  flags |= text(properties.contentEncoding, FLAG_CONTENT_ENCODING);
  if (properties.headers !== undefined) {
    writer.table(properties.headers);
    flags |= FLAG_HEADERS;
  }
  if (properties.deliveryMode !== undefined) {
    writer.octet(properties.deliveryMode);
    flags |= FLAG_DELIVERY_MODE;
  }
  if (properties.priority !== undefined) {
    writer.octet(properties.priority);
    flags |= FLAG_PRIORITY;
  }
  flags |= text(properties.correlationId, FLAG_CORRELATION_ID);
  flags |= text(properties.replyTo, FLAG_REPLY_TO);
  flags |= text(properties.expiration, FLAG_EXPIRATION);
  flags |= text(properties.messageId, FLAG_MESSAGE_ID);
  if (properties.timestamp !== undefined) {
    writer.longlongBig(properties.timestamp);
    flags |= FLAG_TIMESTAMP;
  }
  flags |= text(properties.type, FLAG_TYPE);
  flags |= text(properties.userId, FLAG_USER_ID);
  flags |= text(properties.appId, FLAG_APP_ID);
  flags |= text(properties.clusterId, FLAG_CLUSTER_ID);
  writer.buffer.writeUInt16BE(flags, flagsAt);
}
