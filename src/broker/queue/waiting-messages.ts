// The messages of a queue that wait for their retry: still in memory and in their place, neither ready nor
// unacked. After a restart they are ready: when they were due is not stored.

import { DueHeap } from '../../util/due-heap.ts';
import type { Clock } from '../clock.ts';
import { Deadline, type Deadlines } from '../deadlines.ts';

/** Messages made ready per turn and queue: many that are due at once must not stop the loop. */
const DUE_PER_TURN_MAX = 2_000;

export class WaitingMessages {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #due: (position: number) => void;
  /** Positions as consumers know them. */
  readonly #positions = new DueHeap();
  readonly #deadline = new Deadline(() => this.#reached());

  /** `due` is called for each whose time has come. */
  constructor(clock: Clock, deadlines: Deadlines, due: (position: number) => void) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#due = due;
  }

  get count(): number {
    return this.#positions.size;
  }

  add(position: number, delayMs: number): void {
    this.#positions.push(position, this.#clock.nowMs() + delayMs);
    this.#deadlines.bringForward(this.#deadline, delayMs);
  }

  #reached(): void {
    const nowMs = this.#clock.nowMs();
    const positions = this.#positions;
    for (let count = 0; count < DUE_PER_TURN_MAX && positions.firstAtMs <= nowMs; count++) {
      this.#due(positions.pop());
    }
    if (positions.size === 0) return;
    // Not in this turn.
    this.#deadlines.setAt(this.#deadline, Math.max(positions.firstAtMs, nowMs + 1));
  }

  /** Takes all of them out. */
  takeAll(): number[] {
    const all: number[] = [];
    while (this.#positions.size > 0) all.push(this.#positions.pop());
    this.stop();
    return all;
  }

  /** The queue is gone. */
  stop(): void {
    this.#positions.clear();
    this.#deadlines.cancel(this.#deadline);
  }
}
