// The journal on LMDB: one transaction per batch, durable after its flush. Fail-stop: after the first
// failed commit, or one that does not end in time, LMDB is never called again and no onDurable runs
// (after a full disk further calls corrupt the process; after a failed fsync they never return).

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedRead,
  DelayedState,
  Journal,
  QueueState,
  StoredChunk,
} from '../../broker/journal.ts';
import { assert } from '../../util/assert.ts';
import { decodeQueueState } from '../record-codec.ts';
import { ChunkReader } from './chunk-reader.ts';
import type { DamageLog } from './damage-log.ts';
import { DelayedReader } from './delayed-reader.ts';
import type { Environment, Operation } from './environment.ts';
import { storageIdOf } from './keys.ts';
import { loadDeduplicationEntries, loadDelayedStates, storedOwners } from './load-owner-records.ts';
import { rebuildQueueState } from './rebuild-queue-state.ts';
import { Sweeper } from './sweeper.ts';
import { WriteBatch } from './write-batch.ts';

export interface LmdbJournalOptions {
  readonly commitTimeoutMs: number;
  readonly damage: DamageLog;
  readonly onFatal: (reason: Error) => void;
  /** Bytes handed to LMDB by a commit, before it is durable. */
  readonly onWrite: (bytes: number) => void;
}

