// Since when the messages of one queue wait, although no message carries its time: at each tick of the
// statistics a mark says up to which position messages had come. Nothing is done per message; an age is
// right within the time between two marks.

import type { Histogram } from './histogram.ts';

/** When there are more, those are dropped without which an age is still right within a part of itself. */
const MARKS_MAX = 128;
const PARTS = 16;

export class MessageAges {
  /** Mark i: the messages from position [i - 1] on and below [i] came until [i], after [i - 1]. */
  #positions: number[] = [];
  #timesMs: number[] = [];
  #thinAbove = MARKS_MAX;
  /** Messages below this position had left at the last tick. */
  #oldestPosition: number;

  constructor(oldestPosition: number) {
    this.#oldestPosition = oldestPosition;
  }

  /**
   * One tick. `nextPosition` is the one that the next message will get, `oldestPosition` that of the
   * oldest one that is left, or nextPosition. How long those that left waited goes to `waitedSeconds`.
   */
  tick(
    nextPosition: number,
    oldestPosition: number,
    nowMs: number,
    waitedSeconds: Histogram,
  ): void {
    this.#leave(oldestPosition, nowMs, waitedSeconds);
    const last = this.#positions[this.#positions.length - 1] ?? this.#oldestPosition;
    if (nextPosition <= Math.max(last, oldestPosition)) return;
    this.#positions.push(nextPosition);
    this.#timesMs.push(nowMs);
    if (this.#positions.length > this.#thinAbove) this.#thin(nowMs);
  }

  get markCount(): number {
    return this.#positions.length;
  }

  /** When the oldest message came, or a little later; `nowMs` when it came since the last tick. */
  oldestMs(oldestPosition: number, nowMs: number): number {
    const at = this.#positions.findIndex((position) => position > oldestPosition);
    return at < 0 ? nowMs : (this.#timesMs[at] as number);
  }

  #leave(oldestPosition: number, nowMs: number, waitedSeconds: Histogram): void {
    const positions = this.#positions;
    let from = this.#oldestPosition;
    let passed = 0;
    while (from < oldestPosition) {
      const mark = positions[passed];
      const to = Math.min(mark ?? oldestPosition, oldestPosition);
      const timeMs = this.#timesMs[passed] ?? nowMs;
      if (to > from) waitedSeconds.observe((nowMs - timeMs) / 1000, to - from);
      from = Math.max(from, to);
      if (mark === undefined || mark > oldestPosition) break;
      passed++;
    }
    this.#oldestPosition = oldestPosition;
    if (passed === 0) return;
    this.#positions = positions.slice(passed);
    this.#timesMs = this.#timesMs.slice(passed);
  }

  /** What a dropped mark stood for goes to the next one: no message looks older than it is. */
  #thin(nowMs: number): void {
    const times = this.#timesMs;
    let keptMs = times[0] as number;
    const isKept = times.map((timeMs, index) => {
      const next = times[index + 1];
      const isNeeded = index === 0 || next === undefined || (next - keptMs) * PARTS > nowMs - next;
      if (isNeeded) keptMs = timeMs;
      return isNeeded;
    });
    this.#positions = this.#positions.filter((_, index) => isKept[index]);
    this.#timesMs = times.filter((_, index) => isKept[index]);
    this.#thinAbove = Math.max(MARKS_MAX, this.#timesMs.length * 2);
  }
}
