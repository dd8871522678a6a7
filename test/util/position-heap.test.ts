import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PositionHeap } from '../../src/util/position-heap.ts';

test('pops what a sorted array would, whatever was pushed, popped and cleared before', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 2 ** 48 }) },
    { weight: 3, arbitrary: fc.constant('pop' as const) },
    { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'many' as const) },
  );
  const property = fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
    const heap = new PositionHeap();
    let model: number[] = [];
    const push = (position: number) => {
      heap.push(position);
      model.push(position);
    };
    for (const each of steps) {
      if (typeof each === 'number') push(each);
      else if (each === 'many') for (let i = 0; i < 300; i++) push((i * 7919) % 300);
      else if (each === 'clear') {
        heap.clear();
        model = [];
      } else if (model.length > 0) {
        model.sort((a, b) => a - b);
        expect(heap.peek()).toBe(model[0]);
        expect(heap.pop()).toBe(model.shift());
      }
      expect(heap.size).toBe(model.length);
    }
    model.sort((a, b) => a - b);
    expect(model.map(() => heap.pop())).toEqual(model);
  });
  fc.assert(property, { numRuns: 60 });
});
