// The real Clock. Durations come from the monotonic clock, so a jump of the wall clock moves no
// deadline; timers are unref'd, so an embedded broker never keeps its host program alive.

import type { Clock, Timer } from '../broker/clock.ts';

/** The longest delay setTimeout takes; with a longer one it would fire at once. */
const DELAY_MAX_MS = 2 ** 31 - 1;

class SystemTimer implements Timer {
  readonly #deadlineMs: number;
  readonly #callback: () => void;
  #handle: NodeJS.Timeout;

  constructor(delayMs: number, callback: () => void) {
    this.#deadlineMs = performance.now() + delayMs;
    this.#callback = callback;
    this.#handle = this.#arm(delayMs);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  #arm(delayMs: number): NodeJS.Timeout {
    // Rounded up because setTimeout drops the fraction.
    const wholeMs = Math.min(Math.ceil(delayMs), DELAY_MAX_MS);
    return setTimeout(() => this.#fired(), wholeMs).unref();
  }

  #fired(): void {
    // Node counts from the loop's cached time, so it can be up to a millisecond early.
    const remainingMs = this.#deadlineMs - performance.now();
    if (remainingMs > 0) this.#handle = this.#arm(remainingMs);
    else this.#callback();
  }
}

export class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return new SystemTimer(delayMs, callback);
  }

  afterTurn(callback: () => void): void {
    setImmediate(callback);
  }
}
