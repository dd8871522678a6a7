import fc from 'fast-check';
import { test } from 'vitest';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
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
    { numRuns: Number(process.env['WARREN_RUNS'] ?? 150) },
  );
}, 60_000);
