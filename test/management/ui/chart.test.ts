import { describe, expect, it } from 'vitest';
import { topOf } from '../../../src/management/ui/chart/chart-options.ts';
import {
  countOf,
  gaugeFigures,
  rateFigures,
  rateOf,
} from '../../../src/management/ui/format/stats.ts';
import { depthFigures } from '../../../src/management/ui/pages/message-figures.ts';

const samples = (...values: readonly (readonly [number, number])[]) => ({
  rate: 0,
  samples: values.map(([timestamp, sample]) => ({ timestamp, sample })),
});

describe('figures', () => {
  it('of a depth are the samples, the oldest first', () => {
    const details = samples([10_000, 7], [5000, 3]);
    expect(gaugeFigures([{ name: 'a', label: 'A', details }])).toEqual({
      times: [5, 10],
      series: [{ name: 'a', label: 'A', values: [3, 7] }],
    });
  });

  it('of a counter are its change per second, never below zero', () => {
    const details = samples([15_000, 2], [10_000, 110], [5000, 10]);
    expect(rateFigures([{ name: 'a', label: 'A', details }])).toEqual({
      times: [10, 15],
      series: [{ name: 'a', label: 'A', values: [20, 0] }],
    });
  });

  it('share their times: a counter that began later has gaps', () => {
    const long = samples([10_000, 2], [5000, 1]);
    const short = samples([10_000, 9]);
    const { times, series } = gaugeFigures([
      { name: 'a', label: 'A', details: long },
      { name: 'b', label: 'B', details: short },
      { name: 'c', label: 'C', details: undefined },
    ]);
    expect([times, series.map(({ values }) => values)]).toEqual([
      [5, 10],
      [
        [1, 2],
        [null, 9],
        [null, null],
      ],
    ]);
  });

  it('are read by name', () => {
    const stats = { messages_ready: 5, messages_ready_details: { rate: 2 } };
    expect([countOf(stats, 'messages_ready'), rateOf(stats, 'messages_ready')]).toEqual([5, 2]);
    expect([countOf(undefined, 'x'), rateOf({}, 'x')]).toEqual([undefined, undefined]);
    expect(depthFigures(stats).series.map(({ name }) => name)).toEqual([
      'messages_ready',
      'messages_unacknowledged',
      'messages',
    ]);
  });

  it('a chart of zeros has its line at the bottom', () => {
    expect([topOf(null), topOf(0)]).toEqual([1, 1]);
    expect(topOf(100)).toBeCloseTo(108);
  });
});
