// The one file that calls the lmdb package. Rules learned by breaking it: named databases only; never
// noSync or a writable map; no synchronous write transaction once the environment is in use (it would
// split a batch that the write thread is taking); no read transaction outlives the turn it began in.

import { type Database, open, type RootDatabase } from 'lmdb';

export const DATABASE_NAMES = [
  'chunks',
  'settled',
  'counts',
  'queues',
  'delayed',
  'delayed-states',
  'deduplication',
  'metadata',
  'node',
  'sweeps',
  'damaged',
] as const;
export type DatabaseName = (typeof DATABASE_NAMES)[number];

/** One change of a batch; no value = remove. */
export interface Operation {
  readonly database: DatabaseName;
  readonly key: Buffer;
  readonly value: Uint8Array | undefined;
}

/** What the journal needs of LMDB; tests put a failing one in its place. */
export interface Environment {
  /**
   * Writes all operations in one transaction and resolves after it was flushed. Values are read by the
   * write thread without a copy: they must not change until then.
   */
  write(operations: readonly Operation[]): Promise<void>;
  /** Loads the pages of these values off this thread, so that the get that follows does not wait for the disk. */
  prefetch(database: DatabaseName, keys: Buffer[], callback: () => void): void;
  /** A copy of the value. */
  get(database: DatabaseName, key: Buffer): Buffer | undefined;
  /** Up to `limit` keys in [start, end). */
  keys(database: DatabaseName, start: Buffer, end: Buffer | undefined, limit: number): Buffer[];
  /** The last key that is not above `key`. */
  lastKeyUpTo(database: DatabaseName, key: Buffer): Buffer | undefined;
  /** Every entry; for small databases, at start. */
  entries(database: DatabaseName): { key: Buffer; value: Buffer }[];
  /** To be called at the end of every function that read: gives up the read transaction. */
  endRead(): void;
  close(): Promise<void>;
}

type BinaryDatabase = Database<Buffer, Buffer>;

// Address space, not disk: growing the map later means mapping the file anew, which this avoids for
// stores up to this size. Windows would allocate the file at once, so there it grows by itself.
const MAP_BYTES = 2 ** 38;
const REASON_TIMEOUT_MS = 100;

export class LmdbEnvironment implements Environment {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #databases: Record<DatabaseName, BinaryDatabase>;

  constructor(path: string) {
    const encodings = { encoding: 'binary', keyEncoding: 'binary' } as const;
    this.#root = open<Buffer, Buffer>({
      path,
      ...encodings,
      ...(process.platform === 'win32' ? {} : { mapSize: MAP_BYTES }),
      maxDbs: DATABASE_NAMES.length + 1,
      // Measured: safe in every crash state tried, and faster here than overlapping syncs.
      overlappingSync: false,
      // Known to the library, missing in its types: open at the last flushed snapshot.
      ...{ safeRestore: true },
    });
    this.#databases = Object.fromEntries(
      DATABASE_NAMES.map((name) => [name, this.#root.openDB<Buffer, Buffer>(name, encodings)]),
    ) as Record<DatabaseName, BinaryDatabase>;
  }

  async write(operations: readonly Operation[]): Promise<void> {
    // All puts of one turn form one transaction and share one promise (event-turn batching).
    for (const { database, key, value } of operations) {
      if (value === undefined) ignoreOwnPromise(this.#databases[database].remove(key));
      else ignoreOwnPromise(this.#databases[database].put(key, value as Buffer));
    }
    try {
      await this.#root.flushed;
    } catch (error) {
      throw await causeOf(error);
    }
  }

  prefetch(database: DatabaseName, keys: Buffer[], callback: () => void): void {
    this.#databases[database].prefetch(keys, callback);
  }

  get(database: DatabaseName, key: Buffer): Buffer | undefined {
    return this.#databases[database].getBinary(key);
  }

  keys(database: DatabaseName, start: Buffer, end: Buffer | undefined, limit: number): Buffer[] {
    const range = end === undefined ? { start, limit } : { start, end, limit };
    return collect(this.#databases[database].getKeys(range));
  }

  lastKeyUpTo(database: DatabaseName, key: Buffer): Buffer | undefined {
    return collect(this.#databases[database].getKeys({ start: key, reverse: true, limit: 1 }))[0];
  }

  entries(database: DatabaseName): { key: Buffer; value: Buffer }[] {
    const entries: { key: Buffer; value: Buffer }[] = [];
    for (const { key, value } of this.#databases[database].getRange({})) {
      entries.push({ key: asBuffer(key), value: asBuffer(value) });
    }
    return entries;
  }

  endRead(): void {
    this.#root.resetReadTxn();
  }

  close(): Promise<void> {
    return this.#root.close();
  }
}

function collect(keys: Iterable<Buffer>): Buffer[] {
  const list: Buffer[] = [];
  for (const key of keys) list.push(asBuffer(key));
  return list;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// Every operation of a turn returns the promise that `flushed` waits for, and `write` reports it.
function ignoreOwnPromise(_promise: Promise<boolean>): void {}

/** The library rejects with "see commitError": a promise that itself rejects with the reason. */
async function causeOf(error: unknown): Promise<Error> {
  const failure = error instanceof Error ? error : new Error(String(error));
  const reason = (failure as { commitError?: unknown }).commitError;
  if (reason === undefined) return failure;
  // The reason follows at once or never; a failure must not wait for it.
  const cause = await Promise.race([
    Promise.resolve(reason).catch((rejection: unknown) => rejection),
    new Promise((resolve) => setTimeout(resolve, REASON_TIMEOUT_MS, failure)),
  ]);
  return new Error(`LMDB commit failed: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  });
}
