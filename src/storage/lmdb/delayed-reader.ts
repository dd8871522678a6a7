// Reads delayed records back, off the serving turn, as chunk-reader.ts reads chunks: keys first, their
// pages on another thread, then the values. Invariants: no read transaction outlives a turn; a damaged
// record is set aside and handed out as such, so that its owner can delete it.

import type { DelayedPlace, DelayedRead, DelayedRecord } from '../../broker/journal.ts';
import { checkRecords } from '../stored-records.ts';
import type { DamageLog } from './damage-log.ts';
import type { Environment } from './environment.ts';
import { delayedKey, delayedPlaceOf, POSITION_LIMIT, rangeEnd } from './keys.ts';
import type { Sweeper } from './sweeper.ts';

/** Keys per round: bounds what one turn copies. */
const ROUND_KEYS_MAX = 512;
const NOTHING: DelayedRead = { records: [], next: undefined };

interface Read {
  readonly storageId: number;
  readonly toMs: number;
  readonly maxBytes: number;
  readonly callback: (read: DelayedRead) => void;
  readonly records: DelayedRecord[];
  bytes: number;
}

export class DelayedReader {
  readonly #environment: Environment;
  readonly #sweeper: Sweeper;
  readonly #damage: DamageLog;
  readonly #onFatal: (reason: Error) => void;
  #isStopped = false;

  constructor(
    environment: Environment,
    sweeper: Sweeper,
    damage: DamageLog,
    onFatal: (reason: Error) => void,
  ) {
    this.#environment = environment;
    this.#sweeper = sweeper;
    this.#damage = damage;
    this.#onFatal = onFatal;
  }

  /** Reads that have not called back never will. */
  stop(): void {
    this.#isStopped = true;
  }

  read(
    storageId: number,
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void {
    const read: Read = { storageId, toMs, maxBytes, callback, records: [], bytes: 0 };
    setImmediate(() => this.#guarded(() => this.#round(read, delayedKey(storageId, from))));
  }

  #round(read: Read, start: Buffer): void {
    if (this.#sweeper.isDropped(read.storageId)) return this.#finish(read.callback, NOTHING);
    const end = rangeEnd(read.storageId, POSITION_LIMIT);
    const keys = this.#environment.keys('delayed', start, end, ROUND_KEYS_MAX);
    this.#environment.endRead();
    const due = keys.filter((key) => delayedPlaceOf(key).dueMs <= read.toMs);
    if (due.length === 0) return this.#end(read, keys[0]);
    this.#environment.prefetch('delayed', due, () =>
      this.#guarded(() => this.#take(read, keys, due.length)),
    );
  }

  /** Takes the first `dueCount` of the keys, as far as the limit allows. */
  #take(read: Read, keys: readonly Buffer[], dueCount: number): void {
    for (let index = 0; index < dueCount; index++) {
      const key = keys[index] as Buffer;
      const stored = this.#stored(key);
      if (stored === undefined) continue;
      if (read.records.length > 0 && read.bytes + stored.length > read.maxBytes) {
        this.#environment.endRead();
        return this.#end(read, key);
      }
      read.bytes += stored.length;
      const place = delayedPlaceOf(key);
      read.records.push({ ...place, record: this.#intact(read.storageId, place, stored) });
    }
    this.#environment.endRead();
    if (dueCount < keys.length) return this.#end(read, keys[dueCount]);
    if (keys.length < ROUND_KEYS_MAX) return this.#end(read, undefined);
    const last = delayedPlaceOf(keys[keys.length - 1] as Buffer);
    this.#round(
      read,
      delayedKey(read.storageId, { dueMs: last.dueMs, sequence: last.sequence + 1 }),
    );
  }

  /** The value; empty when LMDB cannot follow its page, undefined when it is gone. */
  #stored(key: Buffer): Buffer | undefined {
    try {
      return this.#environment.get('delayed', key);
    } catch {
      return Buffer.alloc(0);
    }
  }

  #intact(storageId: number, place: DelayedPlace, stored: Buffer): Buffer | undefined {
    const { count, end, damaged } = checkRecords(stored);
    if (count === 1 && end === stored.length && damaged.length === 0) return stored;
    this.#damage.add('delayed-record', storageId, place.sequence, stored);
    return undefined;
  }

  #end(read: Read, next: Buffer | undefined): void {
    this.#finish(read.callback, {
      records: read.records,
      next: next === undefined ? undefined : delayedPlaceOf(next),
    });
  }

  // Outside of #guarded: what the receiver throws is no failure of the store.
  #finish(callback: (read: DelayedRead) => void, read: DelayedRead): void {
    queueMicrotask(() => {
      if (!this.#isStopped) callback(read);
    });
  }

  #guarded(step: () => void): void {
    if (this.#isStopped) return;
    try {
      step();
    } catch (error) {
      this.#onFatal(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
