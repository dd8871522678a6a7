// Opens the store on disk: lock, format, ballast, a look at the data file, then LMDB and the epoch.
// Invariant: until the lock is ours nothing in the directory changes, and no failure after it leaves
// the lock behind.

import fs from 'node:fs';
import path from 'node:path';
import { DISK_FREE_LIMIT_BYTES, DiskMonitor } from '../disk-monitor.ts';
import { seal, unseal } from '../record-codec.ts';
import { type LmdbStoreOptions, type Store, StoreError } from '../store.ts';
import { Ballast } from './ballast.ts';
import { DamageLog } from './damage-log.ts';
import { checkDataFile } from './data-file-check.ts';
import { DirectoryLock } from './directory-lock.ts';
import { type Environment, LmdbEnvironment } from './environment.ts';
import { checkFormat, syncDirectory, writeFormat } from './format-file.ts';
import { LmdbJournal } from './lmdb-journal.ts';
import { LmdbMetadata } from './lmdb-metadata.ts';

const DATA_FILE_NAME = 'warren.mdb';
const BALLAST_BYTES = 64 << 20;
const COMMIT_TIMEOUT_MS = 30_000;
const EPOCH_KEY = Buffer.from('epoch');

export async function openLmdbStore(options: LmdbStoreOptions): Promise<Store> {
  try {
    fs.mkdirSync(options.directory, { recursive: true });
    // Assigned below; a lock lost during the start is reported when there is something to stop.
    let journal: LmdbJournal | undefined;
    const onLost = (reason: Error): void => {
      if (journal === undefined) options.onFatal(reason);
      else journal.fail(reason);
    };
    const lock = await DirectoryLock.acquire(options.directory, onLost);
    try {
      const store = await openLocked(options, lock, (opened) => (journal = opened));
      return store;
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError('unavailable', `the data directory ${options.directory}: ${reason}`, {
      cause: error,
    });
  }
}

async function openLocked(
  options: LmdbStoreOptions,
  lock: DirectoryLock,
  onJournal: (journal: LmdbJournal) => void,
): Promise<Store> {
  const { directory } = options;
  const dataFile = path.join(directory, DATA_FILE_NAME);
  const readFreeBytes = (): Promise<number> => freeBytesOf(directory);
  const ballastBytes = options.ballastBytes ?? BALLAST_BYTES;
  const ballast = new Ballast(directory, ballastBytes);
  const isUsed = checkFormat(directory, dataFile);
  if ((await readFreeBytes()) < ballastBytes) ballast.release();
  if (isUsed) checkDataFile(dataFile);

  const environment = openEnvironment(dataFile);
  const damage = new DamageLog(options.onDamage ?? (() => {}));
  const commitTimeoutMs = options.commitTimeoutMs ?? COMMIT_TIMEOUT_MS;
  const epoch = await startEpoch(environment, commitTimeoutMs);
  if (!isUsed) syncDirectory(directory);
  writeFormat(directory);

  const limitBytes = options.diskFreeLimitBytes ?? DISK_FREE_LIMIT_BYTES;
  const monitor = new DiskMonitor({
    limitBytes,
    readFreeBytes,
    onDiskAlarm: options.onDiskAlarm ?? (() => {}),
    onChecked: (freeBytes) => void ballast.restore(freeBytes, limitBytes),
  });
  const journal = new LmdbJournal(environment, {
    commitTimeoutMs,
    damage,
    onFatal: (reason) => {
      monitor.stop();
      options.onFatal(reason);
    },
    onWrite: (bytes) => monitor.noteWritten(bytes),
  });
  onJournal(journal);
  await monitor.start();

  return {
    kind: 'lmdb',
    journal,
    metadata: new LmdbMetadata(environment, journal),
    epoch,
    get damagedCount() {
      return damage.count;
    },
    freeBytes: readFreeBytes,
    async close() {
      monitor.stop();
      await ballast.close();
      const hasFailed = journal.isStopped;
      await journal.close();
      // After a failure LMDB must not be called any more: the process ends and takes the lock along.
      if (hasFailed) return;
      await environment.close();
      lock.release();
    },
  };
}

function openEnvironment(dataFile: string): Environment {
  try {
    return new LmdbEnvironment(dataFile);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isDamage = /MDB_(INVALID|VERSION_MISMATCH|CORRUPTED|PAGE_NOTFOUND|PANIC)/.test(reason);
    throw new StoreError(
      isDamage ? 'damaged' : 'unavailable',
      `the data file ${dataFile} cannot be opened: ${reason}; nothing was changed`,
      { cause: error },
    );
  }
}

/** Counts this start, durably: it proves that the store can be written before anyone relies on it. */
async function startEpoch(environment: Environment, timeoutMs: number): Promise<number> {
  const stored = environment.get('node', EPOCH_KEY);
  environment.endRead();
  const content = stored === undefined ? undefined : unseal(stored);
  if (stored !== undefined && content?.length !== 8) {
    throw new StoreError('damaged', 'the record that counts the starts of the store is damaged');
  }
  const epoch = (content?.readDoubleBE(0) ?? 0) + 1;
  const value = Buffer.alloc(8);
  value.writeDoubleBE(epoch, 0);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const failure = new StoreError('unavailable', 'the first commit to the store did not end');
    timer = setTimeout(reject, timeoutMs, failure);
  });
  const write = environment.write([{ database: 'node', key: EPOCH_KEY, value: seal(value) }]);
  await Promise.race([write, timeout]).finally(() => clearTimeout(timer));
  return epoch;
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await fs.promises.statfs(directory);
  return bavail * bsize;
}