export class LmdbJournal implements Journal {
  readonly #environment: Environment;
  readonly #options: LmdbJournalOptions;
  readonly #sweeper: Sweeper;
  readonly #reader: ChunkReader;
  readonly #delayedReader: DelayedReader;
  #batch = new WriteBatch();
  /** The batch of the broker's commit, from commit() until it is handed to LMDB. */
  #taken: WriteBatch | undefined;
  #onDurable: (() => void) | undefined;
  /** Queues in the store that the core does not know: dropped with the next commit. */
  #forgotten: number[] = [];
  #isWriting = false;
  #isStopped = false;
  #ownWork: NodeJS.Immediate | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(environment: Environment, options: LmdbJournalOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#sweeper = new Sweeper(environment);
    const onFatal = (reason: Error): void => this.fail(reason);
    this.#reader = new ChunkReader(environment, this.#sweeper, options.damage, onFatal);
    this.#delayedReader = new DelayedReader(environment, this.#sweeper, options.damage, onFatal);
    this.#scheduleOwnWork();
  }

  get batchBytes(): number {
    return this.#batch.bytes;
  }

  get isBatchEmpty(): boolean {
    return this.#batch.isEmpty;
  }

  /** Adds a change of another part of the store (metadata) to the current batch. */
  join(operation: Operation): void {
    this.#batch.add(operation);
  }

  putChunk(
    storageId: number,
    firstPosition: number,
    slab: Buffer,
    start: number,
    end: number,
  ): void {
    this.#batch.putChunk(storageId, firstPosition, slab, start, end);
  }

  deleteChunk(storageId: number, firstPosition: number): void {
    this.#batch.deleteChunk(storageId, firstPosition);
  }

  deleteChunks(storageId: number, fromPosition: number, toPosition: number): void {
    if (fromPosition >= toPosition) return;
    const sequence = this.#sweeper.takeSequence();
    this.#batch.sweep({ sequence, storageId, fromPosition, toPosition });
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    this.#batch.putSettled(storageId, firstPosition, bitmap);
  }

  putQueueState(storageId: number, state: QueueState): void {
    this.#batch.putQueueState(storageId, state);
  }

  putDeliveryCount(storageId: number, position: number, count: number): void {
    this.#batch.putDeliveryCount(storageId, position, count);
  }

  putDelayed(storageId: number, place: DelayedPlace, record: Buffer): void {
    this.#batch.putDelayed(storageId, place, record);
  }

  deleteDelayed(storageId: number, place: DelayedPlace): void {
    this.#batch.deleteDelayed(storageId, place);
  }

  putDelayedState(storageId: number, state: DelayedState): void {
    this.#batch.putDelayedState(storageId, state);
  }

  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void {
    this.#batch.putDeduplicationEntry(storageId, entry);
  }

  deleteDeduplicationEntry(storageId: number, sequence: number): void {
    this.#batch.deleteDeduplicationEntry(storageId, sequence);
  }

  dropQueue(storageId: number): void {
    this.#batch.dropQueue(storageId, this.#sweeper.takeSequence());
  }

  commit(onDurable: () => void): void {
    if (this.#isStopped) return;
    assert(this.#onDurable === undefined, 'one commit at a time');
    this.#onDurable = onDurable;
    this.#taken = this.#batch;
    this.#batch = new WriteBatch();
    // When a commit of our own (sweeping) is under way, this one starts as it ends.
    if (!this.#isWriting) this.#write();
  }

  readChunks(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
    callback: (chunks: StoredChunk[]) => void,
  ): void {
    this.#reader.read(storageId, fromPosition, toPosition, maxBytes, callback);
  }

  readDelayed(
    storageId: number,
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void {
    this.#delayedReader.read(storageId, from, toMs, maxBytes, callback);
  }

  loadQueueStates(): Map<number, QueueState> {
    const states = new Map<number, QueueState>();
    for (const { key, value } of this.#environment.entries('queues')) {
      const storageId = storageIdOf(key);
      let state = decodeQueueState(value);
      if (state === undefined) {
        this.#options.damage.add('queue-state', storageId, -1, value);
        state = rebuildQueueState(this.#environment, this.#sweeper, storageId);
      }
      states.set(storageId, state);
    }
    this.#environment.endRead();
    this.#scheduleOwnWork();
    return states;
  }

  loadDelayedStates(): Map<number, DelayedState> {
    const states = loadDelayedStates(this.#environment, this.#sweeper, this.#options.damage);
    this.#scheduleOwnWork();
    return states;
  }

  loadDeduplicationEntries(storageId: number): DeduplicationEntry[] {
    const { damage } = this.#options;
    const entries = loadDeduplicationEntries(this.#environment, this.#sweeper, damage, storageId);
    this.#scheduleOwnWork();
    return entries;
  }

  retainQueues(storageIds: ReadonlySet<number>): void {
    for (const storageId of storedOwners(this.#environment)) {
      if (!storageIds.has(storageId)) this.#forgotten.push(storageId);
    }
    this.#scheduleOwnWork();
  }

  /** Stops for good; the first reason is reported. */
  fail(reason: Error): void {
    if (this.#isStopped) return;
    this.#stop();
    this.#options.onFatal(reason);
  }

  async close(): Promise<void> {
    assert(this.#isStopped || this.isBatchEmpty, 'the batch is empty on close');
    if (this.#isWriting && !this.#isStopped) {
      await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    }
    this.#stop();
  }

  /** True after fail() and close(): LMDB must not be called any more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  #write(): void {
    const batch = this.#taken;
    this.#taken = undefined;
    const operations: Operation[] = batch?.seal() ?? [];
    const sweeps = batch?.sweeps.slice() ?? [];
    if (this.#forgotten.length > 0) {
      const drops = new WriteBatch();
      for (const storageId of this.#forgotten) {
        drops.dropQueue(storageId, this.#sweeper.takeSequence());
      }
      this.#forgotten = [];
      sweeps.push(...drops.sweeps);
      for (const operation of drops.seal()) operations.push(operation);
    }
    for (const operation of this.#sweeper.takePortion()) operations.push(operation);
    for (const operation of this.#options.damage.takeSetAside()) operations.push(operation);
    const done = (): void => {
      if (this.#isStopped) return;
      clearTimeout(this.#watchdog);
      this.#isWriting = false;
      this.#sweeper.portionRemoved();
      for (const sweep of sweeps) this.#sweeper.add(sweep);
      if (batch !== undefined) this.#reportDurable();
      this.#afterWrite();
    };
    this.#isWriting = true;
    if (operations.length === 0) {
      setImmediate(done);
      return;
    }
    this.#watchdog = setTimeout(() => {
      const seconds = this.#options.commitTimeoutMs / 1000;
      this.fail(new Error(`a commit to the message store did not end within ${seconds} s`));
    }, this.#options.commitTimeoutMs);
    this.#options.onWrite(batch?.bytes ?? 0);
    this.#environment.write(operations).then(done, (reason: unknown) => {
      this.fail(reason instanceof Error ? reason : new Error(String(reason)));
    });
  }

  #reportDurable(): void {
    const onDurable = this.#onDurable;
    this.#onDurable = undefined;
    onDurable?.();
  }

  #afterWrite(): void {
    // onDurable may have begun the next commit, or a commit waited for one of our own to end.
    if (!this.#isWriting && this.#taken !== undefined) this.#write();
    if (!this.#isWriting) this.#whenIdle?.();
    this.#scheduleOwnWork();
  }

  /** True while ranges are left to sweep, or damaged bytes to set aside. */
  get hasOwnWork(): boolean {
    return this.#sweeper.hasWork || this.#forgotten.length > 0 || this.#options.damage.hasSetAside;
  }

  /** Prepares sweeping in a turn of its own; a running or coming commit takes it along, else one is made. */
  #scheduleOwnWork(): void {
    if (this.#isStopped || this.#ownWork !== undefined || !this.hasOwnWork) return;
    this.#ownWork = setImmediate(() => {
      this.#ownWork = undefined;
      if (this.#isStopped) return;
      try {
        this.#sweeper.prepare();
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (!this.#isWriting && this.hasOwnWork) this.#write();
    });
  }

  #stop(): void {
    this.#isStopped = true;
    this.#reader.stop();
    this.#delayedReader.stop();
    clearTimeout(this.#watchdog);
    clearImmediate(this.#ownWork);
    this.#whenIdle?.();
  }
}
