// A histogram with fixed bounds, as Prometheus has them: counts per bucket, and the sum.

export class Histogram {
  /** Upper bounds, inclusive, growing; above the last one there is one more bucket. */
  readonly bounds: readonly number[];
  /** Not cumulative; one more than there are bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number, count = 1): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + count;
    this.sum += value * count;
  }
}
