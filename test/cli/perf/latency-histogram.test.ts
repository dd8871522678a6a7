import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/cli/perf/latency-histogram.ts';

it('gives quantiles within 1.6 % of the sorted values', () => {
  const durations = fc.array(fc.integer({ min: 0, max: 20_000_000_000 }), { minLength: 1 });
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (nanoseconds, quantile) => {
      const histogram = new LatencyHistogram();
      for (const value of nanoseconds) histogram.add(value / 1e6);
      const sorted = nanoseconds.toSorted((left, right) => left - right);
      const exact = sorted[Math.min(Math.floor(quantile * sorted.length), sorted.length - 1)]!;
      const found = histogram.quantileMicroseconds(quantile) * 1000;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.016 + 2);
    }),
  );
});

it('counts repeats, takes negative durations for zero, and knows the maximum exactly', () => {
  const histogram = new LatencyHistogram();
  histogram.add(-1, 9);
  histogram.add(5.4321);
  expect(histogram.summary()).toMatchObject({ n: 10, p50: 0, max: 5432.1 });
});
