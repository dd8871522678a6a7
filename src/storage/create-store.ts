// THE list of storage engines. A new engine is one folder beside `lmdb/`, one line here, and the
// contract suites in test/contracts run against it.

import { openLmdbStore } from './lmdb/lmdb-store.ts';
import { openMemoryStore } from './memory/memory-store.ts';
import type { Store, StoreOptions } from './store.ts';

/** Rejects with a StoreError when the store cannot be opened. */
export async function openStore(options: StoreOptions): Promise<Store> {
  switch (options.engine) {
    case 'lmdb':
      return openLmdbStore(options);
    case 'memory':
      return openMemoryStore();
  }
}
