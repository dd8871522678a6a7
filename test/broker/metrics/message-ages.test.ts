import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../src/broker/metrics/histogram.ts';
import { MessageAges } from '../../../src/broker/metrics/message-ages.ts';

const TICK_MS = 1000;

test('the age of the oldest message is right within a tick, and waiting times too', () => {
  const steps = fc.array(fc.record({ come: fc.nat(5), leave: fc.nat(5) }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (each) => {
      const waited = new Histogram([0, 10]);
      const ages = new MessageAges(0);
      const cameMs: number[] = [];
      let oldest = 0;
      let nowMs = 0;
      let waitedSeconds = 0;
      for (const { come, leave } of each) {
        nowMs += TICK_MS;
        // In the middle of the tick.
        for (let i = 0; i < come; i++) cameMs.push(nowMs - TICK_MS / 2);
        for (let i = 0; i < leave && oldest < cameMs.length; i++) {
          waitedSeconds += (nowMs - (cameMs[oldest++] as number)) / 1000;
        }
        ages.tick(cameMs.length, oldest, nowMs, waited);
        if (oldest === cameMs.length) continue;
        const age = nowMs - (cameMs[oldest] as number);
        const known = nowMs - ages.oldestMs(oldest, nowMs);
        expect(known).toBeLessThanOrEqual(age);
        expect(known).toBeGreaterThan(age - TICK_MS);
      }
      const left = waited.counts.reduce((sum, count) => sum + count, 0);
      expect(left).toBe(oldest);
      expect(Math.abs(waited.sum - waitedSeconds)).toBeLessThanOrEqual(left * (TICK_MS / 1000));
    }),
  );
});

test('a backlog of days needs few marks, and its age stays right within a part of itself', () => {
  const ages = new MessageAges(0);
  const waited = new Histogram([]);
  const ticks = 100_000;
  for (let i = 1; i <= ticks; i++) ages.tick(i, 0, i * TICK_MS, waited);
  for (const oldest of [0, ticks / 4, ticks / 2, ticks - 100]) {
    const age = (ticks - oldest) * TICK_MS;
    const known = ticks * TICK_MS - ages.oldestMs(oldest, ticks * TICK_MS);
    expect(known).toBeLessThanOrEqual(age);
    expect(known).toBeGreaterThan(age * 0.9 - 2 * TICK_MS);
  }
  expect(ages.markCount).toBeLessThan(500);
});
