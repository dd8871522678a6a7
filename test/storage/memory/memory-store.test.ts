import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/storage/create-store.ts';
import { describeJournal, type StoreUnderTest } from '../../contracts/journal-contract.ts';
import { describeMetadata } from '../../contracts/metadata-contract.ts';
import { commit, putMessages, readChunks } from '../../contracts/stored-messages.ts';

function inMemory(): StoreUnderTest {
  return {
    open: () => openStore({ engine: 'memory' }),
    isKept: false,
    dispose: () => Promise.resolve(),
  };
}

describeJournal('memory', inMemory);
describeMetadata('memory', inMemory);

describe('memory store', () => {
  it('forgets everything on close', async () => {
    const store = await openStore({ engine: 'memory' });
    putMessages(store.journal, 1, 1, ['a']);
    await commit(store.journal);
    await store.close();
    const again = await openStore({ engine: 'memory' });
    expect(await readChunks(again.journal, 1)).toEqual([]);
    expect(await again.freeBytes()).toBe(Number.POSITIVE_INFINITY);
    await again.close();
  });
});
