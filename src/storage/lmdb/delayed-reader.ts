// Reads delayed records back, off the serving turn, in rounds of the steps of read-steps.ts. Invariants: no
// read transaction outlives a turn; a damaged record is set aside and handed out as such, so that its owner
// can delete it.

import type { DelayedPlace, DelayedRead, DelayedRecord } from '../../broker/journal.ts';
import { checkRecords } from '../stored-records.ts';
import type { DamageLog } from './damage-log.ts';
import type { Environment } from './environment.ts';
import { delayedKey, delayedPlaceOf, POSITION_LIMIT, rangeEnd } from './keys.ts';
import { ReadSteps } from './read-steps.ts';
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
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void {
    const read: Read = { storageId, toMs, maxBytes, callback, records: [], bytes: 0 };
    this.#steps.begin(() => this.#round(read, delayedKey(storageId, from)));
  }

  #round(read: Read, start: Buffer): void {
    if (this.#sweeper.isDropped(read.storageId)) {
      return this.#steps.finish(() => read.callback(NOTHING));
    }
    const { storageId, toMs } = read;
    const isBounded = toMs + 1 < POSITION_LIMIT;
    const end = isBounded
      ? delayedKey(storageId, { dueMs: toMs + 1, sequence: 0 })
      : rangeEnd(storageId, POSITION_LIMIT);
    const keys = this.#environment.keys('delayed', start, end, ROUND_KEYS_MAX);
    this.#environment.endRead();
    if (keys.length === 0) return this.#end(read, this.#firstFrom(storageId, start));
    this.#steps.prefetch('delayed', keys, () => this.#take(read, keys));
  }

  #firstFrom(storageId: number, start: Buffer): Buffer | undefined {
    const end = rangeEnd(storageId, POSITION_LIMIT);
    const [first] = this.#environment.keys('delayed', start, end, 1);
    this.#environment.endRead();
    return first;
  }

  /** Takes the records of the keys, as far as the limit allows. */
  #take(read: Read, keys: readonly Buffer[]): void {
    for (const key of keys) {
      const stored = this.#steps.value('delayed', key);
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
    const { dueMs, sequence } = delayedPlaceOf(keys[keys.length - 1] as Buffer);
    const behind = delayedKey(read.storageId, { dueMs, sequence: sequence + 1 });
    if (keys.length === ROUND_KEYS_MAX) return this.#round(read, behind);
    this.#end(read, this.#firstFrom(read.storageId, behind));
  }

  #intact(storageId: number, place: DelayedPlace, stored: Buffer): Buffer | undefined {
    const { count, end, damaged } = checkRecords(stored);
    if (count === 1 && end === stored.length && damaged.length === 0) return stored;
    this.#damage.add('delayed-record', storageId, place.sequence, stored);
    return undefined;
  }

  #end(read: Read, next: Buffer | undefined): void {
    const { callback, records } = read;
    const place = next && delayedPlaceOf(next);
    this.#steps.finish(() => callback({ records, next: place }));
  }
}
