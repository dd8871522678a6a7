// The histories of all objects, and what the API says of a number: its value now, its rate, and its samples
// when a range was asked for.

import { History, type Retention, TICK_MS } from './history.ts';
import { SampleBudget } from './ring.ts';
import {
  NO_RANGES,
  type RangeGroup,
  type SampleRange,
  type SampleRanges,
} from './sample-ranges.ts';

/** 64 MiB. */
const SAMPLES_MAX = 8 << 20;

/** Numbers that are sampled together, in the order in which they are read. */
export interface Column {
  readonly name: string;
  readonly detailsName: string;
  readonly group: RangeGroup;
}

export function columnsOf(group: RangeGroup, names: readonly string[]): Column[] {
  return names.map((name) => ({ name, detailsName: `${name}_details`, group }));
}

export type DetailsReader = (index: number, group: RangeGroup) => object;

/** Shared by all that is idle. */
const NO_RATE = Object.freeze({ rate: 0 });
const readNothing: DetailsReader = () => NO_RATE;

export class Samples {
  readonly #budget: SampleBudget;
  readonly #histories = new Map<object, History>();
  /** Of the last sample; ticks count from the Unix epoch. */
  tick: number;
  readonly startedMs: number;

  constructor(tick: number, samplesMax = SAMPLES_MAX) {
    this.tick = tick;
    this.startedMs = tick * TICK_MS;
    this.#budget = new SampleBudget(samplesMax);
  }

  get count(): number {
    return this.#histories.size;
  }

  get samples(): number {
    return this.#budget.samples;
  }

  write(subject: object, retention: Retention, values: ArrayLike<number>): void {
    let history = this.#histories.get(subject);
    if (history === undefined) {
      if (isNothing(values)) return;
      history = new History(this.#budget, retention);
      this.#histories.set(subject, history);
    }
    history.write(this.tick, values);
  }

  /** Forgets what was not written at this tick: it is gone. */
  sweep(): void {
    for (const [subject, history] of this.#histories) {
      if (history.lastTick === this.tick) continue;
      history.end();
      this.#histories.delete(subject);
    }
  }

  /** Forgets everything. */
  clear(): void {
    for (const history of this.#histories.values()) history.end();
    this.#histories.clear();
  }

  /** When the last sample was taken at which a number of the subject had changed; undefined: never. */
  changedMs(subject: object): number | undefined {
    const history = this.#histories.get(subject);
    return history === undefined ? undefined : history.changedTick * TICK_MS;
  }

  /** Puts each number of the group into the view, with its details. */
  describe(
    view: Record<string, unknown>,
    subject: object,
    columns: readonly Column[],
    values: ArrayLike<number>,
    group: RangeGroup,
    ranges: SampleRanges,
  ): void {
    this.describeSum(view, [subject], columns, values, group, ranges);
  }

  /** The same for what several subjects have done together. */
  describeSum(
    view: Record<string, unknown>,
    subjects: readonly object[],
    columns: readonly Column[],
    values: ArrayLike<number>,
    group: RangeGroup,
    ranges: SampleRanges,
  ): void {
    const histories: History[] = [];
    for (const subject of subjects) {
      const history = this.#histories.get(subject);
      if (history !== undefined) histories.push(history);
    }
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index] as Column;
      if (column.group !== group) continue;
      view[column.name] = values[index];
      view[column.detailsName] = this.#details(histories, index, ranges[group]);
    }
  }

  /** What describe() says of a number, by the place of its column. */
  reader(subject: object, ranges: SampleRanges): DetailsReader {
    const history = this.#histories.get(subject);
    if (history === undefined && ranges === NO_RANGES) return readNothing;
    const histories = history === undefined ? [] : [history];
    return (index, group) => this.#details(histories, index, ranges[group]);
  }

  #details(histories: readonly History[], index: number, range: SampleRange | undefined): object {
    if (range === undefined) {
      let rate = 0;
      for (const history of histories) rate += history.rate(index, this.tick);
      return rate === 0 ? NO_RATE : { rate };
    }
    const ageMs = range.ageSeconds * 1000;
    const stepMs = range.stepSeconds * 1000;
    const lastMs = Math.floor((this.tick * TICK_MS) / stepMs) * stepMs;
    const samples: { sample: number; timestamp: number }[] = [];
    for (let atMs = lastMs; atMs >= lastMs - ageMs; atMs -= stepMs) {
      const tick = Math.floor(atMs / TICK_MS);
      const ageTicks = Math.ceil(ageMs / TICK_MS);
      let sample = 0;
      for (const history of histories) sample += history.sample(index, tick, ageTicks);
      samples.push({ sample, timestamp: atMs });
    }
    return { rate: slope(samples[1], samples[0]), samples, ...averagesOf(samples) };
  }
}

function isNothing(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index++) if (values[index] !== 0) return false;
  return true;
}

interface Sample {
  readonly sample: number;
  readonly timestamp: number;
}

function slope(older: Sample | undefined, newer: Sample | undefined): number {
  if (older === undefined || newer === undefined) return 0;
  return ((newer.sample - older.sample) * 1000) / (newer.timestamp - older.timestamp);
}

/** Nothing to be said of a single sample. */
function averagesOf(samples: readonly Sample[]): object {
  if (samples.length < 2) return {};
  const sum = samples.reduce((total, { sample }) => total + sample, 0);
  return { avg_rate: slope(samples.at(-1), samples[0]), avg: sum / samples.length };
}
