// What a queue must remember of a message beside what it delivers, behind the content frames of its
// record:
//
//   0  uint48   expiresAtMs   wall clock; 0 = never
//   6  names                  routing keys that the publisher hid (BCC), short strings
//   …  uint16   trailerBytes  the whole trailer, this field included

import { RECORD_FLAGS_OFFSET, RECORD_TRAILER, recordBytesAt } from './record.ts';

const EXPIRES_AT_BYTES = 6;
const LENGTH_BYTES = 2;
/** A trailer without hidden keys. */
export const TRAILER_BYTES_MIN = EXPIRES_AT_BYTES + LENGTH_BYTES;
/** Hidden keys that are kept of one message; more are routed by and then forgotten. */
export const HIDDEN_KEYS_BYTES_MAX = 0xffff - TRAILER_BYTES_MIN;

const NO_KEYS = Buffer.alloc(0);

export function trailerBytes(hiddenKeys: Buffer | undefined): number {
  return TRAILER_BYTES_MIN + (hiddenKeys?.length ?? 0);
}

/** Writes the trailer at the end of the record [offset, end), where room was left for it. */
export function addTrailer(
  slab: Buffer,
  offset: number,
  end: number,
  expiresAtMs: number,
  hiddenKeys: Buffer = NO_KEYS,
): void {
  const flags = offset + RECORD_FLAGS_OFFSET;
  slab[flags] = (slab[flags] as number) | RECORD_TRAILER;
  const bytes = trailerBytes(hiddenKeys);
  const start = end - bytes;
  slab.writeUIntBE(expiresAtMs, start, EXPIRES_AT_BYTES);
  if (hiddenKeys.length > 0) hiddenKeys.copy(slab, start + EXPIRES_AT_BYTES);
  slab[end - 2] = bytes >>> 8;
  slab[end - 1] = bytes;
}

/** A copy of a record without trailer, with one. */
export function withTrailer(
  record: Buffer,
  expiresAtMs: number,
  hiddenKeys: Buffer | undefined,
): Buffer {
  const recordBytes = record.length + trailerBytes(hiddenKeys);
  const longer = Buffer.allocUnsafeSlow(recordBytes);
  record.copy(longer);
  longer.writeUInt32BE(recordBytes, 0);
  addTrailer(longer, 0, recordBytes, expiresAtMs, hiddenKeys);
  return longer;
}

function trailerBytesAt(slab: Buffer, end: number): number {
  return ((slab[end - 2] as number) << 8) | (slab[end - 1] as number);
}

function hasTrailer(slab: Buffer, offset: number): boolean {
  return ((slab[offset + RECORD_FLAGS_OFFSET] as number) & RECORD_TRAILER) !== 0;
}

/** Where the content frames of the record at `offset` end. */
export function contentEndAt(slab: Buffer, offset: number): number {
  const end = offset + recordBytesAt(slab, offset);
  return hasTrailer(slab, offset) ? end - trailerBytesAt(slab, end) : end;
}

/** When the message expires, by the wall clock; 0 = never. */
export function expiresAtMsAt(slab: Buffer, offset: number): number {
  if (!hasTrailer(slab, offset)) return 0;
  const end = offset + recordBytesAt(slab, offset);
  return slab.readUIntBE(end - trailerBytesAt(slab, end), EXPIRES_AT_BYTES);
}

const NO_NAMES: readonly string[] = [];

/** The hidden routing keys, as strings. */
export function hiddenKeysAt(slab: Buffer, offset: number): readonly string[] {
  if (!hasTrailer(slab, offset)) return NO_NAMES;
  const keys: string[] = [];
  const end = offset + recordBytesAt(slab, offset);
  let at = end - trailerBytesAt(slab, end) + EXPIRES_AT_BYTES;
  while (at < end - LENGTH_BYTES) {
    const next = at + 1 + (slab[at] as number);
    keys.push(slab.toString('utf8', at + 1, next));
    at = next;
  }
  return keys;
}
