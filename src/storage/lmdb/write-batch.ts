// What the next commit will write. Invariant: filling it touches neither the disk nor the bytes of a
// message; checksums and encodings are made once, when the commit takes it.

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedState,
  QueueState,
} from '../../broker/journal.ts';
import {
  encodeDeduplicationEntry,
  encodeDelayedState,
  encodeDeliveryCount,
  encodeQueueState,
  seal,
} from '../record-codec.ts';
import { fillChecksums } from '../stored-records.ts';
import type { Operation } from './environment.ts';
import { chunkKey, delayedKey, POSITION_LIMIT, queueKey } from './keys.ts';
import { encodeSweep, type Sweep, sweepKey } from './sweep.ts';

/** LMDB's own cost of an entry, for the byte budget of a batch. */
const ENTRY_BYTES = 64;

export class WriteBatch {
  /** Ranges whose keys are removed over later commits; the intent is durable with this one. */
  readonly sweeps: Sweep[] = [];
  #bytes = 0;
  readonly #operations: Operation[] = [];
  readonly #chunks: { slab: Buffer; start: number; end: number }[] = [];
  /** The last state of each touched queue; undefined = removed. */
  readonly #states = new Map<number, QueueState | undefined>();

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#operations.length === 0 && this.#states.size === 0;
  }

  add(operation: Operation): void {
    this.#operations.push(operation);
    this.#bytes += ENTRY_BYTES + (operation.value?.length ?? 0);
  }

  putChunk(
    storageId: number,
    firstPosition: number,
    slab: Buffer,
    start: number,
    end: number,
  ): void {
    this.#chunks.push({ slab, start, end });
    const value = slab.subarray(start, end);
    this.add({ database: 'chunks', key: chunkKey(storageId, firstPosition), value });
  }

  deleteChunk(storageId: number, firstPosition: number): void {
    const key = chunkKey(storageId, firstPosition);
    this.add({ database: 'chunks', key, value: undefined });
    this.add({ database: 'settled', key, value: undefined });
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    this.add({
      database: 'settled',
      key: chunkKey(storageId, firstPosition),
      value: seal(bitmap),
    });
  }

  putDeliveryCount(storageId: number, position: number, count: number): void {
    const value = count === 0 ? undefined : encodeDeliveryCount(count);
    this.add({ database: 'counts', key: chunkKey(storageId, position), value });
  }

  putDelayed(storageId: number, place: DelayedPlace, record: Buffer): void {
    this.#chunks.push({ slab: record, start: 0, end: record.length });
    this.add({ database: 'delayed', key: delayedKey(storageId, place), value: record });
  }

  deleteDelayed(storageId: number, place: DelayedPlace): void {
    this.add({ database: 'delayed', key: delayedKey(storageId, place), value: undefined });
  }

  putDelayedState(storageId: number, state: DelayedState): void {
    const value = encodeDelayedState(state);
    this.add({ database: 'delayed-states', key: queueKey(storageId), value });
  }

  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void {
    const key = chunkKey(storageId, entry.sequence);
    this.add({ database: 'deduplication', key, value: encodeDeduplicationEntry(entry) });
  }

  deleteDeduplicationEntry(storageId: number, sequence: number): void {
    const key = chunkKey(storageId, sequence);
    this.add({ database: 'deduplication', key, value: undefined });
  }

  sweep(sweep: Sweep): void {
    this.sweeps.push(sweep);
    this.add({ database: 'sweeps', key: sweepKey(sweep), value: encodeSweep(sweep) });
  }

  putQueueState(storageId: number, state: QueueState): void {
    if (!this.#states.has(storageId)) this.#bytes += ENTRY_BYTES;
    this.#states.set(storageId, { ...state });
  }

  dropQueue(storageId: number, sequence: number): void {
    this.#states.set(storageId, undefined);
    this.add({ database: 'delayed-states', key: queueKey(storageId), value: undefined });
    this.sweep({ sequence, storageId, fromPosition: 0, toPosition: POSITION_LIMIT });
  }

  /** The operations in the order of the calls, checksums filled. The batch is used up. */
  seal(): Operation[] {
    for (const { slab, start, end } of this.#chunks) fillChecksums(slab, start, end);
    for (const [storageId, state] of this.#states) {
      const value = state === undefined ? undefined : encodeQueueState(state);
      this.#operations.push({ database: 'queues', key: queueKey(storageId), value });
    }
    return this.#operations;
  }
}
