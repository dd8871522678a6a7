// Small arithmetic that the modes share: differences of process usage, rounding, an interruptible wait.
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessUsage } from './broker-process.ts';

export function cpuMilliseconds(before: ProcessUsage, after: ProcessUsage): number {
  const seconds =
    after.userSeconds + after.systemSeconds - before.userSeconds - before.systemSeconds;
  return seconds * 1000;
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Ends early, without an error, when the user interrupts. */
export async function sleepSeconds(seconds: number, interrupted: AbortSignal): Promise<void> {
  if (seconds <= 0 || interrupted.aborted) return;
  await delay(seconds * 1000, undefined, { signal: interrupted }).catch(() => {});
}
