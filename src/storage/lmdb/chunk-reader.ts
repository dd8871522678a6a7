// Reads chunks back, off the serving turn, in rounds of the steps of read-steps.ts. The first round takes
// one chunk; its size tells how many the next may take. Invariants: no read transaction outlives a turn;
// a damaged record never hides its neighbours.

import type { StoredChunk } from '../../broker/journal.ts';
import { decodeDeliveryCount, unseal } from '../record-codec.ts';
import { checkRecords } from '../stored-records.ts';
import type { DamageLog } from './damage-log.ts';
import type { Environment } from './environment.ts';
import { chunkKey, POSITION_LIMIT, positionOf, rangeEnd, storageIdOf } from './keys.ts';
import { ReadSteps } from './read-steps.ts';
import type { Sweeper } from './sweeper.ts';

/** Keys per round: bounds what one turn copies when chunks are small. */
const ROUND_KEYS_MAX = 256;

interface Read {
  readonly storageId: number;
  readonly fromPosition: number;
  readonly toPosition: number;
  readonly maxBytes: number;
  readonly callback: (chunks: StoredChunk[]) => void;
  readonly chunks: StoredChunk[];
  /** False for most queues: no look-up per chunk then. */
  hasCounts: boolean;
  bytes: number;
  roundKeys: number;
}

export class ChunkReader {
  readonly #environment: Environment;
  readonly #sweeper: Sweeper;
  readonly #damage: DamageLog;
  readonly #steps: ReadSteps;

  constructor(
    environment: Environment,
    sweeper: Sweeper,
    damage: DamageLog,
    onFatal: (reason: Error) => void,
  ) {
    this.#environment = environment;
    this.#sweeper = sweeper;
    this.#damage = damage;
    this.#steps = new ReadSteps(environment, onFatal);
  }

  /** Reads that have not called back never will. */
  stop(): void {
    this.#steps.stop();
  }

  read(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
    callback: (chunks: StoredChunk[]) => void,
  ): void {
    const read: Read = {
      storageId,
      fromPosition,
      toPosition,
      maxBytes,
      callback,
      chunks: [],
      hasCounts: false,
      bytes: 0,
      roundKeys: 1,
    };
    this.#steps.begin(() => this.#begin(read));
  }

  #begin(read: Read): void {
    const { storageId, fromPosition } = read;
    const from = chunkKey(storageId, fromPosition);
    const holder = this.#environment.lastKeyUpTo('chunks', from);
    const isOwn = holder !== undefined && storageIdOf(holder) === storageId;
    const start = isOwn ? holder : from;
    const end = rangeEnd(storageId, POSITION_LIMIT);
    read.hasCounts = this.#environment.keys('counts', start, end, 1).length > 0;
    this.#round(read, start);
  }

  #round(read: Read, start: Buffer): void {
    const end = rangeEnd(read.storageId, read.toPosition);
    const keys = this.#environment.keys('chunks', start, end, read.roundKeys);
    this.#environment.endRead();
    if (keys.length === 0) {
      this.#steps.finish(() => read.callback(read.chunks));
      return;
    }
    this.#steps.prefetch('chunks', keys, () => this.#take(read, keys));
  }

  #take(read: Read, keys: readonly Buffer[]): void {
    let isFull = false;
    let roundBytes = 0;
    for (const key of keys) {
      const chunk = this.#chunk(read, key);
      if (chunk === undefined) continue;
      const chunkBytes = chunk.bytes.length;
      if (read.chunks.length > 0 && read.bytes + chunkBytes > read.maxBytes) {
        isFull = true;
        break;
      }
      read.chunks.push(chunk);
      read.bytes += chunkBytes;
      roundBytes += chunkBytes;
    }
    this.#environment.endRead();
    if (isFull || read.bytes >= read.maxBytes || keys.length < read.roundKeys) {
      this.#steps.finish(() => read.callback(read.chunks));
      return;
    }
    const meanBytes = Math.max(1, roundBytes / keys.length);
    const wanted = Math.ceil((read.maxBytes - read.bytes) / meanBytes);
    read.roundKeys = Math.min(Math.max(wanted, 1), ROUND_KEYS_MAX);
    const last = positionOf(keys[keys.length - 1] as Buffer);
    this.#round(read, chunkKey(read.storageId, last + 1));
  }

  /** The chunk, or undefined when it is gone or ends before the range. */
  #chunk(read: Read, key: Buffer): StoredChunk | undefined {
    const { storageId } = read;
    const firstPosition = positionOf(key);
    if (this.#sweeper.isHidden(storageId, firstPosition)) return undefined;
    const bytes = this.#steps.value('chunks', key);
    if (bytes === undefined) return undefined;
    const checked = checkRecords(bytes);
    const isTailDamaged = checked.end < bytes.length || bytes.length === 0;
    if (firstPosition + checked.count <= read.fromPosition && !isTailDamaged) return undefined;
    const damaged = checked.damaged.map(({ index, start, end }) => {
      this.#damage.add('record', storageId, firstPosition + index, bytes.subarray(start, end));
      return index;
    });
    if (isTailDamaged) {
      const tail = bytes.subarray(checked.end);
      this.#damage.add('chunk-tail', storageId, firstPosition + checked.count, tail);
      damaged.push(checked.count);
    }
    return {
      firstPosition,
      bytes: isTailDamaged ? bytes.subarray(0, checked.end) : bytes,
      settled: this.#settled(storageId, firstPosition, key),
      damaged,
      deliveryCounts: read.hasCounts
        ? this.#deliveryCounts(storageId, firstPosition, checked.count)
        : undefined,
    };
  }

  #deliveryCounts(
    storageId: number,
    firstPosition: number,
    recordCount: number,
  ): ReadonlyMap<number, number> | undefined {
    const start = chunkKey(storageId, firstPosition);
    const end = rangeEnd(storageId, firstPosition + recordCount);
    const keys = this.#environment.keys('counts', start, end, recordCount);
    if (keys.length === 0) return undefined;
    const counts = new Map<number, number>();
    for (const key of keys) {
      const stored = this.#environment.get('counts', key) as Buffer;
      const count = decodeDeliveryCount(stored);
      if (count !== undefined) counts.set(positionOf(key), count);
      else this.#damage.add('delivery-count', storageId, positionOf(key), stored);
    }
    return counts;
  }

  #settled(storageId: number, firstPosition: number, key: Buffer): Uint8Array | undefined {
    const stored = this.#environment.get('settled', key);
    if (stored === undefined) return undefined;
    const bitmap = unseal(stored);
    // Without its bitmap a chunk is delivered again rather than lost.
    if (bitmap === undefined) this.#damage.add('settled-bitmap', storageId, firstPosition, stored);
    return bitmap;
  }
}
