import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Breath } from '../../src/admin/breath.ts';
import { sortInSlices } from '../../src/admin/slice-sort.ts';

it('sorts as the language does: equals stay in their order', async () => {
  const keys = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 2_000, size: 'max' });
  await fc.assert(
    fc.asyncProperty(keys, async (list) => {
      const items = list.map((key, place) => ({ key, place }));
      const compare = (one: { key: number }, other: { key: number }) => one.key - other.key;
      const wanted = [...items].sort(compare);
      expect(await sortInSlices(items, compare, new Breath())).toEqual(wanted);
    }),
    { numRuns: 30 },
  );
});

it('lets others have their turn', async () => {
  const items = Array.from({ length: 5_000 }, (_, index) => -index);
  let turns = 0;
  const breath = { isDue: true, take: async () => void turns++ } as unknown as Breath;
  await sortInSlices(items, (one, other) => one - other, breath);
  expect(turns).toBeGreaterThan(20);
});
