import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { History, TICK_MS } from '../../../src/admin/statistics/history.ts';
import { Ring, SampleBudget } from '../../../src/admin/statistics/ring.ts';
import { sampleRangesOf } from '../../../src/admin/statistics/sample-ranges.ts';
import { columnsOf, Samples } from '../../../src/admin/statistics/samples.ts';

describe('a ring', () => {
  test('has the value of every tick that it still holds, also of those that were left out', () => {
    const writes = fc.array(
      fc.record({ after: fc.integer({ min: 1, max: 30 }), value: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), writes, (size, each) => {
        const budget = new SampleBudget(1_000_000);
        const ring = new Ring(budget, size, 100, 7);
        const values = new Map([[100, 7]]);
        let tick = 100;
        for (const { after, value } of each) {
          for (let missed = tick + 1; missed < tick + after; missed++) {
            values.set(missed, values.get(tick) as number);
          }
          tick += after;
          values.set(tick, value);
          if (value !== ring.lastValue) ring.write(tick, value);
        }
        for (let at = Math.max(100, tick - size + 1); at <= tick; at++) {
          expect([at, ring.at(at)]).toEqual([at, values.get(at)]);
        }
        expect(ring.at(99)).toBe(0);
        expect(ring.at(tick + 5)).toBe(values.get(tick));
        ring.end();
        expect(budget.samples).toBe(0);
      }),
    );
  });

  test('that may not grow keeps the latest samples', () => {
    const ring = new Ring(new SampleBudget(0), 100, 1, 1);
    for (let tick = 2; tick <= 10; tick++) ring.write(tick, tick);
    expect([ring.at(10), ring.at(9), ring.at(2)]).toEqual([10, 9, 9]);
  });
});

describe('a history', () => {
  test('keeps fine samples for 10 minutes and coarse ones for longer', () => {
    const history = new History(new SampleBudget(1_000_000), 'global');
    const ticks = 20_000;
    // Tick n has n messages more than the first.
    for (let tick = 0; tick <= ticks; tick++) history.write(tick, [tick + 1]);
    const sampleAgo = (age: number) => history.sample(0, ticks - age, age);
    expect(sampleAgo(120)).toBe(ticks - 120 + 1);
    expect(sampleAgo(600)).toBe(Math.floor((ticks - 600) / 12) * 12 + 1);
    expect(sampleAgo(5_760)).toBe(Math.floor((ticks - 5_760) / 120) * 120 + 1);
    expect(sampleAgo(17_000)).toBe(Math.floor((ticks - 17_000) / 360) * 360 + 1);
    expect(history.rate(0, ticks)).toBe(0.2);
  });

  test('what does not change any more has no rate, and keeps its value in every span', () => {
    const history = new History(new SampleBudget(1_000_000), 'basic');
    history.write(1, [10]);
    for (let tick = 2; tick < 1_000; tick++) history.write(tick, [10]);
    expect(history.rate(0, 1)).toBe(2);
    expect(history.rate(0, 999)).toBe(0);
    expect(history.changedTick).toBe(1);
    expect(history.sample(0, 999, 700)).toBe(10);
  });
});

describe('samples', () => {
  const columns = columnsOf('lengths', ['messages']);
  const details = (samples: Samples, subject: object, query: Record<string, string> = {}) => {
    const view: Record<string, unknown> = {};
    const ranges = sampleRangesOf((name) => query[name]);
    samples.describe(view, subject, columns, [42], 'lengths', ranges);
    expect(view['messages']).toBe(42);
    return view['messages_details'];
  };

  test('are told as RabbitMQ tells them: newest first, with averages', () => {
    const samples = new Samples(100);
    const subject = {};
    for (const value of [0, 10, 30, 30]) {
      samples.tick++;
      samples.write(subject, 'basic', [value]);
    }
    expect(details(samples, subject)).toEqual({ rate: 0 });
    const range = { lengths_age: '15', lengths_incr: '5' };
    const at = (tick: number) => tick * TICK_MS;
    expect(details(samples, subject, range)).toEqual({
      rate: 0,
      samples: [
        { sample: 30, timestamp: at(104) },
        { sample: 30, timestamp: at(103) },
        { sample: 10, timestamp: at(102) },
        { sample: 0, timestamp: at(101) },
      ],
      avg_rate: 2,
      avg: 17.5,
    });
    expect(details(samples, {}, range)).toMatchObject({ rate: 0, avg_rate: 0, avg: 0 });
  });

  test('an object that is gone is forgotten, with its samples', () => {
    const samples = new Samples(100);
    const [kept, gone] = [{}, {}];
    for (let tick = 0; tick < 50; tick++) {
      samples.tick++;
      for (const subject of [kept, gone]) samples.write(subject, 'basic', [tick + 1]);
    }
    const both = samples.samples;
    samples.tick++;
    samples.write(kept, 'basic', [1]);
    samples.sweep();
    expect(samples.count).toBe(1);
    expect(samples.samples).toBe(both / 2);
    samples.clear();
    expect([samples.count, samples.samples]).toEqual([0, 0]);
  });

  test('an object that never did anything costs nothing', () => {
    const samples = new Samples(100);
    samples.write({}, 'basic', [0, 0]);
    expect(samples.count).toBe(0);
  });

  test('ten thousand busy objects stay within their memory, and have their rates', () => {
    const budget = 100_000;
    const samples = new Samples(100, budget);
    const subjects = Array.from({ length: 10_000 }, () => ({}));
    for (let tick = 0; tick < 50; tick++) {
      samples.tick++;
      for (const subject of subjects) samples.write(subject, 'basic', [samples.tick]);
    }
    expect(samples.samples).toBeLessThanOrEqual(budget);
    for (const subject of subjects) expect(details(samples, subject)).toEqual({ rate: 0.2 });
  });
});
