// The keys that a queue or exchange has seen lately. The oldest goes when there are too many. A key of a
// persistent message is stored in the commit that stores the message, so neither is there without the other.

import type { MessageProperties } from '../../protocol/content-header.ts';
import type { DeduplicationEntry, Journal } from '../journal.ts';
import { deduplicationKey, deduplicationTtlMs } from './deduplication-key.ts';

export interface DeduplicationSettings {
  /** Keys remembered at most. */
  readonly cacheSize: number;
  /** How long a key is remembered; undefined: until others push it out. */
  readonly ttlMs: number | undefined;
  /** The message header that holds the key. */
  readonly header: string;
}

export interface DeduplicationOwner {
  readonly storageId: number;
  /** False: the window is gone after a restart, as its owner or the owner's messages are. */
  readonly isDurable: boolean;
}

interface Seen {
  readonly sequence: number;
  readonly expiresMs: number;
  readonly isStored: boolean;
}

/** Entries of `#order` that may be out of date before it is swept. */
const STALE_MAX = 64;

export class DeduplicationWindow {
  settings: DeduplicationSettings;
  /** Messages dropped since the start. */
  duplicateCount = 0;
  readonly #journal: Journal;
  readonly #owner: DeduplicationOwner;
  readonly #nowMs: () => number;
  /** By the key's octets as latin1. */
  readonly #seen = new Map<string, Seen>();
  /** Keys as they came; one that came again after it had expired is here twice, the first is stale. */
  #order: { readonly key: string; readonly sequence: number }[] = [];
  /** Index in `#order` of the oldest. */
  #head = 0;
  #nextSequence = 1;

  constructor(
    journal: Journal,
    owner: DeduplicationOwner,
    settings: DeduplicationSettings,
    nowMs: () => number,
    recovered: readonly DeduplicationEntry[] = [],
  ) {
    this.#journal = journal;
    this.#owner = owner;
    this.settings = settings;
    this.#nowMs = nowMs;
    for (const { sequence, key, expiresMs } of recovered) {
      this.#remember(key.toString('latin1'), { sequence, expiresMs, isStored: true });
      this.#nextSequence = sequence + 1;
    }
    this.#pushOut();
  }

  get size(): number {
    return this.#seen.size;
  }

  /** True for a message whose key was seen; else its key is seen from now on. */
  isDuplicate(properties: MessageProperties, isPersistent: boolean): boolean {
    const octets = deduplicationKey(properties, this.settings.header);
    if (octets === undefined) return false;
    const key = octets.toString('latin1');
    const nowMs = this.#nowMs();
    const before = this.#seen.get(key);
    if (before !== undefined) {
      if (before.expiresMs > nowMs) {
        this.duplicateCount++;
        return true;
      }
      this.#forget(key, before);
    }
    const ttlMs = deduplicationTtlMs(properties) ?? this.settings.ttlMs;
    const expiresMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : Math.ceil(nowMs + ttlMs);
    const sequence = this.#nextSequence++;
    const isStored = isPersistent && this.#owner.isDurable;
    this.#remember(key, { sequence, expiresMs, isStored });
    if (isStored) {
      const entry = { sequence, key: octets, expiresMs };
      this.#journal.putDeduplicationEntry(this.#owner.storageId, entry);
    }
    this.#pushOut();
    return false;
  }

  /** Forgets everything, also on the disk: the owner does not look for duplicates any more. */
  clear(): void {
    for (const [key, seen] of this.#seen) this.#forget(key, seen);
    this.#order = [];
    this.#head = 0;
  }

  #remember(key: string, seen: Seen): void {
    this.#seen.set(key, seen);
    this.#order.push({ key, sequence: seen.sequence });
  }

  #forget(key: string, seen: Seen): void {
    this.#seen.delete(key);
    if (seen.isStored) {
      this.#journal.deleteDeduplicationEntry(this.#owner.storageId, seen.sequence);
    }
  }

  #pushOut(): void {
    while (this.#seen.size > this.settings.cacheSize) {
      const { key, sequence } = this.#order[this.#head++] as { key: string; sequence: number };
      const seen = this.#seen.get(key);
      if (seen?.sequence === sequence) this.#forget(key, seen);
    }
    if (this.#order.length <= 2 * this.#seen.size + STALE_MAX) return;
    this.#order = this.#order.filter(
      ({ key, sequence }) => this.#seen.get(key)?.sequence === sequence,
    );
    this.#head = 0;
  }
}
