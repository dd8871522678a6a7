import fc from 'fast-check';
import { test } from 'vitest';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { makeDirectory, openIn, removeDirectory } from '../../storage/lmdb/data-directory.ts';
import { carryOut, history } from './queue-property.ts';
import { QueueWorld } from './queue-world.ts';

test('any history of a queue is that of an array, across restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.constantFrom(0, 6000, 20_000, 100_000, 1 << 30),
      async (steps, budgetBytes) => {
        const world = new QueueWorld(new MemoryJournal(), budgetBytes);
        await carryOut(world, steps);
        await world.drain();
        await world.remove();
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

test('the same on disk', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(6000, 1 << 30), async (steps, budgetBytes) => {
      const directory = makeDirectory();
      const store = await openIn(directory);
      const world = new QueueWorld(store.journal, budgetBytes);
      await carryOut(world, steps);
      await world.drain();
      await world.remove();
      await store.close();
      removeDirectory(directory);
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 60_000);
