// A min-heap of positions in a typed array: a million requeued messages are no garbage to trace.

const CAPACITY_START = 16;
/** A larger array is given up when the heap is empty. */
const CAPACITY_KEPT = 4096;
const NONE = new Float64Array(0);

/** Positions of which the smallest comes first. */
export interface PositionOrder {
  readonly size: number;
  push(position: number): void;
  /** The smallest position, left in place. Only when size > 0. */
  peek(): number;
  /** Takes the smallest position out. Only when size > 0. */
  pop(): number;
  clear(): void;
}

export class PositionHeap implements PositionOrder {
  #items = NONE;
  size = 0;

  push(position: number): void {
    if (this.size === this.#items.length) this.#grow();
    const items = this.#items;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >>> 1;
      const above = items[parent] as number;
      if (above <= position) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = position;
  }

  /** The smallest position, left in place. Only when size > 0. */
  peek(): number {
    return this.#items[0] as number;
  }

  /** Takes the smallest position out. Only when size > 0. */
  pop(): number {
    const items = this.#items;
    const top = items[0] as number;
    const size = --this.size;
    const last = items[size] as number;
    let hole = 0;
    for (;;) {
      let child = hole * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && (items[child + 1] as number) < (items[child] as number)) child++;
      const below = items[child] as number;
      if (below >= last) break;
      items[hole] = below;
      hole = child;
    }
    items[hole] = last;
    if (size === 0 && items.length > CAPACITY_KEPT) this.#items = NONE;
    return top;
  }

  clear(): void {
    this.size = 0;
    if (this.#items.length > CAPACITY_KEPT) this.#items = NONE;
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(CAPACITY_START, this.#items.length * 2));
    larger.set(this.#items);
    this.#items = larger;
  }
}

/** For an owner without positions, which makes a heap for its first one: nothing is pushed here. */
export const NO_POSITIONS: PositionOrder = new PositionHeap();
