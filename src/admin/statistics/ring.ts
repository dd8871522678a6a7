// The latest samples of one number, by the number of their tick. A tick without a sample has that of the
// tick before it, so what does not change need not be written.

/** How much all rings together may hold. One that may not grow keeps fewer samples, the latest. */
export class SampleBudget {
  readonly #samplesMax: number;
  samples = 0;

  constructor(samplesMax: number) {
    this.#samplesMax = samplesMax;
  }

  mayTake(samples: number): boolean {
    return this.samples + samples <= this.#samplesMax;
  }
}

/** Enough for a rate; not counted against the budget. */
const SAMPLES_MIN = 2;

export class Ring {
  readonly #budget: SampleBudget;
  readonly #samplesMax: number;
  #samples: Float64Array;
  #firstTick: number;
  #lastTick: number;
  lastValue: number;

  constructor(budget: SampleBudget, samplesMax: number, tick: number, value: number) {
    this.#budget = budget;
    this.#samplesMax = samplesMax;
    this.#samples = new Float64Array(SAMPLES_MIN);
    this.#firstTick = tick;
    this.#lastTick = tick;
    this.lastValue = value;
    this.#put(tick, value);
  }

  /** Ticks only go forward. A value that is the last one need not be written. */
  write(tick: number, value: number): void {
    const last = this.#lastTick;
    if (tick > last) {
      const count = Math.min(tick - this.#firstTick + 1, this.#samplesMax);
      if (count > this.#samples.length) this.#grow(count);
      const from = Math.max(last + 1, tick - this.#samples.length + 1);
      for (let missed = from; missed < tick; missed++) this.#put(missed, this.lastValue);
      this.#lastTick = tick;
    }
    this.lastValue = value;
    this.#put(this.#lastTick, value);
  }

  #put(tick: number, value: number): void {
    this.#samples[tick % this.#samples.length] = value;
  }

  #grow(count: number): void {
    const before = this.#samples;
    const size = Math.min(this.#samplesMax, Math.max(count, before.length * 2));
    if (!this.#budget.mayTake(size - before.length)) return;
    this.#budget.samples += size - before.length;
    const oldest = Math.max(this.#firstTick, this.#lastTick - before.length + 1);
    const kept: number[] = [];
    for (let tick = oldest; tick <= this.#lastTick; tick++) kept.push(this.at(tick));
    this.#samples = new Float64Array(size);
    kept.forEach((value, index) => {
      this.#put(oldest + index, value);
    });
  }

  /** 0 before the first sample; the oldest one that is left for what is forgotten. */
  at(tick: number): number {
    if (tick < this.#firstTick) return 0;
    if (tick >= this.#lastTick) return this.lastValue;
    const samples = this.#samples;
    const oldest = Math.max(this.#firstTick, this.#lastTick - samples.length + 1);
    const found = Math.max(oldest, Math.min(tick, this.#lastTick));
    return samples[found % samples.length] as number;
  }

  /** Gives back what it took of the budget. */
  end(): void {
    this.#budget.samples -= this.#samples.length - SAMPLES_MIN;
  }
}
