import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueHeap } from '../../src/util/due-heap.ts';

test('gives items in order of time, then of number, as a sorted list does', () => {
  const step = fc.oneof(
    fc.record({ item: fc.nat({ max: 50 }), atMs: fc.nat({ max: 20 }) }),
    fc.constant('pop' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new DueHeap();
      const model: { item: number; atMs: number }[] = [];
      for (const each of steps) {
        if (each !== 'pop') {
          heap.push(each.item, each.atMs);
          model.push(each);
          model.sort((a, b) => a.atMs - b.atMs || a.item - b.item);
        } else if (model.length > 0) {
          expect(heap.pop()).toBe(model.shift()?.item);
        }
        expect(heap.size).toBe(model.length);
        expect(heap.firstAtMs).toBe(model[0]?.atMs ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});

test('a hundred thousand items', () => {
  const heap = new DueHeap();
  for (let i = 0; i < 100_000; i++) heap.push(i, (i * 7919) % 100_003);
  let last = -1;
  for (let i = 0; i < 100_000; i++) {
    const atMs = heap.firstAtMs;
    expect(atMs).toBeGreaterThan(last);
    last = atMs;
    heap.pop();
  }
  heap.push(1, 5);
  heap.clear();
  expect(heap.firstAtMs).toBe(Number.POSITIVE_INFINITY);
});
