// Keys of the databases that are about queues: storage id (uint32) and position (uint48), big endian,
// so that LMDB's byte order is the order of positions within one queue.

export const CHUNK_KEY_BYTES = 10;
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
