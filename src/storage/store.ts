// What the composition root gets from a storage engine, whichever it is. Invariant: every failure to
// open is a StoreError with a code to act on; an engine never starts empty over damaged files.

import type { Journal } from '../broker/journal.ts';
import type { Metadata } from '../broker/metadata.ts';

export interface Store {
  readonly kind: 'lmdb' | 'memory';
  readonly journal: Journal;
  readonly metadata: Metadata;
  /** Counts the starts of this store: larger at every open. */
  readonly epoch: number;
  /** Stored things that were set aside because their checksum did not match, since the start. */
  readonly damagedCount: number;
  /** Free bytes of the file system that holds the store; Infinity in memory. */
  freeBytes(): Promise<number>;
  /** Waits for the running commit, then closes. The batch being filled must be empty. */
  close(): Promise<void>;
}

export type StoreErrorCode =
  /** Another process has the data directory. */
  | 'locked'
  /** Written by a newer version, with a format that this one does not know. */
  | 'newer-format'
  /** The files are not what was written; nothing was changed. */
  | 'damaged'
  /** The operating system refused (permissions, disk full, input or output error). */
  | 'unavailable';

/** Why a store could not be opened. The text is for the operator. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One thing in the store whose checksum did not match. It was set aside; its neighbours are served. */
export interface StorageDamage {
  readonly what:
    | 'record'
    | 'chunk-tail'
    | 'settled-bitmap'
    | 'queue-state'
    | 'delayed-record'
    | 'delayed-state'
    | 'delivery-count'
    | 'deduplication-entry';
  readonly storageId: number;
  /** Position (or sequence) of the damaged record or first damaged record; -1 for a state. */
  readonly position: number;
  /** Bytes that were set aside. */
  readonly bytes: number;
}

export interface LmdbStoreOptions {
  readonly engine: 'lmdb';
  /** Created when missing. Held by one process at a time. */
  readonly directory: string;
  /** Fail-stop: called once; from then on nothing is written or confirmed. The process must exit. */
  readonly onFatal: (reason: Error) => void;
  /** Called for each damaged thing when it is met. */
  readonly onDamage?: (damage: StorageDamage) => void;
  /** The free bytes crossed the limit. Called at once when the disk is low at the start. */
  readonly onDiskAlarm?: (isLow: boolean, freeBytes: number) => void;
  /** RabbitMQ's disk_free_limit.absolute; default 50,000,000. */
  readonly diskFreeLimitBytes?: number;
  /** Size of the file that is given up when the disk is full at the start; default 64 MiB, 0 = none. */
  readonly ballastBytes?: number;
  /** A commit that takes longer is fatal; default 30,000. */
  readonly commitTimeoutMs?: number;
}

export interface MemoryStoreOptions {
  readonly engine: 'memory';
}

export type StoreOptions = LmdbStoreOptions | MemoryStoreOptions;
