// The slabs that hold message bytes of all queues of a node: counted in one place, so that backlogs
// leave memory for the disk at one bound, and reused, so that a steady flow allocates nothing.

const SLAB_MIN_BYTES = 4096;
/** The size of a full-grown segment's slab. */
export const SLAB_BYTES = 1 << 20;
/** Full-grown slabs kept for reuse. */
const SPARE_SLABS_MAX = 64;

export class MessageMemory {
  /** Bytes of all slabs that queues hold now. */
  residentBytes = 0;
  /** Of these, bytes that are on their way to the disk. */
  leavingBytes = 0;
  /** Above this, segments far from the head of their queue leave memory. */
  readonly budgetBytes: number;
  #spare: Buffer[] = [];

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
    if (bytes > SLAB_BYTES / 2) return this.#spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
    let size = SLAB_MIN_BYTES;
    while (size < bytes) size *= 2;
    return Buffer.allocUnsafeSlow(size);
  }

  /** Counts a buffer that a queue holds but did not acquire here (large records, chunks read back). */
  adopt(buffer: Buffer): void {
    this.residentBytes += buffer.length;
  }

  /** Gives a slab or an adopted buffer back. `isShared`: others may still read it, never reuse it. */
  release(slab: Buffer, isShared: boolean): void {
    this.residentBytes -= slab.length;
    if (isShared || slab.length !== SLAB_BYTES) return;
    if (this.#spare.length < SPARE_SLABS_MAX) this.#spare.push(slab);
  }
}
