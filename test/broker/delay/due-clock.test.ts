import { describe, expect, it } from 'vitest';
import { DUE_MS_MAX, DueClock } from '../../../src/broker/delay/due-clock.ts';

/** A wall clock and a monotonic one, moved apart by the test. */
function clocks() {
  const time = { wallMs: 5000, monotonicMs: 70 };
  const dueClock = new DueClock({
    nowMs: () => time.monotonicMs,
    wallMs: () => time.wallMs,
    setTimer: () => ({ cancel: () => {} }),
    afterTurn: () => {},
  });
  const pass = (ms: number): void => {
    time.wallMs += ms;
    time.monotonicMs += ms;
  };
  return { time, dueClock, pass };
}

describe('the time of delays', () => {
  it('is that of the wall clock', () => {
    const { dueClock, pass } = clocks();
    pass(10.5);
    expect(dueClock.nowMs()).toBe(5010.5);
    expect(dueClock.dueIn(10)).toBe(5021);
    expect(dueClock.untilMs(6010.5)).toBe(1000);
  });

  it('follows a wall clock that is set forward', () => {
    const { time, dueClock } = clocks();
    time.wallMs += 3_600_000;
    expect(dueClock.nowMs()).toBe(3_605_000);
  });

  it('goes on from where it was when the wall clock is set back', () => {
    const { time, dueClock, pass } = clocks();
    time.wallMs -= 3_600_000;
    expect(dueClock.nowMs()).toBe(5000);
    pass(250);
    expect(dueClock.nowMs()).toBe(5250);
    // A time of the wall clock is still reached when the wall clock shows it.
    expect(dueClock.dueIn(dueClock.untilMs(time.wallMs + 100))).toBe(5350);
  });

  it('is bounded by what a key can hold', () => {
    const { dueClock } = clocks();
    expect(dueClock.dueIn(2 ** 60)).toBe(DUE_MS_MAX);
  });
});
