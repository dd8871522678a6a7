// The store of `--memory`: nothing touches the disk, everything is gone on close.

import type { Store } from '../store.ts';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryMetadata } from './memory-metadata.ts';

export function openMemoryStore(): Store {
  const journal = new MemoryJournal();
  return {
    kind: 'memory',
    journal,
    metadata: new MemoryMetadata(journal),
    epoch: 1,
    damagedCount: 0,
    freeBytes: () => Promise.resolve(Number.POSITIVE_INFINITY),
    close: () => journal.close(),
  };
}
