import { expect, test } from 'vitest';
import { Histogram } from '../../../src/broker/metrics/histogram.ts';

test('bounds are inclusive, and what is above the last one has its own bucket', () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 2.5]) histogram.observe(value);
  histogram.observe(3, 10);
  expect(histogram.counts).toEqual([2, 2, 11]);
  expect(histogram.sum).toBe(37);
});
