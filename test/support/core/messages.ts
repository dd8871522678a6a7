// Messages as the publish path hands them to queues, and what a record says.

import {
  IncomingMessage,
  LARGE_RECORD_BYTES,
} from '../../../src/broker/message/incoming-message.ts';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { RECORD_HEAD_BYTES, recordBytesAt } from '../../../src/broker/message/record.ts';
import { ByteWriter } from '../../../src/protocol/byte-writer.ts';
import {
  decodeContentHeader,
  type MessageProperties,
} from '../../../src/protocol/content-header.ts';
import { FRAME_BODY, FRAME_END, FRAME_HEAD_BYTES } from '../../../src/protocol/frame-constants.ts';
import { writeBodyFrames, writeHeaderFrame } from '../../../src/protocol/frame-writer.ts';

export interface MessageParts {
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly body: Buffer;
  readonly isPersistent?: boolean;
  readonly properties?: MessageProperties;
  readonly frameMax?: number;
}

/** As ContentReceiver and ChannelPublishing describe a publish. */
export function incoming(parts: MessageParts): IncomingMessage {
  const { body, isPersistent = false, frameMax = 131072 } = parts;
  const writer = new ByteWriter();
  writer.octet(0xaa); // the names begin somewhere in a chunk
  writer.shortString(parts.exchange ?? 'exchange');
  writer.shortString(parts.routingKey ?? 'key');
  const namesEnd = writer.position;
  writer.octet(FRAME_END);
  const properties = { ...parts.properties, ...(isPersistent ? { deliveryMode: 2 } : {}) };
  writeHeaderFrame(writer, 1, body.length, properties);
  writeBodyFrames(writer, 1, body, frameMax);
  const message = new IncomingMessage();
  message.buffer = writer.take();
  message.namesStart = 1;
  message.namesEnd = namesEnd;
  message.contentStart = namesEnd;
  message.contentEnd = message.buffer.length;
  message.bodyBytes = body.length;
  message.isPersistent = isPersistent;
  if (message.contentEnd - message.contentStart >= LARGE_RECORD_BYTES) {
    message.record = recordOf(message);
  }
  return message;
}

/** The body of the record at slab[offset], put together from its frames. */
export function bodyOfRecord(slab: Buffer, offset: number): Buffer {
  const end = offset + recordBytesAt(slab, offset);
  let at = offset + RECORD_HEAD_BYTES;
  at += 1 + (slab[at] as number);
  at += 1 + (slab[at] as number) + 1;
  const parts: Buffer[] = [];
  while (at < end) {
    const size = recordBytesAt(slab, at + 3);
    const payload = at + FRAME_HEAD_BYTES;
    if (slab[at] === FRAME_BODY) parts.push(slab.subarray(payload, payload + size));
    if (slab[payload + size] !== FRAME_END) throw new Error('a frame without end in a record');
    at = payload + size + 1;
  }
  return Buffer.concat(parts);
}

/** What the record says of how often it was given back; 0 without the header. */
export function deliveryCountOf(slab: Buffer, offset: number): number {
  let at = offset + RECORD_HEAD_BYTES;
  at += 1 + (slab[at] as number);
  at += 1 + (slab[at] as number) + 1;
  const start = at + FRAME_HEAD_BYTES;
  const { properties } = decodeContentHeader(slab, start, start + recordBytesAt(slab, at + 3));
  const count = properties.headers?.get('x-delivery-count');
  return count?.type === 'l' ? Number(count.value) : 0;
}
