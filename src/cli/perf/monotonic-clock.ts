// The generator's clock: milliseconds as a double, the same in every thread and process of this machine since it
// started, so that stamps of one process can be read by another.

/** Milliseconds of CLOCK_MONOTONIC with nanosecond resolution. */
export function monotonicMilliseconds(): number {
  const time = process.hrtime();
  return time[0] * 1e3 + time[1] / 1e6;
}
