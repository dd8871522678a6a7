// A journal in front of a real one whose commits and reads end when the test says so. A crash loses
// what was not handed on. Invariant checked here: a slab range does not change until it is durable.

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedRead,
  DelayedState,
  Journal,
  QueueState,
  StoredChunk,
} from '../../../src/broker/journal.ts';
import { RECORD_CHECKED_OFFSET, recordBytesAt } from '../../../src/broker/message/record.ts';

interface HeldCommit {
  readonly changes: readonly ((inner: Journal) => void)[];
  readonly onDurable: () => void;
}

export class HeldJournal implements Journal {
  readonly inner: Journal;
  /** Called when a commit starts, before anything of it is durable. */
  onCommitStart: () => void = () => undefined;
  /** Changes chunks on their way back, as a damaged disk would. */
  spoil: (chunks: StoredChunk[]) => StoredChunk[] = (chunks) => chunks;
  /** The same for delayed records. */
  spoilDelayed: (read: DelayedRead) => DelayedRead = (read) => read;
  /** Reads bring no more than this at once (but one chunk at least). */
  readBytesMax = Number.POSITIVE_INFINITY;
  #batch: ((inner: Journal) => void)[] = [];
  #batchBytes = 0;
  #held: HeldCommit | undefined;
  #reads: (() => Promise<void>)[] = [];

  constructor(inner: Journal) {
    this.inner = inner;
  }

  get batchBytes(): number {
    return this.#batchBytes;
  }

  get isBatchEmpty(): boolean {
    return this.#batch.length === 0;
  }

  get isCommitting(): boolean {
    return this.#held !== undefined;
  }

  get pendingReadCount(): number {
    return this.#reads.length;
  }

  putChunk(storageId: number, first: number, slab: Buffer, start: number, end: number): void {
    const asGiven = contentOf(slab, start, end);
    this.join((inner) => {
      if (!asGiven.equals(contentOf(slab, start, end))) {
        throw new Error(`the slab of chunk ${first} changed before it was durable`);
      }
      inner.putChunk(storageId, first, slab, start, end);
    });
    this.#batchBytes += end - start;
  }

  deleteChunk(storageId: number, firstPosition: number): void {
    this.join((inner) => inner.deleteChunk(storageId, firstPosition));
  }

  deleteChunks(storageId: number, from: number, to: number): void {
    this.join((inner) => inner.deleteChunks(storageId, from, to));
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    const copy = bitmap.slice();
    this.join((inner) => inner.putSettled(storageId, firstPosition, copy));
  }

  putQueueState(storageId: number, state: QueueState): void {
    const copy = { ...state };
    this.join((inner) => inner.putQueueState(storageId, copy));
  }

  putDeliveryCount(storageId: number, position: number, count: number): void {
    this.join((inner) => inner.putDeliveryCount(storageId, position, count));
  }

  putDelayed(storageId: number, place: DelayedPlace, record: Buffer): void {
    const copy = { ...place };
    this.join((inner) => inner.putDelayed(storageId, copy, record));
    this.#batchBytes += record.length;
  }

  deleteDelayed(storageId: number, place: DelayedPlace): void {
    const copy = { ...place };
    this.join((inner) => inner.deleteDelayed(storageId, copy));
  }

  putDelayedState(storageId: number, state: DelayedState): void {
    const copy = { ...state };
    this.join((inner) => inner.putDelayedState(storageId, copy));
  }

  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void {
    const copy = { ...entry };
    this.join((inner) => inner.putDeduplicationEntry(storageId, copy));
  }

  deleteDeduplicationEntry(storageId: number, sequence: number): void {
    this.join((inner) => inner.deleteDeduplicationEntry(storageId, sequence));
  }

  dropQueue(storageId: number): void {
    this.join((inner) => inner.dropQueue(storageId));
  }

  /** Adds a change of the definitions to the batch. */
  join(change: (inner: Journal) => void): void {
    this.#batch.push(change);
  }

  commit(onDurable: () => void): void {
    if (this.#held !== undefined) throw new Error('one commit at a time');
    this.#held = { changes: this.#batch, onDurable };
    this.#batch = [];
    this.#batchBytes = 0;
    this.onCommitStart();
  }

  /** The commit in flight becomes durable and is reported. */
  async finishCommit(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    await this.#write(held);
    this.#held = undefined;
    held.onDurable();
  }

  /** The commit in flight becomes durable, but the node dies before it learns of it. */
  async finishUnreported(): Promise<void> {
    if (this.#held !== undefined) await this.#write(this.#held);
    this.#held = undefined;
  }

  #write(held: HeldCommit): Promise<void> {
    for (const change of held.changes) change(this.inner);
    return new Promise((resolve) => this.inner.commit(resolve));
  }

  readChunks(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
    callback: (chunks: StoredChunk[]) => void,
  ): void {
    const bytes = Math.min(maxBytes, this.readBytesMax);
    this.#reads.push(
      () =>
        new Promise((resolve) => {
          this.inner.readChunks(storageId, fromPosition, toPosition, bytes, (chunks) => {
            callback(this.spoil(chunks));
            resolve();
          });
        }),
    );
  }

  readDelayed(
    storageId: number,
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void {
    const bytes = Math.min(maxBytes, this.readBytesMax);
    this.#reads.push(
      () =>
        new Promise((resolve) => {
          this.inner.readDelayed(storageId, from, toMs, bytes, (read) => {
            callback(this.spoilDelayed(read));
            resolve();
          });
        }),
    );
  }

  /** The oldest read comes back. */
  async finishRead(): Promise<void> {
    await this.#reads.shift()?.();
  }

  loadQueueStates(): Map<number, QueueState> {
    return this.inner.loadQueueStates();
  }

  loadDelayedStates(): Map<number, DelayedState> {
    return this.inner.loadDelayedStates();
  }

  loadDeduplicationEntries(storageId: number): DeduplicationEntry[] {
    return this.inner.loadDeduplicationEntries(storageId);
  }

  retainQueues(storageIds: ReadonlySet<number>): void {
    this.inner.retainQueues(storageIds);
  }

  async close(): Promise<void> {
    await this.inner.close();
  }

  /** Every chunk of a queue that is durable now. */
  storedChunks(storageId: number): Promise<StoredChunk[]> {
    return new Promise((resolve) => {
      this.inner.readChunks(storageId, 0, 2 ** 47, Number.MAX_SAFE_INTEGER, resolve);
    });
  }
}

/** The bytes without the checksums, which the engine fills in place. */
function contentOf(slab: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.from(slab.subarray(start, end));
  for (let offset = 0; offset < copy.length; offset += recordBytesAt(copy, offset)) {
    copy.fill(0, offset + 4, offset + RECORD_CHECKED_OFFSET);
    if (recordBytesAt(copy, offset) === 0) throw new Error('a chunk is whole records');
  }
  return copy;
}
