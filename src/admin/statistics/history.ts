// The samples of one object: a series for each number that ever was more than nothing, kept for as long as
// RabbitMQ keeps them.

import { Ring, type SampleBudget } from './ring.ts';

/** Between two samples. */
export const TICK_MS = 5_000;

interface Span {
  /** Between two samples, in ticks. */
  readonly ticks: number;
  readonly samples: number;
}

/** RabbitMQ's retention policies: 10 minutes, an hour, 8 hours, a day. Each holds both of its ends. */
const SPANS: readonly Span[] = [
  { ticks: 1, samples: 121 },
  { ticks: 12, samples: 61 },
  { ticks: 120, samples: 49 },
  { ticks: 360, samples: 49 },
];

/** Between two samples of the second span; those of the others are multiples of it. */
const COARSER_TICKS = 12;

/** How many of the spans are kept. */
const KEPT = { detailed: 1, basic: 2, global: 4 } as const;

export type Retention = keyof typeof KEPT;

export class History {
  readonly #budget: SampleBudget;
  readonly #spans: readonly Span[];
  readonly #series: (readonly Ring[] | undefined)[] = [];
  #lastTick = -1;
  /** The last tick at which a number had changed. */
  changedTick = -1;

  constructor(budget: SampleBudget, retention: Retention) {
    this.#budget = budget;
    this.#spans = SPANS.slice(0, KEPT[retention]);
  }

  get lastTick(): number {
    return this.#lastTick;
  }

  write(tick: number, values: ArrayLike<number>): void {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      const rings = this.#series[index];
      if (rings === undefined) {
        if (value !== 0) this.#begin(index, tick, value);
        continue;
      }
      const finest = rings[0] as Ring;
      if (finest.lastValue !== value) {
        finest.write(tick, value);
        this.changedTick = tick;
      }
      if (tick % COARSER_TICKS === 0) this.#writeCoarser(rings, tick, value);
    }
    this.#lastTick = tick;
  }

  #writeCoarser(rings: readonly Ring[], tick: number, value: number): void {
    for (let at = 1; at < rings.length; at++) {
      const ring = rings[at] as Ring;
      const { ticks } = this.#spans[at] as Span;
      if (tick % ticks === 0 && ring.lastValue !== value) ring.write(tick / ticks, value);
    }
  }

  #begin(index: number, tick: number, value: number): void {
    this.changedTick = tick;
    this.#series[index] = this.#spans.map(({ ticks, samples }) => {
      return new Ring(this.#budget, samples, Math.ceil(tick / ticks), value);
    });
  }

  /** Per second, between the last two ticks. */
  rate(index: number, tick: number): number {
    const ring = this.#series[index]?.[0];
    if (ring === undefined) return 0;
    return (ring.at(tick) - ring.at(tick - 1)) / (TICK_MS / 1000);
  }

  /** The sample at a time, of the series that reaches back `ageTicks`. */
  sample(index: number, tick: number, ageTicks: number): number {
    const rings = this.#series[index];
    if (rings === undefined) return 0;
    const found = this.#spans.findIndex((span) => (span.samples - 1) * span.ticks >= ageTicks);
    const at = found < 0 ? this.#spans.length - 1 : found;
    return (rings[at] as Ring).at(Math.floor(tick / (this.#spans[at] as Span).ticks));
  }

  /** Gives back what it took of the budget. */
  end(): void {
    for (const rings of this.#series) for (const ring of rings ?? []) ring.end();
  }
}
