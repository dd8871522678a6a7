// The journal of `--memory` and of tests: a batch becomes visible and durable in a later turn, all of
// it at once, and everything is gone on close. Same contract as the engine on disk, without checksums:
// memory that lies is not a fault that this engine can survive.

import type { Journal, QueueState, StoredChunk } from '../../broker/journal.ts';
import { recordBytesAt } from '../../broker/message/record.ts';
import { assert } from '../../util/assert.ts';
import { type MemoryChunk, StoredQueue } from './stored-queue.ts';

export class MemoryJournal implements Journal {
  readonly #queues = new Map<number, StoredQueue>();
  readonly #states = new Map<number, QueueState>();
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
    this.join(() => this.#queues.get(storageId)?.deleteRange(fromPosition, toPosition), 0);
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    const copy = bitmap.slice();
    this.join(() => this.#queue(storageId).settled.set(firstPosition, copy), copy.length);
  }

  putQueueState(storageId: number, state: QueueState): void {
    const copy = { ...state };
    this.join(() => this.#states.set(storageId, copy), 0);
  }

  dropQueue(storageId: number): void {
    this.join(() => {
      this.#queues.delete(storageId);
      this.#states.delete(storageId);
    }, 0);
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
      for (const chunk of queue?.read(fromPosition, toPosition) ?? []) {
        if (chunks.length > 0 && bytes + chunk.bytes.length > maxBytes) break;
        chunks.push(copyChunk(chunk, queue?.settled.get(chunk.firstPosition)));
        bytes += chunk.bytes.length;
      }
      callback(chunks);
    });
  }

  loadQueueStates(): Map<number, QueueState> {
    return new Map(this.#states);
  }

  retainQueues(storageIds: ReadonlySet<number>): void {
    for (const storageId of [...this.#queues.keys(), ...this.#states.keys()]) {
      if (storageIds.has(storageId)) continue;
      this.#queues.delete(storageId);
      this.#states.delete(storageId);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    assert(this.isBatchEmpty, 'the batch is empty on close');
    if (this.#isCommitting) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    this.#isClosed = true;
    this.#queues.clear();
    this.#states.clear();
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

function copyChunk(chunk: MemoryChunk, settled: Uint8Array | undefined): StoredChunk {
  return {
    firstPosition: chunk.firstPosition,
    bytes: Buffer.from(chunk.bytes),
    settled: settled?.slice(),
    damaged: [],
  };
}
