// Walks the records of a chunk (layout: broker/message/record.ts): fills their checksums before they
// are written and checks them after they were read. Invariant: damage never hides a neighbour whose
// bytes can still be found.

import { crc32 } from 'node:zlib';
import {
  RECORD_CHECKED_OFFSET,
  RECORD_CHECKSUM_OFFSET,
  RECORD_HEAD_BYTES,
  recordBytesAt,
} from '../broker/message/record.ts';
import { assert } from '../util/assert.ts';

/** Computes the checksum of each record in slab[start, end) and stores it in place; returns their count. */
export function fillChecksums(slab: Buffer, start: number, end: number): number {
  let offset = start;
  let count = 0;
  while (offset < end) {
    const recordBytes = recordBytesAt(slab, offset);
    assert(
      recordBytes >= RECORD_HEAD_BYTES && recordBytes <= end - offset,
      'a chunk to store is whole records from end to end',
    );
    const checksum = checksumAt(slab, offset, recordBytes);
    slab[offset + RECORD_CHECKSUM_OFFSET] = checksum >>> 24;
    slab[offset + RECORD_CHECKSUM_OFFSET + 1] = checksum >>> 16;
    slab[offset + RECORD_CHECKSUM_OFFSET + 2] = checksum >>> 8;
    slab[offset + RECORD_CHECKSUM_OFFSET + 3] = checksum;
    offset += recordBytes;
    count++;
  }
  return count;
}

/** Where each record begins, up to `end`, which checkRecords found. */
export function* recordOffsets(chunk: Buffer, end: number): Generator<number> {
  for (let offset = 0; offset < end; offset += recordBytesAt(chunk, offset)) yield offset;
}

export interface CheckedRecords {
  /** Records whose length could be followed. */
  readonly count: number;
  /** Where the last of them ends; less than the chunk's length when a length was damaged. */
  readonly end: number;
  /** Indexes, offsets and ends of the records whose checksum does not match. */
  readonly damaged: readonly DamagedRecord[];
}

export interface DamagedRecord {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Checks every record of a chunk. A record whose bytes end nowhere sensible, or whose checksum fails
 * while nothing after it checks out either, ends the walk: its length cannot be trusted.
 */
export function checkRecords(chunk: Buffer): CheckedRecords {
  const damaged: DamagedRecord[] = [];
  let offset = 0;
  let count = 0;
  while (offset < chunk.length) {
    const recordBytes = boundedRecordBytes(chunk, offset);
    if (recordBytes === 0) break;
    if (!isIntactAt(chunk, offset, recordBytes)) {
      const next = offset + recordBytes;
      const followerBytes = next < chunk.length ? boundedRecordBytes(chunk, next) : 0;
      const isLengthSound =
        next === chunk.length || (followerBytes > 0 && isPlausibleAt(chunk, next, followerBytes));
      if (!isLengthSound) break;
      damaged.push({ index: count, start: offset, end: next });
    }
    offset += recordBytes;
    count++;
  }
  return { count, end: offset, damaged };
}

// Two damaged records in a row must not cost the rest: the follower counts as found when it is
// intact, or when its own length leads to the end or to an intact record.
function isPlausibleAt(chunk: Buffer, start: number, firstBytes: number): boolean {
  let offset = start;
  let recordBytes = firstBytes;
  for (let steps = 0; steps < 64; steps++) {
    if (isIntactAt(chunk, offset, recordBytes)) return true;
    offset += recordBytes;
    if (offset === chunk.length) return true;
    recordBytes = boundedRecordBytes(chunk, offset);
    if (recordBytes === 0) return false;
  }
  return false;
}

/** The record's length when it fits into the chunk, else 0. */
function boundedRecordBytes(chunk: Buffer, offset: number): number {
  if (chunk.length - offset < RECORD_HEAD_BYTES) return 0;
  const recordBytes = recordBytesAt(chunk, offset);
  return recordBytes < RECORD_HEAD_BYTES || recordBytes > chunk.length - offset ? 0 : recordBytes;
}

function isIntactAt(chunk: Buffer, offset: number, recordBytes: number): boolean {
  return (
    chunk.readUInt32BE(offset + RECORD_CHECKSUM_OFFSET) === checksumAt(chunk, offset, recordBytes)
  );
}

function checksumAt(slab: Buffer, offset: number, recordBytes: number): number {
  // A plain view is cheaper than Buffer.subarray, and this runs once per persistent message.
  return crc32(
    new Uint8Array(
      slab.buffer,
      slab.byteOffset + offset + RECORD_CHECKED_OFFSET,
      recordBytes - RECORD_CHECKED_OFFSET,
    ),
  );
}
