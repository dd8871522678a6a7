// Journal and metadata of one simulated process over a disk that outlives it. A commit takes virtual
// time; a crash loses the batch in flight or makes it whole, never half, and always loses what was not
// committed. Chunks are read from the slab when the commit ends: a slab that changed under it shows.

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedRead,
  DelayedState,
  Journal,
  QueueState,
  StoredChunk,
} from '../../src/broker/journal.ts';
import type { Metadata, MetadataKind, MetadataRecord } from '../../src/broker/metadata.ts';
import type { Agenda } from './simulated-clock.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

export interface StoreTiming {
  /** How long this commit takes. */
  commitMs(): number;
  /** How long this read takes. */
  readMs(): number;
}

export interface StoreObserver {
  commitStarted(): void;
  commitDurable(): void;
}

type Change = () => void;

export class SimulatedStore implements Journal, Metadata {
  readonly #agenda: Agenda;
  readonly disk: SimulatedDisk;
  readonly #timing: StoreTiming;
  readonly #observer: StoreObserver;
  #batch: Change[] = [];
  #batchBytes = 0;
  #inFlight: Change[] | undefined;
  #isStopped = false;

  constructor(agenda: Agenda, disk: SimulatedDisk, timing: StoreTiming, observer: StoreObserver) {
    this.#agenda = agenda;
    this.disk = disk;
    this.#timing = timing;
    this.#observer = observer;
  }

  #join(change: Change, bytes: number): void {
    this.#batch.push(change);
    this.#batchBytes += bytes;
  }

  putChunk(storageId: number, position: number, slab: Buffer, start: number, end: number): void {
    const before = Buffer.from(slab.subarray(start, end));
    this.#join(() => {
      if (!before.equals(slab.subarray(start, end))) {
        throw new Error('a slab changed before the commit that stores it was durable');
      }
      this.disk.putChunk(storageId, position, before);
    }, end - start);
  }

  deleteChunk(storageId: number, firstPosition: number): void {
    this.#join(() => this.disk.deleteChunk(storageId, firstPosition), 0);
  }

  deleteChunks(storageId: number, fromPosition: number, toPosition: number): void {
    this.#join(() => this.disk.deleteChunks(storageId, fromPosition, toPosition), 0);
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    const copy = bitmap.slice();
    this.#join(() => this.disk.putSettled(storageId, firstPosition, copy), copy.length);
  }

  putQueueState(storageId: number, state: QueueState): void {
    const copy = { ...state };
    this.#join(() => this.disk.putQueueState(storageId, copy), 40);
  }

  putDeliveryCount(storageId: number, position: number, count: number): void {
    this.#join(() => this.disk.putDeliveryCount(storageId, position, count), 0);
  }

  putDelayed(storageId: number, place: DelayedPlace, record: Buffer): void {
    const before = Buffer.from(record);
    const copy = { ...place };
    this.#join(() => {
      if (!before.equals(record)) {
        throw new Error('a delayed record changed before the commit that stores it was durable');
      }
      this.disk.putDelayed(storageId, copy, before);
    }, record.length);
  }

  deleteDelayed(storageId: number, place: DelayedPlace): void {
    const copy = { ...place };
    this.#join(() => this.disk.deleteDelayed(storageId, copy), 0);
  }

  putDelayedState(storageId: number, state: DelayedState): void {
    const copy = { ...state };
    this.#join(() => this.disk.putDelayedState(storageId, copy), 16);
  }

  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void {
    const copy = { ...entry, key: Buffer.from(entry.key) };
    this.#join(() => this.disk.putDeduplicationEntry(storageId, copy), copy.key.length);
  }

  deleteDeduplicationEntry(storageId: number, sequence: number): void {
    this.#join(() => this.disk.deleteDeduplicationEntry(storageId, sequence), 0);
  }

  dropQueue(storageId: number): void {
    this.#join(() => this.disk.dropQueue(storageId), 0);
  }

  put(record: MetadataRecord): void {
    const copy = { ...record, fields: { ...record.fields } };
    this.#join(() => this.disk.putRecord(copy), 64);
  }

  delete(kind: MetadataKind, id: number): void {
    this.#join(() => this.disk.deleteRecord(kind, id), 0);
  }

  get batchBytes(): number {
    return this.#batchBytes;
  }

  get isBatchEmpty(): boolean {
    return this.#batch.length === 0;
  }

  get isCommitting(): boolean {
    return this.#inFlight !== undefined;
  }

  commit(onDurable: () => void): void {
    if (this.#inFlight !== undefined) throw new Error('commit() before the last one is durable');
    const changes = this.#batch;
    this.#inFlight = changes;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#observer.commitStarted();
    this.#agenda.at(this.#timing.commitMs(), () => {
      if (this.#isStopped) return;
      this.#inFlight = undefined;
      for (const change of changes) change();
      this.#observer.commitDurable();
      onDurable();
    });
  }

  readChunks(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
    callback: (chunks: StoredChunk[]) => void,
  ): void {
    this.#agenda.at(this.#timing.readMs(), () => {
      if (this.#isStopped) return;
      callback(this.disk.readChunks(storageId, fromPosition, toPosition, maxBytes));
    });
  }

  readDelayed(
    storageId: number,
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void {
    this.#agenda.at(this.#timing.readMs(), () => {
      if (this.#isStopped) return;
      callback(this.disk.readDelayed(storageId, from, toMs, maxBytes));
    });
  }

  loadDelayedStates(): Map<number, DelayedState> {
    return this.disk.delayedStates();
  }

  loadDeduplicationEntries(storageId: number): DeduplicationEntry[] {
    return this.disk.deduplicationEntries(storageId);
  }

  load(): MetadataRecord[] {
    return this.disk.records();
  }

  loadQueueStates(): Map<number, QueueState> {
    return this.disk.queueStates();
  }

  retainQueues(storageIds: ReadonlySet<number>): void {
    this.disk.retainQueues(storageIds);
  }

  async close(): Promise<void> {
    if (!this.isBatchEmpty) throw new Error('closed with a batch that was never committed');
  }

  /** The process dies. The batch in flight is lost, or all of it had reached the disk. */
  crash(isInFlightDurable: boolean): void {
    this.#isStopped = true;
    if (isInFlightDurable) for (const change of this.#inFlight ?? []) change();
    this.#inFlight = undefined;
    this.#batch = [];
  }
}
