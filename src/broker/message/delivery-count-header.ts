// The header that tells a consumer how often a message was given back before. It is no part of the record:
// what is delivered with it is made when it goes out again.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import { decodeContentHeader, encodeContentHeader } from '../../protocol/content-header.ts';
import type { FieldTable, FieldValue } from '../../protocol/field-table.ts';
import { FRAME_END, FRAME_HEAD_BYTES, FRAME_HEADER } from '../../protocol/frame-constants.ts';
import { RECORD_HEAD_BYTES, recordBytesAt } from './record.ts';

const X_DELIVERY_COUNT = 'x-delivery-count';
/** More than the header adds to a message without headers. */
const EXTRA_BYTES = 64;

/** A copy of the record at slab[offset] that says so; a publisher's own header of that name is replaced. */
export function withDeliveryCount(slab: Buffer, offset: number, count: number): Buffer {
  const recordEnd = offset + recordBytesAt(slab, offset);
  const keyStart = offset + RECORD_HEAD_BYTES + 1 + (slab[offset + RECORD_HEAD_BYTES] as number);
  // Behind the names and their 0xCE.
  const frameStart = keyStart + 1 + (slab[keyStart] as number) + 1;
  const payloadStart = frameStart + FRAME_HEAD_BYTES;
  const payloadEnd = payloadStart + recordBytesAt(slab, frameStart + 3);
  const { properties, bodyBytes } = decodeContentHeader(slab, payloadStart, payloadEnd);
  const writer = new ByteWriter(recordEnd - offset + EXTRA_BYTES);
  writer.octets(slab, offset, frameStart);
  const headAt = writer.reserve(FRAME_HEAD_BYTES);
  const headers = counted(properties.headers, count);
  encodeContentHeader(writer, bodyBytes, { ...properties, headers });
  const payloadBytes = writer.position - headAt - FRAME_HEAD_BYTES;
  writer.octet(FRAME_END);
  // The body frames, and the trailer if there is one.
  writer.octets(slab, payloadEnd + 1, recordEnd);
  const { buffer } = writer;
  buffer.fill(0, headAt, headAt + FRAME_HEAD_BYTES);
  buffer[headAt] = FRAME_HEADER;
  buffer.writeUInt32BE(payloadBytes, headAt + FRAME_HEAD_BYTES - 4);
  buffer.writeUInt32BE(writer.position, 0);
  return buffer;
}

/** In RabbitMQ's order: by name. */
function counted(headers: FieldTable | undefined, count: number): FieldTable {
  const all = new Map<string, FieldValue>(headers);
  all.set(X_DELIVERY_COUNT, { type: 'l', value: BigInt(count) });
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}
