// How large the bodies of published messages are: a histogram with RabbitMQ's buckets. Budget: a few
// comparisons that go the same way for messages of one size.

/** Upper bounds, inclusive; above the last one there is one more bucket. */
export const MESSAGE_SIZE_BOUNDS: readonly number[] = [
  100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000, 100_000_000,
];

export class MessageSizes {
  /** Not cumulative; one more than there are bounds. */
  readonly counts: number[] = new Array(MESSAGE_SIZE_BOUNDS.length + 1).fill(0);
  sumBytes = 0;
  /** Of the bucket that the last message fell into: (low, high]. */
  #low = -1;
  #high = 100;
  #bucket = 0;

  observe(bytes: number): void {
    if (bytes > this.#high || bytes <= this.#low) this.#seek(bytes);
    this.sumBytes += bytes;
    this.counts[this.#bucket] = (this.counts[this.#bucket] as number) + 1;
  }

  #seek(bytes: number): void {
    const found = MESSAGE_SIZE_BOUNDS.findIndex((bound) => bytes <= bound);
    this.#bucket = found < 0 ? MESSAGE_SIZE_BOUNDS.length : found;
    this.#low = MESSAGE_SIZE_BOUNDS[this.#bucket - 1] ?? -1;
    this.#high = MESSAGE_SIZE_BOUNDS[this.#bucket] ?? Number.POSITIVE_INFINITY;
  }
}
