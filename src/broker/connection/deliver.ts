// HOT. Writes basic.deliver (and basic.return) frames: the consumer's encoded prefix, then one copy
// of the record, then patches of tag and channel. Body frames are split again only when the peer's
// frame-max is smaller than the message. Budget: one copy of the bytes, no allocation.

import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEAD_BYTES,
  FRAME_METHOD,
  FRAME_OVERHEAD_BYTES,
} from '../../protocol/frame-constants.ts';
import {
  RECORD_FLAGS_OFFSET,
  RECORD_HEAD_BYTES,
  RECORD_TRAILER,
  recordBytesAt,
} from '../message/record.ts';
import { contentEndAt } from '../message/record-trailer.ts';
import type { Outgoing } from '../outgoing.ts';

/** Below this a loop copies faster than a call (see message/segment.ts). */
const COPY_LOOP_BYTES = 48;

/** A method frame from its head up to the names, ready to be copied before each message. */
export function contentPrefix(channel: number, methodId: number, fields: Uint8Array): Buffer {
  const prefix = Buffer.alloc(FRAME_HEAD_BYTES + 4 + fields.length);
  prefix[0] = FRAME_METHOD;
  prefix.writeUInt16BE(channel, 1);
  prefix.writeUInt32BE(methodId, FRAME_HEAD_BYTES);
  prefix.set(fields, FRAME_HEAD_BYTES + 4);
  return prefix;
}

/** basic.deliver up to the delivery tag and the redelivered bit, which are patched per message. */
export function deliverPrefix(channel: number, methodId: number, consumerTag: string): Buffer {
  const tag = Buffer.from(consumerTag, 'utf8');
  const fields = Buffer.alloc(1 + tag.length + 8 + 1);
  fields[0] = tag.length;
  fields.set(tag, 1);
  return contentPrefix(channel, methodId, fields);
}

/**
 * Writes `prefix` and the record at slab[offset] as one message on `channel`. Returns where the
 * prefix begins in outgoing.buffer, so that the caller can patch it.
 */
export function writeContent(
  outgoing: Outgoing,
  channel: number,
  frameMaxBytes: number,
  prefix: Buffer,
  slab: Buffer,
  offset: number,
): number {
  let recordBytes = recordBytesAt(slab, offset);
  if (((slab[offset + RECORD_FLAGS_OFFSET] as number) & RECORD_TRAILER) !== 0) {
    recordBytes = contentEndAt(slab, offset) - offset;
  }
  if (recordBytes > frameMaxBytes) {
    return writeSplit(outgoing, channel, frameMaxBytes, prefix, slab, offset);
  }
  const prefixBytes = prefix.length;
  const copied = recordBytes - RECORD_HEAD_BYTES;
  outgoing.reserve(prefixBytes + copied);
  const out = outgoing.buffer;
  const begin = outgoing.end;
  let at = begin;
  for (let i = 0; i < prefixBytes; i++) out[at++] = prefix[i] as number;
  const source = offset + RECORD_HEAD_BYTES;
  const end = at + copied;
  if (copied < COPY_LOOP_BYTES) {
    for (let i = 0; i < copied; i++) out[at + i] = slab[source + i] as number;
  } else {
    slab.copy(out, at, source, source + copied);
  }
  const exchangeBytes = 1 + (out[at] as number);
  const namesBytes = exchangeBytes + 1 + (out[at + exchangeBytes] as number);
  const size = prefixBytes - FRAME_HEAD_BYTES + namesBytes;
  // A method frame with two short strings and a consumer tag: below 2^16.
  out[begin + 3] = 0;
  out[begin + 4] = 0;
  out[begin + 5] = size >>> 8;
  out[begin + 6] = size;
  at += namesBytes + 1;
  while (at < end) {
    out[at + 1] = channel >>> 8;
    out[at + 2] = channel;
    at += FRAME_OVERHEAD_BYTES + recordBytesAt(out, at + 3);
  }
  outgoing.end = end;
  return begin;
}

