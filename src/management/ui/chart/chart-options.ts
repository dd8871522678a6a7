// How uPlot draws: thin lines, few grid lines, a y axis from zero in the figures' own format.
import type uPlot from 'uplot';
import type { ChartFigures, Series } from '../format/stats.ts';

export interface ChartColors {
  readonly lines: readonly string[];
  readonly grid: string;
  readonly text: string;
  readonly font: string;
}

export interface ChartLook {
  readonly series: readonly Series[];
  readonly colors: ChartColors;
  readonly format: (value: number) => string;
  readonly width: number;
  readonly height: number;
  readonly onCursor: (index: number | null) => void;
}

export function alignedOf({ times, series }: ChartFigures): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

export function chartOptions(look: ChartLook): uPlot.Options {
  const { colors, format } = look;
  const axis = {
    stroke: colors.text,
    font: colors.font,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
  };
  return {
    width: look.width,
    height: look.height,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: { range: (_plot, _min, max) => [0, topOf(max)] } },
    axes: [
      { ...axis, size: 26, space: 70, values: clockLabels, grid: { show: false } },
      { ...axis, size: 50, space: 32, values: (_plot, values) => values.map((one) => format(one)) },
    ],
    hooks: { setCursor: [(plot) => look.onCursor(plot.cursor.idx ?? null)] },
    series: [
      {},
      ...look.series.map((_, index) => ({
        stroke: colors.lines[index % colors.lines.length] ?? colors.text,
        width: 1.5,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}

/** A line of nothing but zeros lies at the bottom, not in the middle. */
export function topOf(max: number | null): number {
  return max === null || max <= 0 ? 1 : max * 1.08;
}

/** Seconds only where the labels are closer than a minute. */
function clockLabels(_plot: unknown, times: readonly number[]): string[] {
  const isClose = (times[1] ?? 60) - (times[0] ?? 0) < 60;
  return times.map((time) => new Date(time * 1000).toTimeString().slice(0, isClose ? 8 : 5));
}
