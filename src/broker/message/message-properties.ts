// The properties of an IncomingMessage as objects: read, and written anew. Off the common path.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import {
  type ContentHeader,
  decodeContentHeader,
  encodeContentHeader,
  FLAG_HEADERS,
  type MessageProperties,
} from '../../protocol/content-header.ts';
import { EMPTY_TABLE, type FieldTable } from '../../protocol/field-table.ts';
import {
  FRAME_END,
  FRAME_HEAD_BYTES,
  FRAME_HEADER,
  FRAME_OVERHEAD_BYTES,
} from '../../protocol/frame-constants.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { recordBytesAt } from './record.ts';

/** Class id, weight, body size: the flags follow. */
const FLAGS_OFFSET = 12;

export function contentHeaderOf(message: IncomingMessage): ContentHeader {
  return decodeContentHeader(message.buffer, headerStart(message), headerEnd(message));
}

export function propertiesOf(message: IncomingMessage): MessageProperties {
  return contentHeaderOf(message).properties;
}

export function hasHeaders(message: IncomingMessage): boolean {
  const flags = message.buffer.readUInt16BE(headerStart(message) + FLAGS_OFFSET);
  return (flags & FLAG_HEADERS) !== 0;
}

/** The message's headers table, empty when it has none. */
export function headersOf(message: IncomingMessage): FieldTable {
  return hasHeaders(message) ? (propertiesOf(message).headers ?? EMPTY_TABLE) : EMPTY_TABLE;
}

/** Puts a new header frame in front of the body frames, in a buffer of its own. */
export function rewriteProperties(message: IncomingMessage, properties: MessageProperties): void {
  const { buffer, namesStart, namesEnd, contentEnd, bodyBytes } = message;
  const writer = new ByteWriter();
  encodeContentHeader(writer, bodyBytes, properties);
  const payload = writer.take();
  const names = buffer.subarray(namesStart, namesEnd);
  const bodyFrames = buffer.subarray(headerEnd(message) + 1, contentEnd);
  const headerFrame = Buffer.alloc(FRAME_OVERHEAD_BYTES + payload.length);
  headerFrame[0] = FRAME_HEADER;
  headerFrame.writeUInt32BE(payload.length, 3);
  payload.copy(headerFrame, FRAME_HEAD_BYTES);
  headerFrame[headerFrame.length - 1] = FRAME_END;
  message.buffer = Buffer.concat([names, Buffer.of(FRAME_END), headerFrame, bodyFrames]);
  message.namesStart = 0;
  message.namesEnd = names.length;
  message.contentStart = names.length;
  message.contentEnd = message.buffer.length;
  message.record = undefined;
}

/** The payload of the header frame: behind the end octet of the names. */
function headerStart(message: IncomingMessage): number {
  return message.contentStart + 1 + FRAME_HEAD_BYTES;
}

function headerEnd(message: IncomingMessage): number {
  return headerStart(message) + recordBytesAt(message.buffer, message.contentStart + 1 + 3);
}
