// Time that stands still until the test moves it; turns end when the test says so.

import type { Clock, Timer } from '../../../src/broker/clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  #turns: (() => void)[] = [];
  readonly #timers = new Set<PendingTimer>();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  get isTurnPending(): boolean {
    return this.#turns.length > 0;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  afterTurn(callback: () => void): void {
    this.#turns.push(callback);
  }

  /** Ends the turn; what that schedules waits for the next. */
  endTurn(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const turn of turns) turn();
  }

  /** Moves time on, timer by timer in order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = [...this.#timers]
        .filter((timer) => timer.dueMs <= untilMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
