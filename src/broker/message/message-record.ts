// What an IncomingMessage says beyond offsets: its names as strings, and itself as one record.

import { IncomingMessage, LARGE_RECORD_BYTES } from './incoming-message.ts';
import {
  RECORD_CHECKSUM_OFFSET,
  RECORD_FLAGS_OFFSET,
  RECORD_HEAD_BYTES,
  RECORD_PERSISTENT,
} from './record.ts';
import { contentEndAt } from './record-trailer.ts';

export function exchangeName(message: IncomingMessage): string {
  const start = message.namesStart;
  const length = message.buffer[start] as number;
  return message.buffer.toString('utf8', start + 1, start + 1 + length);
}

export function routingKey(message: IncomingMessage): string {
  const start = message.namesStart + 1 + (message.buffer[message.namesStart] as number);
  const length = message.buffer[start] as number;
  return message.buffer.toString('utf8', start + 1, start + 1 + length);
}

/** The message as one record of its own. */
export function recordOf(message: IncomingMessage): Buffer {
  if (message.record !== undefined) return message.record;
  const { buffer, namesStart, namesEnd, contentStart, contentEnd } = message;
  const namesBytes = namesEnd - namesStart;
  const recordBytes = RECORD_HEAD_BYTES + namesBytes + contentEnd - contentStart;
  const record = Buffer.allocUnsafeSlow(recordBytes);
  writeRecordHead(record, message);
  buffer.copy(record, RECORD_HEAD_BYTES, namesStart, namesEnd);
  buffer.copy(record, RECORD_HEAD_BYTES + namesBytes, contentStart, contentEnd);
  return record;
}

/** A large message becomes one buffer, which all of its queues keep. */
export function shareLarge(message: IncomingMessage): void {
  if (message.contentEnd - message.contentStart < LARGE_RECORD_BYTES) return;
  message.record ??= recordOf(message);
}

export function writeRecordHead(record: Buffer, message: IncomingMessage): void {
  record.writeUInt32BE(record.length, 0);
  record.writeUInt32BE(0, RECORD_CHECKSUM_OFFSET);
  const persistent = message.isPersistent ? RECORD_PERSISTENT : 0;
  record[RECORD_FLAGS_OFFSET] = persistent | message.extraFlags;
}

/** The record at slab[offset], described where it lies. */
export function incomingAt(slab: Buffer, offset: number): IncomingMessage {
  const message = new IncomingMessage();
  message.buffer = slab;
  message.namesStart = offset + RECORD_HEAD_BYTES;
  const keyStart = message.namesStart + 1 + (slab[message.namesStart] as number);
  message.namesEnd = keyStart + 1 + (slab[keyStart] as number);
  message.contentStart = message.namesEnd;
  message.contentEnd = contentEndAt(slab, offset);
  return message;
}

/** A copy that stays valid behind the publish. */
export function keptCopy(message: IncomingMessage): IncomingMessage {
  const record = recordOf(message);
  const copy = Object.assign(new IncomingMessage(), message);
  copy.buffer = record;
  copy.namesStart = RECORD_HEAD_BYTES;
  copy.namesEnd = RECORD_HEAD_BYTES + message.namesEnd - message.namesStart;
  copy.contentStart = copy.namesEnd;
  const contentBytes = message.contentEnd - message.contentStart;
  copy.contentEnd = copy.contentStart + contentBytes;
  copy.record = contentBytes >= LARGE_RECORD_BYTES ? record : undefined;
  return copy;
}
