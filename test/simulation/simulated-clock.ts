// Virtual time. The world's events and the broker's timers share one agenda; nothing waits for real.
// A broker gets a clock of its own, which a crash stops for ever.

import type { Clock, Timer } from '../../src/broker/clock.ts';

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export const EPOCH_MS = 1_800_000_000_000;

/** Events in order of time, then of scheduling. */
export class Agenda {
  nowMs = 0;
  #order = 0;
  /** A binary heap. */
  readonly #heap: Entry[] = [];
  readonly #turnEnds: { run: () => void; isStopped: () => boolean }[] = [];

  at(delayMs: number, run: () => void): Timer {
    const entry = { atMs: this.nowMs + delayMs, order: this.#order++, run, isCancelled: false };
    this.#push(entry);
    return {
      cancel: () => {
        entry.isCancelled = true;
      },
    };
  }

  afterTurn(run: () => void, isStopped: () => boolean): void {
    this.#turnEnds.push({ run, isStopped });
  }

  /** The time of the next event; undefined when the agenda is empty. */
  nextMs(): number | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#pop();
    return this.#heap[0]?.atMs;
  }

  /** Runs one event and no end of turn; false when there was none. */
  runNext(): boolean {
    if (this.nextMs() === undefined) return false;
    const entry = this.#pop() as Entry;
    this.nowMs = Math.max(this.nowMs, entry.atMs);
    entry.isCancelled = true;
    entry.run();
    return true;
  }

  /** The end of a turn; what it schedules for the end of a turn belongs to this one too. */
  endTurn(): void {
    for (let i = 0; i < this.#turnEnds.length; i++) {
      const end = this.#turnEnds[i];
      if (end !== undefined && !end.isStopped()) end.run();
      if (i > 10_000) throw new Error('a turn never ends: afterTurn() calls itself');
    }
    this.#turnEnds.length = 0;
  }

  get isTurnOpen(): boolean {
    return this.#turnEnds.length > 0;
  }

  /** Runs turns of one event each until nothing is due within `withinMs` from now. */
  runFor(withinMs: number): void {
    const untilMs = this.nowMs + withinMs;
    this.endTurn();
    for (let next = this.nextMs(); next !== undefined && next <= untilMs; next = this.nextMs()) {
      this.runNext();
      this.endTurn();
    }
    this.nowMs = untilMs;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry))
        child++;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs !== other.atMs ? one.atMs < other.atMs : one.order < other.order;
}

/** The clock of one broker process. */
export class SimulatedClock implements Clock {
  readonly #agenda: Agenda;
  readonly #pending = new Set<Timer>();
  #isStopped = false;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  nowMs(): number {
    return this.#agenda.nowMs;
  }

  wallMs(): number {
    return EPOCH_MS + this.#agenda.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!(delayMs >= 0)) throw new Error(`a timer of ${delayMs} ms`);
    const event = this.#agenda.at(delayMs, () => {
      this.#pending.delete(timer);
      if (!this.#isStopped) callback();
    });
    const timer: Timer = {
      cancel: () => {
        this.#pending.delete(timer);
        event.cancel();
      },
    };
    this.#pending.add(timer);
    return timer;
  }

  afterTurn(callback: () => void): void {
    this.#agenda.afterTurn(callback, () => this.#isStopped);
  }

  /** Timers that were set and neither ran nor were cancelled. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** The process is gone: nothing of it runs any more. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of [...this.#pending]) timer.cancel();
  }
}
