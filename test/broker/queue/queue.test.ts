import fc from 'fast-check';
import { test } from 'vitest';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { makeDirectory, openIn, removeDirectory } from '../../storage/lmdb/data-directory.ts';
import { carryOut, history } from './queue-property.ts';
import { QueueWorld } from './queue-world.ts';

/** Returns are counted, and no number of them is too many. */
const COUNTING = { 'x-delivery-limit': -1 };

test('any history of a queue is that of an array, across restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.constantFrom(0, 6000, 20_000, 100_000, 1 << 30),
      fc.constantFrom(1, 5000, 1 << 20),
      fc.constantFrom({}, COUNTING),
      async (steps, budgetBytes, readBytesMax, plain) => {
        const journal = new MemoryJournal();
        const world = new QueueWorld(journal, budgetBytes, readBytesMax, tableOf(plain));
        await carryOut(world, steps);
        await world.drain();
        await world.remove();
      },
    ),
    { numRuns: 200 },
  );
}, 60_000);

test('the same on disk', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(6000, 1 << 30), async (steps, budgetBytes) => {
      const directory = makeDirectory();
      const store = await openIn(directory);
      const world = new QueueWorld(store.journal, budgetBytes, 1 << 20, tableOf(COUNTING));
      await carryOut(world, steps);
      await world.drain();
      await world.remove();
      await store.close();
      removeDirectory(directory);
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 60_000);
