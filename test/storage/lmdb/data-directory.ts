// A data directory of its own for each test, on the real disk.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '../../../src/storage/create-store.ts';
import type { LmdbStoreOptions, Store } from '../../../src/storage/store.ts';
import type { StoreUnderTest } from '../../contracts/journal-contract.ts';

export function makeDirectory(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'warren-storage-'));
}

export function removeDirectory(directory: string): void {
  fs.rmSync(directory, { recursive: true, force: true });
}

/** Opens without ballast and with a limit that no disk of a tester reaches; `options` go on top. */
export function openIn(
  directory: string,
  options: Partial<Omit<LmdbStoreOptions, 'engine'>> = {},
): Promise<Store> {
  return openStore({
    engine: 'lmdb',
    directory,
    ballastBytes: 0,
    diskFreeLimitBytes: 1,
    onFatal: (reason) => {
      throw reason;
    },
    ...options,
  });
}

export function onDisk(): StoreUnderTest {
  const directory = makeDirectory();
  return {
    open: () => openIn(directory),
    isKept: true,
    dispose: async () => removeDirectory(directory),
  };
}
