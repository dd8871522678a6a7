// The slabs that hold message bytes of all queues of a node: counted in one place, so that backlogs
// leave memory for the disk at one bound, and reused, so that a steady flow allocates nothing.

export const SLAB_MIN_BYTES = 4096;
/** The size of a full-grown segment's slab. */
export const SLAB_BYTES = 1 << 20;
/** Bytes of slabs kept for reuse. */
const SPARE_BYTES_MAX = 64 << 20;

export class MessageMemory {
  /** Bytes of all slabs that queues hold now. */
  residentBytes = 0;
  /** Of these, bytes that are on their way to the disk. */
  leavingBytes = 0;
  /** Above this, segments far from the head of their queue leave memory. */
  readonly budgetBytes: number;
  /** By size class: index 0 holds slabs of SLAB_MIN_BYTES, each next one twice as large. */
  readonly #spare: Buffer[][] = [];
  #spareBytes = 0;

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
  }

  get isOverBudget(): boolean {
    return this.residentBytes - this.leavingBytes > this.budgetBytes;
  }

  /** A slab of at least `bytes`, rounded up to a power of two up to SLAB_BYTES, exact above. */
  acquire(bytes: number): Buffer {
    const slab = this.#take(bytes);
    this.residentBytes += slab.length;
    return slab;
  }

  #take(bytes: number): Buffer {
    if (bytes > SLAB_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const sizeClass = sizeClassOf(bytes);
    const spare = this.#spare[sizeClass]?.pop();
    if (spare === undefined) return Buffer.allocUnsafeSlow(SLAB_MIN_BYTES << sizeClass);
    this.#spareBytes -= spare.length;
    return spare;
  }

  /** Counts a buffer that a queue holds but did not acquire here (large records, chunks read back). */
  adopt(buffer: Buffer): void {
    this.residentBytes += buffer.length;
  }

  /** Gives a slab or an adopted buffer back. `isShared`: others may still read it, never reuse it. */
  release(slab: Buffer, isShared: boolean): void {
    this.residentBytes -= slab.length;
    const bytes = slab.length;
    if (isShared || bytes > SLAB_BYTES || this.#spareBytes + bytes > SPARE_BYTES_MAX) return;
    const sizeClass = sizeClassOf(bytes);
    // Chunks read back have any size: only what acquire() made comes here again.
    if (bytes !== SLAB_MIN_BYTES << sizeClass) return;
    this.#spareBytes += bytes;
    let list = this.#spare[sizeClass];
    if (list === undefined) {
      list = [];
      this.#spare[sizeClass] = list;
    }
    list.push(slab);
  }
}

function sizeClassOf(bytes: number): number {
  return bytes <= SLAB_MIN_BYTES ? 0 : 32 - Math.clz32(bytes - 1) - 12;
}
