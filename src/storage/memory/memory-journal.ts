// The journal of `--memory` and of tests: a batch becomes visible and durable in a later turn, all of
// it at once, and everything is gone on close. Same contract as the engine on disk, without checksums:
// memory that lies is not a fault that this engine can survive.

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedRead,
  DelayedState,
  Journal,
  QueueState,
  StoredChunk,
} from '../../broker/journal.ts';
import { recordBytesAt } from '../../broker/message/record.ts';
import { assert } from '../../util/assert.ts';
import { StoredOwner } from './stored-owner.ts';
import { type MemoryChunk, StoredQueue } from './stored-queue.ts';

export class MemoryJournal implements Journal {
  readonly #queues = new Map<number, StoredQueue>();
  readonly #states = new Map<number, QueueState>();
  readonly #owners = new Map<number, StoredOwner>();
  /** What the commit will do, in the order of the calls. */
  #batch: (() => void)[] = [];
  #batchBytes = 0;
  #isCommitting = false;
  #isClosed = false;
  #whenIdle: (() => void) | undefined;

  get batchBytes(): number {
    return this.#batchBytes;
  }

  get isBatchEmpty(): boolean {
    return this.#batch.length === 0;
  }

  /** Adds a change of another part of the store (metadata) to the current batch. */
  join(change: () => void, bytes: number): void {
    this.#batch.push(change);
    this.#batchBytes += bytes;
  }

  putChunk(
    storageId: number,
    firstPosition: number,
    slab: Buffer,
    start: number,
    end: number,
  ): void {
    this.join(() => {
      const bytes = Buffer.from(slab.subarray(start, end));
      this.#queue(storageId).put({ firstPosition, recordCount: countRecords(bytes), bytes });
    }, end - start);
  }

  deleteChunk(storageId: number, firstPosition: number): void {
    this.join(() => this.#queues.get(storageId)?.delete(firstPosition), 0);
  }

  deleteChunks(storageId: number, fromPosition: number, toPosition: number): void {
    this.join(() => {
      this.#queues.get(storageId)?.deleteRange(fromPosition, toPosition);
      this.#owners.get(storageId)?.deleteDeliveryCounts(fromPosition, toPosition);
    }, 0);
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    const copy = bitmap.slice();
    this.join(() => this.#queue(storageId).settled.set(firstPosition, copy), copy.length);
  }

  putQueueState(storageId: number, state: QueueState): void {
    const copy = { ...state };
    this.join(() => this.#states.set(storageId, copy), 0);
  }

  putDeliveryCount(storageId: number, position: number, count: number): void {
    this.join(() => this.#owner(storageId).putDeliveryCount(position, count), 0);
  }

  putDelayed(storageId: number, place: DelayedPlace, record: Buffer): void {
    const { dueMs, sequence } = place;
    this.join(
      () => this.#owner(storageId).delayed.put({ dueMs, sequence, record: Buffer.from(record) }),
      record.length,
    );
  }

  deleteDelayed(storageId: number, place: DelayedPlace): void {
    this.join(() => this.#owners.get(storageId)?.delayed.delete(place), 0);
  }

  putDelayedState(storageId: number, state: DelayedState): void {
    const copy = { ...state };
    this.join(() => {
      this.#owner(storageId).delayedState = copy;
    }, 0);
  }

  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void {
    const copy = { ...entry, key: Buffer.from(entry.key) };
    this.join(() => this.#owner(storageId).putDeduplicationEntry(copy), copy.key.length);
  }

  deleteDeduplicationEntry(storageId: number, sequence: number): void {
    this.join(() => this.#owners.get(storageId)?.deleteDeduplicationEntry(sequence), 0);
  }

  dropQueue(storageId: number): void {
    this.join(() => this.#forget(storageId), 0);
  }

  #forget(storageId: number): void {
    this.#queues.delete(storageId);
    this.#states.delete(storageId);
    this.#owners.delete(storageId);
  }

  commit(onDurable: () => void): void {
    assert(!this.#isCommitting, 'one commit at a time');
    assert(!this.#isClosed, 'a closed journal gets no commit');
    this.#isCommitting = true;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    setImmediate(() => {
      for (const change of batch) change();
      this.#isCommitting = false;
      onDurable();
      if (!this.#isCommitting) this.#whenIdle?.();
    });
  }

  readChunks(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
    callback: (chunks: StoredChunk[]) => void,
  ): void {
    setImmediate(() => {
      if (this.#isClosed) return;
      const queue = this.#queues.get(storageId);
      const chunks: StoredChunk[] = [];
      let bytes = 0;
      const owner = this.#owners.get(storageId);
      for (const chunk of queue?.read(fromPosition, toPosition) ?? []) {
        if (chunks.length > 0 && bytes + chunk.bytes.length > maxBytes) break;
        chunks.push(copyChunk(chunk, queue?.settled.get(chunk.firstPosition), owner));
        bytes += chunk.bytes.length;
      }
      callback(chunks);
    });
  }

  readDelayed(
    storageId: number,
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void {
    const start = { ...from };
    setImmediate(() => {
      if (this.#isClosed) return;
      const owner = this.#owners.get(storageId) ?? new StoredOwner();
      callback(owner.readDelayed(start, toMs, maxBytes));
    });
  }

  loadQueueStates(): Map<number, QueueState> {
    return new Map(this.#states);
  }

  loadDelayedStates(): Map<number, DelayedState> {
    const states = new Map<number, DelayedState>();
    for (const [storageId, { delayedState }] of this.#owners) {
      if (delayedState !== undefined) states.set(storageId, delayedState);
    }
    return states;
  }

  loadDeduplicationEntries(storageId: number): DeduplicationEntry[] {
    return this.#owners.get(storageId)?.deduplicationEntries() ?? [];
  }

  retainQueues(storageIds: ReadonlySet<number>): void {
    for (const owned of [this.#queues, this.#states, this.#owners]) {
      for (const storageId of [...owned.keys()]) {
        if (!storageIds.has(storageId)) this.#forget(storageId);
      }
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    assert(this.isBatchEmpty, 'the batch is empty on close');
    if (this.#isCommitting) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    this.#isClosed = true;
    this.#queues.clear();
    this.#states.clear();
    this.#owners.clear();
  }

  #owner(storageId: number): StoredOwner {
    let owner = this.#owners.get(storageId);
    if (owner === undefined) this.#owners.set(storageId, (owner = new StoredOwner()));
    return owner;
  }

  #queue(storageId: number): StoredQueue {
    let queue = this.#queues.get(storageId);
    if (queue === undefined) this.#queues.set(storageId, (queue = new StoredQueue()));
    return queue;
  }
}

function countRecords(bytes: Buffer): number {
  let count = 0;
  for (let offset = 0; offset < bytes.length; offset += recordBytesAt(bytes, offset)) {
    assert(recordBytesAt(bytes, offset) > 0, 'a chunk to store is whole records');
    count++;
  }
  return count;
}

function copyChunk(
  chunk: MemoryChunk,
  settled: Uint8Array | undefined,
  owner: StoredOwner | undefined,
): StoredChunk {
  return {
    firstPosition: chunk.firstPosition,
    bytes: Buffer.from(chunk.bytes),
    settled: settled?.slice(),
    damaged: [],
    deliveryCounts: owner?.countsWithin(chunk.firstPosition, chunk.recordCount),
  };
}
