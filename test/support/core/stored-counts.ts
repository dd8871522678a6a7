// Looks for delivery counts that nobody took off the disk. Counts are read with their chunk, so one over
// all positions finds them.

import { expect } from 'vitest';
import type { StoredChunk } from '../../../src/broker/journal.ts';
import { RECORD_HEAD_BYTES } from '../../../src/broker/message/record.ts';
import type { HeldJournal } from './held-journal.ts';

/** The queue holds nothing any more; no commit is on its way. */
export async function expectNoStoredCounts(
  journal: HeldJournal,
  storageId: number,
  nextPosition: number,
): Promise<void> {
  if (nextPosition === 0) return;
  const slab = Buffer.alloc(nextPosition * RECORD_HEAD_BYTES);
  for (let at = 0; at < slab.length; at += RECORD_HEAD_BYTES) {
    slab.writeUInt32BE(RECORD_HEAD_BYTES, at);
  }
  const { inner } = journal;
  const commit = () => new Promise<void>((resolve) => inner.commit(resolve));
  let chunk: StoredChunk | undefined;
  // An engine on disk hides what it is still to remove.
  for (let tries = 0; chunk === undefined && tries < 100; tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    inner.putChunk(storageId, 0, slab, 0, slab.length);
    await commit();
    [chunk] = await journal.storedChunks(storageId);
  }
  expect(chunk?.bytes.length).toBe(slab.length);
  expect(chunk?.deliveryCounts).toBeUndefined();
  inner.deleteChunk(storageId, 0);
  await commit();
}
