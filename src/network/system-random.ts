// The real Random: bytes from the operating system's generator. Names made of them cannot be guessed.

import { randomFillSync } from 'node:crypto';
import type { Random } from '../broker/clock.ts';

/** Drawn in one go, because a system call per 16-byte queue name would dominate a declare. */
const POOL_BYTES = 4096;

export class SystemRandom implements Random {
  readonly #pool = Buffer.allocUnsafeSlow(POOL_BYTES);
  #used = POOL_BYTES;

  bytes(count: number): Buffer {
    if (count > POOL_BYTES) return randomFillSync(Buffer.allocUnsafe(count));
    if (this.#used + count > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    // A copy: the pool is overwritten by the next draw.
    const drawn = Buffer.from(this.#pool.subarray(this.#used, this.#used + count));
    this.#used += count;
    return drawn;
  }
}
