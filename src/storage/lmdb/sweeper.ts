// Removes large ranges in bounded portions, one per commit. Invariants: a swept range is invisible to
// readers from the commit that asked for it; keys are listed off the serving path and never twice
// while their removal is in flight.

import type { DatabaseName, Environment, Operation } from './environment.ts';
import { chunkKey, rangeEnd } from './keys.ts';
import { decodeSweep, isDrop, type Sweep, sweepKey } from './sweep.ts';

/** Keys listed in one turn and removed in one commit. */
export const PORTION_KEYS = 1000;

/** Swept with a range of positions. */
const BY_POSITION: readonly DatabaseName[] = ['chunks', 'settled', 'counts'];
/** Swept when all of a storage id goes: their keys begin with it, too. */
const BY_STORAGE_ID: readonly DatabaseName[] = [...BY_POSITION, 'delayed', 'deduplication'];

interface Portion {
  readonly sweep: Sweep;
  readonly operations: readonly Operation[];
  readonly isLast: boolean;
}

export class Sweeper {
  readonly #environment: Environment;
  readonly #pending: Sweep[] = [];
  readonly #byStorageId = new Map<number, Sweep[]>();
  #prepared: Portion | undefined;
  #inFlight: Portion | undefined;
  #nextSequence = 1;

  constructor(environment: Environment) {
    this.#environment = environment;
    for (const { key, value } of environment.entries('sweeps')) {
      const sweep = decodeSweep(key, value);
      // A damaged intent is dropped: keeping messages is the safe side.
      if (sweep === undefined) continue;
      this.add(sweep);
      this.#nextSequence = Math.max(this.#nextSequence, sweep.sequence + 1);
    }
    environment.endRead();
  }

  get hasWork(): boolean {
    return this.#pending.length > 0;
  }

  takeSequence(): number {
    return this.#nextSequence++;
  }

  /** To be called when the intent is durable. */
  add(sweep: Sweep): void {
    this.#pending.push(sweep);
    const siblings = this.#byStorageId.get(sweep.storageId);
    if (siblings === undefined) this.#byStorageId.set(sweep.storageId, [sweep]);
    else siblings.push(sweep);
  }

  isHidden(storageId: number, position: number): boolean {
    const sweeps = this.#byStorageId.get(storageId);
    return (
      sweeps?.some((each) => position >= each.fromPosition && position < each.toPosition) ?? false
    );
  }

  /** True when everything under the storage id is being removed. */
  isDropped(storageId: number): boolean {
    return this.#byStorageId.get(storageId)?.some(isDrop) ?? false;
  }

  /** Lists the keys of the next portion; not to be called on the serving path. */
  prepare(): void {
    const sweep = this.#pending[0];
    if (sweep === undefined || this.#prepared !== undefined || this.#inFlight !== undefined) return;
    const start = chunkKey(sweep.storageId, sweep.fromPosition);
    const end = rangeEnd(sweep.storageId, sweep.toPosition);
    const operations: Operation[] = [];
    let isLast = true;
    for (const database of isDrop(sweep) ? BY_STORAGE_ID : BY_POSITION) {
      const keys = this.#environment.keys(database, start, end, PORTION_KEYS);
      for (const key of keys) operations.push({ database, key, value: undefined });
      if (keys.length === PORTION_KEYS) isLast = false;
    }
    this.#environment.endRead();
    if (isLast) operations.push({ database: 'sweeps', key: sweepKey(sweep), value: undefined });
    this.#prepared = { sweep, operations, isLast };
  }

  /** What the commit that starts now removes. */
  takePortion(): readonly Operation[] {
    const portion = this.#prepared;
    if (portion === undefined) return [];
    this.#prepared = undefined;
    this.#inFlight = portion;
    return portion.operations;
  }

  /** The commit that took the portion is durable. */
  portionRemoved(): void {
    const portion = this.#inFlight;
    this.#inFlight = undefined;
    if (portion === undefined || !portion.isLast) return;
    const { sweep } = portion;
    this.#pending.splice(this.#pending.indexOf(sweep), 1);
    const siblings = (this.#byStorageId.get(sweep.storageId) ?? []).filter(
      (each) => each !== sweep,
    );
    if (siblings.length === 0) this.#byStorageId.delete(sweep.storageId);
    else this.#byStorageId.set(sweep.storageId, siblings);
  }
}
