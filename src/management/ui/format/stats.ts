// Reads counters, rates and samples out of the API's statistics.
import type { Details, Sample, Stats } from '../http/views.ts';

export function countOf(stats: Stats | undefined, name: string): number | undefined {
  const count = stats?.[name];
  return typeof count === 'number' ? count : undefined;
}

export function detailsOf(stats: Stats | undefined, name: string): Details | undefined {
  const details = stats?.[`${name}_details`];
  return typeof details === 'object' ? details : undefined;
}

export function rateOf(stats: Stats | undefined, name: string): number | undefined {
  return detailsOf(stats, name)?.rate;
}

export interface Series {
  readonly name: string;
  readonly label: string;
  /** In the order of the times; null where nothing was sampled. */
  readonly values: readonly (number | null)[];
}

export interface ChartFigures {
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

interface Wanted {
  readonly name: string;
  readonly label: string;
  readonly details: Details | undefined;
}

/** Samples of something that is: a depth, a number of bytes held. */
export function gaugeFigures(wanted: readonly Wanted[]): ChartFigures {
  return figures(wanted, (samples) =>
    samples.map(({ timestamp, sample }) => [timestamp / 1000, sample] as const),
  );
}

/** Samples of something that only grows, as its change per second. */
export function rateFigures(wanted: readonly Wanted[]): ChartFigures {
  return figures(wanted, (samples) =>
    samples.slice(1).map((sample, index) => {
      const before = samples[index] ?? sample;
      const seconds = (sample.timestamp - before.timestamp) / 1000;
      const change = Math.max(0, sample.sample - before.sample);
      return [sample.timestamp / 1000, seconds > 0 ? change / seconds : 0] as const;
    }),
  );
}

/** Counters that began later have fewer samples: every series gets the times of all. */
function figures(
  wanted: readonly Wanted[],
  points: (ascending: readonly Sample[]) => readonly (readonly [number, number])[],
): ChartFigures {
  const series = wanted.map(({ name, label, details }) => {
    const ascending = [...(details?.samples ?? [])].sort((a, b) => a.timestamp - b.timestamp);
    return { name, label, points: new Map(points(ascending)) };
  });
  const times = [...new Set(series.flatMap((one) => [...one.points.keys()]))].sort((a, b) => a - b);
  return {
    times,
    series: series.map(({ name, label, points: known }) => ({
      name,
      label,
      values: times.map((time) => known.get(time) ?? null),
    })),
  };
}
