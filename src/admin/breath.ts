// Long work in slices: message traffic waits for at most one of them.

/** A slice of work, in milliseconds. */
const SLICE_MS = 2;

export class Breath {
  #sinceMs = performance.now();

  /** True when others should have their turn. */
  get isDue(): boolean {
    return performance.now() - this.#sinceMs >= SLICE_MS;
  }

  /** Resolves when all that waited has had its turn. */
  async take(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#sinceMs = performance.now();
  }
}
