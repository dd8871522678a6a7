// Counts a queue's messages from its chunks, when its own record is damaged. Invariant: no stored
// message is lost by it; what is not known errs towards "delivered before".

import type { QueueState } from '../../broker/journal.ts';
import { RECORD_HEAD_BYTES } from '../../broker/message/record.ts';
import { unseal } from '../record-codec.ts';
import { checkRecords, recordOffsets } from '../stored-records.ts';
import type { Environment } from './environment.ts';
import { chunkKey, POSITION_LIMIT, positionOf, rangeEnd } from './keys.ts';
import type { Sweeper } from './sweeper.ts';

/** Positions given before the crash that left no trace (transient messages) are not given again. */
const UNSEEN_POSITIONS = 2 ** 24;
const KEYS_PER_STEP = 256;
/** Frame head (7), class id, weight: the body size follows in the content header. */
const BODY_SIZE_OFFSET = 7 + 4;

export function rebuildQueueState(
  environment: Environment,
  sweeper: Sweeper,
  storageId: number,
): QueueState {
  const totals = { next: 0, messageCount: 0, bodyBytes: 0 };
  const end = rangeEnd(storageId, POSITION_LIMIT);
  let start = chunkKey(storageId, 0);
  for (;;) {
    const keys = environment.keys('chunks', start, end, KEYS_PER_STEP);
    for (const key of keys) {
      if (!sweeper.isHidden(storageId, positionOf(key))) addChunk(environment, key, totals);
    }
    const last = keys.at(-1);
    if (last === undefined || keys.length < KEYS_PER_STEP) break;
    start = chunkKey(storageId, positionOf(last) + 1);
  }
  const nextPosition = totals.next + UNSEEN_POSITIONS;
  return {
    nextPosition,
    floorPosition: 0,
    cursorPosition: nextPosition,
    messageCount: totals.messageCount,
    bodyBytes: totals.bodyBytes,
    headExpiresAtMs: 1,
  };
}

function addChunk(
  environment: Environment,
  key: Buffer,
  totals: { next: number; messageCount: number; bodyBytes: number },
): void {
  const bytes = environment.get('chunks', key) as Buffer;
  const sealed = environment.get('settled', key);
  const settled = sealed === undefined ? undefined : unseal(sealed);
  const checked = checkRecords(bytes);
  const damaged = new Set(checked.damaged.map((record) => record.index));
  let index = 0;
  for (const offset of recordOffsets(bytes, checked.end)) {
    const isSettled = (((settled?.[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
    if (!isSettled && !damaged.has(index)) {
      totals.messageCount++;
      totals.bodyBytes += bodyBytesOf(bytes, offset);
    }
    index++;
  }
  totals.next = Math.max(totals.next, positionOf(key) + checked.count);
}

function bodyBytesOf(bytes: Buffer, record: number): number {
  let offset = record + RECORD_HEAD_BYTES;
  offset += 1 + (bytes[offset] as number);
  offset += 1 + (bytes[offset] as number);
  return Number(bytes.readBigUInt64BE(offset + 1 + BODY_SIZE_OFFSET));
}
