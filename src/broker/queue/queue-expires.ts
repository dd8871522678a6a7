// x-expires: a queue that nobody uses is deleted. Use is a consumer, basic.get or a declaration; what is
// published to it does not count. The deadline is looked at when it comes, not moved with each use.

import type { Clock } from '../clock.ts';
import { Deadline, type Deadlines } from '../deadlines.ts';

export class QueueExpires {
  #expiresMs: number | undefined;
  #lastUsedMs: number;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline;

  /** `isUsed`: the queue has a consumer; `expired` is called once, when it was unused for long enough. */
  constructor(clock: Clock, deadlines: Deadlines, isUsed: () => boolean, expired: () => void) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#lastUsedMs = clock.nowMs();
    this.#deadline = new Deadline(() => {
      // The last consumer that leaves sets it anew.
      if (this.#expiresMs === undefined || isUsed()) return;
      const atMs = this.#lastUsedMs + this.#expiresMs;
      if (this.#clock.nowMs() < atMs) this.#deadlines.setAt(this.#deadline, atMs);
      else expired();
    });
  }

  apply(expiresMs: number | undefined): void {
    if (this.#expiresMs === expiresMs) return;
    this.#expiresMs = expiresMs;
    if (expiresMs === undefined) this.stop();
    else this.#deadlines.setAt(this.#deadline, this.#lastUsedMs + expiresMs);
  }

  /** The queue was used just now. */
  used(): void {
    if (this.#expiresMs === undefined) return;
    this.#lastUsedMs = this.#clock.nowMs();
    if (!this.#deadline.isSet) this.#deadlines.setIn(this.#deadline, this.#expiresMs);
  }

  stop(): void {
    this.#deadlines.cancel(this.#deadline);
  }
}
