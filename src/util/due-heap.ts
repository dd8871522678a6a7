// A min-heap of numbers with the time at which each is due, in typed arrays. Among equals the smaller
// number comes first.

const CAPACITY_START = 16;
/** Larger arrays are given up when the heap is empty. */
const CAPACITY_KEPT = 4096;
const NONE = new Float64Array(0);

export class DueHeap {
  size = 0;
  #times = NONE;
  #items = NONE;

  push(item: number, atMs: number): void {
    if (this.size === this.#items.length) this.#resize(Math.max(CAPACITY_START, this.size * 2));
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >>> 1;
      if (!this.#isBefore(item, atMs, parent)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, item, atMs);
  }

  /** When the first one is due; Infinity when there is none. */
  get firstAtMs(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** Takes the first one out. Only when size > 0. */
  pop(): number {
    const first = this.#items[0] as number;
    const last = --this.size;
    const item = this.#items[last] as number;
    const atMs = this.#times[last] as number;
    let hole = 0;
    for (let child = 1; child < last; child = hole * 2 + 1) {
      const right = child + 1;
      const isRight =
        right < last &&
        this.#isBefore(this.#items[right] as number, this.#times[right] as number, child);
      const next = isRight ? right : child;
      if (this.#isBefore(item, atMs, next)) break;
      this.#move(next, hole);
      hole = next;
    }
    if (last > 0) this.#put(hole, item, atMs);
    else if (this.#items.length > CAPACITY_KEPT) this.clear();
    return first;
  }

  clear(): void {
    this.size = 0;
    this.#times = this.#items = NONE;
  }

  #isBefore(item: number, atMs: number, index: number): boolean {
    const other = this.#times[index] as number;
    return atMs < other || (atMs === other && item < (this.#items[index] as number));
  }

  #put(index: number, item: number, atMs: number): void {
    this.#items[index] = item;
    this.#times[index] = atMs;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#items[from] as number, this.#times[from] as number);
  }

  #resize(capacity: number): void {
    const times = new Float64Array(capacity);
    times.set(this.#times);
    this.#times = times;
    const items = new Float64Array(capacity);
    items.set(this.#items);
    this.#items = items;
  }
}