/** The same for a record that may hold frames larger than the peer takes. */
function writeSplit(
  outgoing: Outgoing,
  channel: number,
  frameMaxBytes: number,
  prefix: Buffer,
  slab: Buffer,
  offset: number,
): number {
  const names = offset + RECORD_HEAD_BYTES;
  const namesBytes = namesBytesAt(slab, names);
  const methodBytes = prefix.length + namesBytes + 1;
  // All of it at once, so that the caller can still patch the prefix afterwards.
  outgoing.reserve(methodBytes + framesBytes(slab, offset, frameMaxBytes));
  const out = outgoing.buffer;
  const begin = outgoing.end;
  out.set(prefix, begin);
  out.writeUInt32BE(prefix.length - FRAME_HEAD_BYTES + namesBytes, begin + 3);
  slab.copy(out, begin + prefix.length, names, names + namesBytes + 1);
  outgoing.end = begin + methodBytes;
  writeContentFrames(outgoing, channel, frameMaxBytes, slab, offset);
  return begin;
}

/** Writes the header frame and the body frames of the record at slab[offset]. */
export function writeContentFrames(
  outgoing: Outgoing,
  channel: number,
  frameMaxBytes: number,
  slab: Buffer,
  offset: number,
): void {
  outgoing.reserve(framesBytes(slab, offset, frameMaxBytes));
  const out = outgoing.buffer;
  const payloadMax = frameMaxBytes - FRAME_OVERHEAD_BYTES;
  const recordEnd = contentEndAt(slab, offset);
  let at = outgoing.end;
  let frame = headerFrameAt(slab, offset);
  const headerBytes = FRAME_OVERHEAD_BYTES + recordBytesAt(slab, frame + 3);
  slab.copy(out, at, frame, frame + headerBytes);
  out.writeUInt16BE(channel, at + 1);
  at += headerBytes;
  frame += headerBytes;
  // Every frame but the last is filled, whatever frames the record holds: some clients count on it.
  let remaining = bodyBytesIn(slab, frame, recordEnd);
  let room = 0;
  while (frame < recordEnd) {
    const bytes = recordBytesAt(slab, frame + 3);
    const payload = frame + FRAME_HEAD_BYTES;
    for (let done = 0; done < bytes; ) {
      if (room === 0) {
        room = Math.min(payloadMax, remaining);
        remaining -= room;
        out[at] = FRAME_BODY;
        out.writeUInt16BE(channel, at + 1);
        out.writeUInt32BE(room, at + 3);
        at += FRAME_HEAD_BYTES;
      }
      const part = Math.min(room, bytes - done);
      at += slab.copy(out, at, payload + done, payload + done + part);
      done += part;
      room -= part;
      if (room === 0) out[at++] = FRAME_END;
    }
    frame += FRAME_OVERHEAD_BYTES + bytes;
  }
  outgoing.end = at;
}

function namesBytesAt(slab: Buffer, names: number): number {
  const exchangeBytes = 1 + (slab[names] as number);
  return exchangeBytes + 1 + (slab[names + exchangeBytes] as number);
}

function headerFrameAt(slab: Buffer, offset: number): number {
  const names = offset + RECORD_HEAD_BYTES;
  return names + namesBytesAt(slab, names) + 1;
}

/** What writeContentFrames will write. */
function framesBytes(slab: Buffer, offset: number, frameMaxBytes: number): number {
  const payloadMax = frameMaxBytes - FRAME_OVERHEAD_BYTES;
  const recordEnd = contentEndAt(slab, offset);
  const header = headerFrameAt(slab, offset);
  const headerBytes = FRAME_OVERHEAD_BYTES + recordBytesAt(slab, header + 3);
  const bodyBytes = bodyBytesIn(slab, header + headerBytes, recordEnd);
  return headerBytes + bodyBytes + Math.ceil(bodyBytes / payloadMax) * FRAME_OVERHEAD_BYTES;
}

/** Payload of the body frames in slab[start, end). */
function bodyBytesIn(slab: Buffer, start: number, end: number): number {
  let total = 0;
  for (let frame = start; frame < end; ) {
    const bytes = recordBytesAt(slab, frame + 3);
    total += bytes;
    frame += FRAME_OVERHEAD_BYTES + bytes;
  }
  return total;
}
