// Messages as the journal stores them, for the contract suites and the storage tests.

import type { Journal, QueueState, StoredChunk } from '../../src/broker/journal.ts';
import {
  RECORD_HEAD_BYTES,
  RECORD_PERSISTENT,
  recordBytesAt,
} from '../../src/broker/message/record.ts';
import { POSITION_LIMIT } from '../../src/storage/lmdb/keys.ts';

const FRAME_END = 0xce;

/** One record: names, a content header and one body frame. */
export function makeRecord(body: string, exchange = 'amq.direct', routingKey = 'key'): Buffer {
  const names = [exchange, routingKey].map((name) =>
    Buffer.concat([Buffer.of(Buffer.byteLength(name)), Buffer.from(name)]),
  );
  const content = Buffer.from(body);
  const header = Buffer.alloc(7 + 14 + 1);
  header[0] = 2;
  header.writeUInt16BE(1, 1);
  header.writeUInt32BE(14, 3);
  header.writeUInt16BE(60, 7);
  header.writeBigUInt64BE(BigInt(content.length), 11);
  header[21] = FRAME_END;
  const frame = Buffer.alloc(7 + content.length + 1);
  frame[0] = 3;
  frame.writeUInt16BE(1, 1);
  frame.writeUInt32BE(content.length, 3);
  content.copy(frame, 7);
  frame[7 + content.length] = FRAME_END;
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  const record = Buffer.concat([head, ...names, Buffer.of(FRAME_END), header, frame]);
  record.writeUInt32BE(record.length, 0);
  record[8] = RECORD_PERSISTENT;
  return record;
}

/** A slab with the records in the middle, so that a wrong range is noticed. */
export function makeSlab(bodies: readonly string[]): { slab: Buffer; start: number; end: number } {
  const records = Buffer.concat(bodies.map((body) => makeRecord(body)));
  const slab = Buffer.alloc(records.length + 64, 0xaa);
  records.copy(slab, 32);
  return { slab, start: 32, end: 32 + records.length };
}

export function putMessages(
  journal: Journal,
  storageId: number,
  firstPosition: number,
  bodies: readonly string[],
): void {
  const { slab, start, end } = makeSlab(bodies);
  journal.putChunk(storageId, firstPosition, slab, start, end);
}

export function commit(journal: Journal): Promise<void> {
  return new Promise((resolve) => journal.commit(resolve));
}

export function readChunks(
  journal: Journal,
  storageId: number,
  fromPosition = 0,
  toPosition = POSITION_LIMIT,
  maxBytes = Number.MAX_SAFE_INTEGER,
): Promise<StoredChunk[]> {
  return new Promise((resolve) =>
    journal.readChunks(storageId, fromPosition, toPosition, maxBytes, resolve),
  );
}

/** Bodies by position, as the core would deliver them: neither settled nor damaged. */
export function messagesOf(chunks: readonly StoredChunk[]): Map<number, string> {
  const messages = new Map<number, string>();
  for (const { firstPosition, bytes, settled, damaged } of chunks) {
    let index = 0;
    for (let offset = 0; offset < bytes.length; offset += recordBytesAt(bytes, offset)) {
      const isSettled = (((settled?.[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
      if (!isSettled && !damaged.includes(index)) {
        const record = bytes.subarray(offset, offset + recordBytesAt(bytes, offset));
        messages.set(firstPosition + index, bodyOf(record));
      }
      index++;
    }
  }
  return messages;
}

export function bodyOf(record: Buffer): string {
  let offset = RECORD_HEAD_BYTES;
  offset += 1 + (record[offset] as number);
  offset += 1 + (record[offset] as number) + 1;
  return record.subarray(offset + 22 + 7, record.length - 1).toString();
}

export function queueState(nextPosition: number, messageCount = nextPosition): QueueState {
  return {
    nextPosition,
    floorPosition: nextPosition - messageCount,
    cursorPosition: nextPosition - messageCount,
    messageCount,
    bodyBytes: messageCount * 5,
    headExpiresAtMs: 0,
  };
}

/** Polls until `condition` holds: for work that an engine spreads over commits of its own. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
