// Everything that is to happen at a time: expiry of messages and queues, delays, consumer timeouts.
// One heap and one timer of the clock for the whole node, so a million deadlines cost no million
// timers, and a node that waits for nothing holds none.

import { assert } from '../util/assert.ts';
import type { Clock, Timer } from './clock.ts';

/** Deadlines handled per turn: a million that are due at once must not stop the loop. */
const REACHED_PER_TURN_MAX = 1_000;

/** One thing that may happen; it is in the heap at most once. */
export class Deadline {
  /** On the clock's monotonic time; meaningful while `isSet`. */
  atMs = 0;
  /** Place in the heap; -1 = not set. Belongs to Deadlines. */
  heapIndex = -1;
  /** Runs once each time it is reached; it is no longer set by then. */
  readonly reached: () => void;

  constructor(reached: () => void) {
    this.reached = reached;
  }

  get isSet(): boolean {
    return this.heapIndex >= 0;
  }
}

export class Deadlines {
  readonly #clock: Clock;
  readonly #heap: Deadline[] = [];
  #timer: Timer | undefined;
  #timerAtMs = 0;
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#heap.length;
  }

  /** Sets or moves the deadline to `delayMs` from now. */
  setIn(deadline: Deadline, delayMs: number): void {
    this.setAt(deadline, this.#clock.nowMs() + delayMs);
  }

  /** Sets or moves the deadline. One in the past is reached in a later turn, never inside this call. */
  setAt(deadline: Deadline, atMs: number): void {
    if (deadline.heapIndex < 0) {
      deadline.heapIndex = this.#heap.length;
      this.#heap.push(deadline);
    }
    deadline.atMs = atMs;
    this.#sink(this.#rise(deadline));
    this.#arm();
  }

  /** Sets the deadline to `delayMs` from now, unless it is set to an earlier time. */
  bringForward(deadline: Deadline, delayMs: number): void {
    const atMs = this.#clock.nowMs() + delayMs;
    if (!deadline.isSet || deadline.atMs > atMs) this.setAt(deadline, atMs);
  }

  /** Nothing happens when it is not set. */
  cancel(deadline: Deadline): void {
    if (deadline.heapIndex < 0) return;
    this.#remove(deadline);
    // A timer that comes too early finds nothing due; without deadlines none may be left.
    if (this.#heap.length === 0) this.#disarm();
  }

  /** Nothing is reached any more: the node ends. */
  stop(): void {
    this.#isStopped = true;
    this.#disarm();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || this.#isStopped) return this.#disarm();
    if (this.#timer !== undefined && this.#timerAtMs <= first.atMs) return;
    this.#disarm();
    this.#timerAtMs = first.atMs;
    const delayMs = Math.max(0, first.atMs - this.#clock.nowMs());
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#reach();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #reach(): void {
    const nowMs = this.#clock.nowMs();
    for (let reached = 0; reached < REACHED_PER_TURN_MAX; reached++) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > nowMs) break;
      this.#remove(first);
      first.reached();
    }
    this.#arm();
  }

  #remove(deadline: Deadline): void {
    const heap = this.#heap;
    const index = deadline.heapIndex;
    assert(heap[index] === deadline, 'a deadline knows its place');
    deadline.heapIndex = -1;
    const last = heap.pop() as Deadline;
    if (last === deadline) return;
    heap[index] = last;
    last.heapIndex = index;
    this.#sink(this.#rise(last));
  }

  #rise(deadline: Deadline): Deadline {
    const heap = this.#heap;
    let index = deadline.heapIndex;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = heap[parentIndex] as Deadline;
      if (parent.atMs <= deadline.atMs) break;
      heap[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    heap[index] = deadline;
    deadline.heapIndex = index;
    return deadline;
  }

  #sink(deadline: Deadline): void {
    const heap = this.#heap;
    let index = deadline.heapIndex;
    for (;;) {
      let childIndex = index * 2 + 1;
      if (childIndex >= heap.length) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && right.atMs < (heap[childIndex] as Deadline).atMs) childIndex++;
      const child = heap[childIndex] as Deadline;
      if (child.atMs >= deadline.atMs) break;
      heap[index] = child;
      child.heapIndex = index;
      index = childIndex;
    }
    heap[index] = deadline;
    deadline.heapIndex = index;
  }
}
