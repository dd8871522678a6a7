// Names, counts and sets aside what was found damaged. Invariant: the raw bytes are kept, under the
// same key, before anything may delete the chunk that held them; each damage is reported once.

import type { StorageDamage } from '../store.ts';
import type { Operation } from './environment.ts';
import { chunkKey } from './keys.ts';

/** Last byte of a key in the database `damaged`. */
const KIND_BYTES: Readonly<Record<StorageDamage['what'], number>> = {
  record: 1,
  'chunk-tail': 2,
  'settled-bitmap': 3,
  'queue-state': 4,
  'delayed-record': 5,
  'delayed-state': 6,
  'delivery-count': 7,
  'deduplication-entry': 8,
};

/** Reported keys that are remembered; a disk that is worse than this is reported again. */
const REMEMBERED_MAX = 10_000;

export class DamageLog {
  readonly #report: (damage: StorageDamage) => void;
  readonly #known = new Set<string>();
  #count = 0;
  #setAside: Operation[] = [];

  constructor(report: (damage: StorageDamage) => void) {
    this.#report = report;
  }

  get count(): number {
    return this.#count;
  }

  get hasSetAside(): boolean {
    return this.#setAside.length > 0;
  }

  add(what: StorageDamage['what'], storageId: number, position: number, raw: Buffer): void {
    const name = `${what} ${storageId} ${position}`;
    if (this.#known.has(name)) return;
    if (this.#known.size < REMEMBERED_MAX) this.#known.add(name);
    this.#count++;
    const place = chunkKey(storageId, Math.max(position, 0));
    const key = Buffer.concat([place, Buffer.of(KIND_BYTES[what])]);
    this.#setAside.push({ database: 'damaged', key, value: Buffer.from(raw) });
    this.#report({ what, storageId, position, bytes: raw.length });
  }

  /** The writes that keep the damaged bytes; they join the next commit. */
  takeSetAside(): Operation[] {
    const operations = this.#setAside;
    this.#setAside = [];
    return operations;
  }
}
