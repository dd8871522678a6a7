// Whole frames into a ByteWriter. Deliveries do not come through here: they are copied and patched.

import { ByteWriter } from './byte-writer.ts';
import { encodeContentHeader, type MessageProperties } from './content-header.ts';
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_METHOD,
  FRAME_OVERHEAD_BYTES,
} from './frame-constants.ts';
import { encodeMethod, type Method } from './generated/methods.ts';

export function writeMethodFrame(writer: ByteWriter, channel: number, method: Method): void {
  const sizeAt = beginFrame(writer, FRAME_METHOD, channel);
  encodeMethod(writer, method);
  endFrame(writer, sizeAt);
}

/** One method frame in a buffer of its own. */
export function encodeMethodFrame(channel: number, method: Method): Buffer {
  const writer = new ByteWriter(64);
  writeMethodFrame(writer, channel, method);
  return writer.buffer.subarray(0, writer.position);
}

export function writeHeaderFrame(
  writer: ByteWriter,
  channel: number,
  bodyBytes: number,
  properties: MessageProperties,
): void {
  const sizeAt = beginFrame(writer, FRAME_HEADER, channel);
  encodeContentHeader(writer, bodyBytes, properties);
  endFrame(writer, sizeAt);
}

/** As many body frames as frame-max asks for; none for an empty body. */
export function writeBodyFrames(
  writer: ByteWriter,
  channel: number,
  body: Buffer,
  frameMax: number,
): void {
  const payloadMax = frameMax - FRAME_OVERHEAD_BYTES;
  for (let start = 0; start < body.length; start += payloadMax) {
    const sizeAt = beginFrame(writer, FRAME_BODY, channel);
    writer.octets(body, start, Math.min(body.length, start + payloadMax));
    endFrame(writer, sizeAt);
  }
}

/** Returns where the size is to be patched in. */
function beginFrame(writer: ByteWriter, type: number, channel: number): number {
  writer.octet(type);
  writer.short(channel);
  return writer.reserve(4);
}

function endFrame(writer: ByteWriter, sizeAt: number): void {
  writer.patchLong(sizeAt, writer.position - sizeAt - 4);
  writer.octet(FRAME_END);
}
