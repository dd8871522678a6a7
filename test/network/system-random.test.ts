import { expect, test } from 'vitest';
import { SystemRandom } from '../../src/network/system-random.ts';

test('gives the number of bytes asked for, across the edges of its pool', () => {
  const random = new SystemRandom();
  for (const count of [0, 1, 16, 4_095, 4_096, 4_097, 10_000, 16]) {
    expect(random.bytes(count)).toHaveLength(count);
  }
});

test('does not repeat itself and does not change what it gave', () => {
  const random = new SystemRandom();
  const drawn = Array.from({ length: 1_000 }, () => random.bytes(16));
  const atOnce = drawn.map((bytes) => bytes.toString('hex'));
  for (let i = 0; i < 1_000; i += 1) random.bytes(16);
  expect(new Set(atOnce).size).toBe(1_000);
  expect(drawn.map((bytes) => bytes.toString('hex'))).toEqual(atOnce);
});
