// Keys of the databases that are about queues: storage id (uint32) and position (uint48), big endian,
// so that LMDB's byte order is the order of positions within one queue. A delayed record has its due
// time (uint48) in the place of the position, then its sequence (uint48).

import type { DelayedPlace } from '../../broker/journal.ts';

export const CHUNK_KEY_BYTES = 10;
const DELAYED_KEY_BYTES = 16;
export const QUEUE_KEY_BYTES = 4;
/** Positions are below this; as the end of a range it means "to the last". */
export const POSITION_LIMIT = 2 ** 48;
export const STORAGE_ID_LIMIT = 2 ** 32;

export function chunkKey(storageId: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(CHUNK_KEY_BYTES);
  key.writeUInt32BE(storageId, 0);
  key.writeUIntBE(Math.min(position, POSITION_LIMIT - 1), 4, 6);
  return key;
}

export function queueKey(storageId: number): Buffer {
  const key = Buffer.allocUnsafe(QUEUE_KEY_BYTES);
  key.writeUInt32BE(storageId, 0);
  return key;
}

export function storageIdOf(key: Buffer): number {
  return key.readUInt32BE(0);
}

export function positionOf(key: Buffer): number {
  return key.readUIntBE(4, 6);
}

/** The key that ends the range of positions below `toPosition`; undefined = the end of the database. */
export function rangeEnd(storageId: number, toPosition: number): Buffer | undefined {
  if (toPosition < POSITION_LIMIT) return chunkKey(storageId, toPosition);
  return storageId + 1 < STORAGE_ID_LIMIT ? chunkKey(storageId + 1, 0) : undefined;
}

export function delayedKey(storageId: number, { dueMs, sequence }: DelayedPlace): Buffer {
  const key = Buffer.allocUnsafe(DELAYED_KEY_BYTES);
  key.writeUInt32BE(storageId, 0);
  key.writeUIntBE(dueMs, 4, 6);
  key.writeUIntBE(sequence, 10, 6);
  return key;
}

export function delayedPlaceOf(key: Buffer): DelayedPlace {
  return { dueMs: key.readUIntBE(4, 6), sequence: key.readUIntBE(10, 6) };
}
