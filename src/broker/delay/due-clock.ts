// The time that delayed messages wait for: the wall clock, but it never goes back and never stands still.
// A wall clock that is set forward (or a machine that slept) is followed; one that is set back goes on
// from where it was until the next start, so that no release stalls.

import type { Clock } from '../clock.ts';

/** Due times are below this: what the journal's keys hold. */
export const DUE_MS_MAX = 2 ** 48 - 1;

export class DueClock {
  readonly #clock: Clock;
  #lastMs: number;
  #lastMonotonicMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.wallMs();
    this.#lastMonotonicMs = clock.nowMs();
  }

  /** Milliseconds since the Unix epoch; may have a fraction. */
  nowMs(): number {
    const monotonicMs = this.#clock.nowMs();
    const goneOnMs = this.#lastMs + monotonicMs - this.#lastMonotonicMs;
    this.#lastMonotonicMs = monotonicMs;
    this.#lastMs = Math.max(goneOnMs, this.#clock.wallMs());
    return this.#lastMs;
  }

  /** The first whole millisecond that is `delayMs` or more from now. */
  dueIn(delayMs: number): number {
    return Math.min(Math.ceil(this.nowMs() + delayMs), DUE_MS_MAX);
  }

  /** How long it is until the wall clock shows this time; negative in the past. */
  untilMs(wallMs: number): number {
    return wallMs - this.#clock.wallMs();
  }
}
