// The chunks of one queue in memory, in order of first position. Invariant: appends at the tail and
// deletes at the head cost the same whatever the backlog.

export interface MemoryChunk {
  readonly firstPosition: number;
  readonly recordCount: number;
  readonly bytes: Buffer;
}

export class StoredQueue {
  readonly chunks = new Map<number, MemoryChunk>();
  readonly settled = new Map<number, Uint8Array>();
  /** Keys of `chunks` in order; deleted ones stay until half of it is dead. */
  #order: number[] = [];

  put(chunk: MemoryChunk): void {
    const position = chunk.firstPosition;
    const last = this.#order.at(-1);
    if (last === undefined || position > last) this.#order.push(position);
    else {
      const index = this.#indexFrom(position);
      if (this.#order[index] !== position) this.#order.splice(index, 0, position);
    }
    this.chunks.set(position, chunk);
  }

  delete(firstPosition: number): void {
    this.settled.delete(firstPosition);
    if (!this.chunks.delete(firstPosition)) return;
    if (this.#order.length > 2 * this.chunks.size + 32) {
      this.#order = this.#order.filter((position) => this.chunks.has(position));
    }
  }

  deleteRange(fromPosition: number, toPosition: number): void {
    for (const position of this.#positions(fromPosition, toPosition)) this.delete(position);
    for (const position of [...this.settled.keys()]) {
      if (position >= fromPosition && position < toPosition) this.settled.delete(position);
    }
  }

  /** Chunks from the one that holds `fromPosition`, or the next, while they start below `toPosition`. */
  *read(fromPosition: number, toPosition: number): Generator<MemoryChunk> {
    let index = this.#indexFrom(fromPosition);
    while (index > 0) {
      const chunk = this.chunks.get(this.#order[--index] as number);
      if (chunk === undefined) continue;
      if (chunk.firstPosition + chunk.recordCount > fromPosition) yield chunk;
      break;
    }
    // Index by index: a copy of the range would cost the whole backlog for every read.
    for (let next = this.#indexFrom(fromPosition); next < this.#order.length; next++) {
      const position = this.#order[next] as number;
      if (position >= toPosition) return;
      const chunk = this.chunks.get(position);
      if (chunk !== undefined) yield chunk;
    }
  }

  #positions(fromPosition: number, toPosition: number): number[] {
    return this.#order.slice(this.#indexFrom(fromPosition), this.#indexFrom(toPosition));
  }

  /** Index of the first key that is not below `position`. */
  #indexFrom(position: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
