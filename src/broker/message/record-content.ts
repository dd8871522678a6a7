// A stored message taken apart for those who look at it: names, properties, body. Off the common path.

import type { MessageProperties } from '../../protocol/content-header.ts';
import { FRAME_HEAD_BYTES, FRAME_OVERHEAD_BYTES } from '../../protocol/frame-constants.ts';
import { contentHeaderOf } from './message-properties.ts';
import { exchangeName, incomingAt, routingKey } from './message-record.ts';
import { RECORD_FLAGS_OFFSET, RECORD_PERSISTENT, recordBytesAt } from './record.ts';
import { expiresAtMsAt } from './record-trailer.ts';

export interface RecordContent {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  /** Of the whole body. */
  readonly bodyBytes: number;
  /** A copy of its beginning. */
  readonly body: Buffer;
  readonly isPersistent: boolean;
  /** By the wall clock; 0 = never. */
  readonly expiresAtMs: number;
}

/** The record at slab[offset], with the first `bodyBytesMax` of its body. */
export function contentOfRecord(
  slab: Buffer,
  offset: number,
  bodyBytesMax = Number.POSITIVE_INFINITY,
): RecordContent {
  const message = incomingAt(slab, offset);
  const { properties, bodyBytes } = contentHeaderOf(message);
  const header = message.contentStart + 1;
  const body = header + FRAME_OVERHEAD_BYTES + recordBytesAt(slab, header + 3);
  const flags = slab[offset + RECORD_FLAGS_OFFSET] as number;
  return {
    exchange: exchangeName(message),
    routingKey: routingKey(message),
    properties,
    bodyBytes,
    body: bodyOf(slab, body, message.contentEnd, Math.min(bodyBytes, bodyBytesMax)),
    isPersistent: (flags & RECORD_PERSISTENT) !== 0,
    expiresAtMs: expiresAtMsAt(slab, offset),
  };
}

/** The payload of the body frames in slab[start, end), up to `bytesMax`. */
function bodyOf(slab: Buffer, start: number, end: number, bytesMax: number): Buffer {
  const body = Buffer.allocUnsafe(bytesMax);
  let bytes = 0;
  for (let frame = start; frame < end && bytes < bytesMax; ) {
    const payload = frame + FRAME_HEAD_BYTES;
    const size = recordBytesAt(slab, frame + 3);
    bytes += slab.copy(body, bytes, payload, payload + Math.min(size, bytesMax - bytes));
    frame += FRAME_OVERHEAD_BYTES + size;
  }
  return body.subarray(0, bytes);
}
