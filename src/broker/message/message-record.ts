// What an IncomingMessage says beyond offsets: its names as strings, and itself as one record.

import type { IncomingMessage } from './incoming-message.ts';
import {
  RECORD_CHECKSUM_OFFSET,
  RECORD_FLAGS_OFFSET,
  RECORD_HEAD_BYTES,
  RECORD_PERSISTENT,
} from './record.ts';

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

export function writeRecordHead(record: Buffer, message: IncomingMessage): void {
  record.writeUInt32BE(record.length, 0);
  record.writeUInt32BE(0, RECORD_CHECKSUM_OFFSET);
  const persistent = message.isPersistent ? RECORD_PERSISTENT : 0;
  record[RECORD_FLAGS_OFFSET] = persistent | message.extraFlags;
}
