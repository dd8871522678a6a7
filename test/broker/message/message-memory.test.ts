import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageMemory, SLAB_BYTES } from '../../../src/broker/message/message-memory.ts';

test('what was acquired and adopted is counted until it is released', () => {
  const bytes = fc.oneof(
    fc.integer({ min: 1, max: 20_000 }),
    fc.integer({ min: 500_000, max: 3_000_000 }),
  );
  const property = fc.property(fc.array(bytes, { maxLength: 20 }), (sizes) => {
    const memory = new MessageMemory(1 << 20);
    const held = sizes.map((size) => memory.acquire(size));
    held.forEach((slab, index) => {
      expect(slab.length).toBeGreaterThanOrEqual(sizes[index] as number);
    });
    expect(new Set(held.map(({ buffer }) => buffer)).size).toBe(held.length);
    const total = held.reduce((sum, { length }) => sum + length, 0);
    expect(memory.residentBytes).toBe(total);
    expect(memory.isOverBudget).toBe(total > 1 << 20);
    const read = Buffer.alloc(777);
    memory.adopt(read);
    expect(memory.residentBytes).toBe(total + 777);
    memory.release(read, false);
    for (const slab of held) memory.release(slab, false);
    expect(memory.residentBytes).toBe(0);
  });
  fc.assert(property, { numRuns: 50 });
});

test('slabs of our own are reused, shared ones and those of odd sizes never', () => {
  const memory = new MessageMemory(0);
  const slab = memory.acquire(SLAB_BYTES);
  memory.release(slab, false);
  expect(memory.acquire(SLAB_BYTES) === slab).toBe(true);
  memory.release(slab, true);
  expect(memory.acquire(SLAB_BYTES) === slab).toBe(false);
  const odd = Buffer.alloc(5000);
  memory.adopt(odd);
  memory.release(odd, false);
  expect(memory.acquire(5000) === odd).toBe(false);
});

test('bytes that are leaving do not count against the budget', () => {
  const memory = new MessageMemory(10_000);
  const slab = memory.acquire(16_000);
  expect(memory.isOverBudget).toBe(true);
  memory.leavingBytes += slab.length;
  expect(memory.isOverBudget).toBe(false);
});
