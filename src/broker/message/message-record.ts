// What an IncomingMessage says beyond offsets: its names as strings, and itself as one record.

import { FRAME_HEAD_BYTES } from '../../protocol/frame-constants.ts';
import { type IncomingMessage, LARGE_RECORD_BYTES } from './incoming-message.ts';
import {
  RECORD_CHECKSUM_OFFSET,
  RECORD_FLAGS_OFFSET,
  RECORD_HEAD_BYTES,
  RECORD_PERSISTENT,
} from './record.ts';

/** Class id and weight: the uint64 body size follows. */
const BODY_SIZE_OFFSET = 4;

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
  writeRecordHead(record, recordBytes, message.isPersistent);
  buffer.copy(record, RECORD_HEAD_BYTES, namesStart, namesEnd);
  buffer.copy(record, RECORD_HEAD_BYTES + namesBytes, contentStart, contentEnd);
  return record;
}

/** A large message becomes one buffer, which all of its queues keep. */
export function shareLarge(message: IncomingMessage): void {
  if (message.contentEnd - message.contentStart < LARGE_RECORD_BYTES) return;
  message.record ??= recordOf(message);
}

export function writeRecordHead(record: Buffer, recordBytes: number, isPersistent: boolean): void {
  record.writeUInt32BE(recordBytes, 0);
  record.writeUInt32BE(0, RECORD_CHECKSUM_OFFSET);
  record[RECORD_FLAGS_OFFSET] = isPersistent ? RECORD_PERSISTENT : 0;
}

/** Makes the IncomingMessage describe a record, which must belong to the caller: the reverse of recordOf. */
export function describeRecord(message: IncomingMessage, record: Buffer): void {
  const namesStart = RECORD_HEAD_BYTES;
  const keyStart = namesStart + 1 + (record[namesStart] as number);
  const namesEnd = keyStart + 1 + (record[keyStart] as number);
  message.buffer = record;
  message.namesStart = namesStart;
  message.namesEnd = namesEnd;
  message.contentStart = namesEnd;
  message.contentEnd = record.length;
  const sizeStart = namesEnd + 1 + FRAME_HEAD_BYTES + BODY_SIZE_OFFSET;
  message.bodyBytes = Number(record.readBigUInt64BE(sizeStart));
  message.isPersistent = ((record[RECORD_FLAGS_OFFSET] as number) & RECORD_PERSISTENT) !== 0;
  message.record = undefined;
  if (message.contentEnd - message.contentStart >= LARGE_RECORD_BYTES) message.record = record;
}
