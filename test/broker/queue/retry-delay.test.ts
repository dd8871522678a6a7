import { describe, expect, it, test } from 'vitest';
import {
  type RetryBackoff,
  type RetrySettings,
  retryDelayMs,
} from '../../../src/broker/queue/retry-delay.ts';

const TEN_YEARS_MS = 315_360_000_000;

/** Chance as a byte that all of its bytes are. */
const chanceOf = (byte: number) => ({ bytes: (count: number) => Buffer.alloc(count, byte) });

const SETTINGS: RetrySettings = {
  type: 'all',
  minMs: 100,
  maxMs: 1000,
  backoff: 'linear',
  jitterPercent: 0,
};

function delays(settings: Partial<RetrySettings>, ...counts: number[]): number[] {
  return counts.map((count) =>
    retryDelayMs({ ...SETTINGS, ...settings }, 'failed', count, chanceOf(0)),
  );
}

test.each<[RetryBackoff, number[]]>([
  ['linear', [100, 100, 200, 900, 1000, 1000]],
  ['fixed', [100, 100, 100, 100, 100, 100]],
  ['exponential', [100, 100, 200, 1000, 1000, 1000]],
])('%s growth up to the longest delay', (backoff, expected) => {
  expect(delays({ backoff }, 0, 1, 2, 9, 10, 2000)).toEqual(expected);
});

test('ten years are the longest of all', () => {
  const endless = { maxMs: Number.MAX_VALUE };
  expect(delays({ ...endless, backoff: 'exponential' }, 5000)).toEqual([TEN_YEARS_MS]);
  expect(delays({ ...endless, minMs: 2 ** 60 }, 3)).toEqual([TEN_YEARS_MS]);
});

test.each([
  ['all', 100, 100],
  ['failed', 100, 0],
  ['returned', 0, 100],
] as const)('%s: failed waits %i ms, returned %i ms', (type, failed, returned) => {
  const settings = { ...SETTINGS, type };
  expect(retryDelayMs(settings, 'failed', 1, chanceOf(0))).toBe(failed);
  expect(retryDelayMs(settings, 'returned', 1, chanceOf(0))).toBe(returned);
  expect(retryDelayMs(undefined, 'failed', 1, chanceOf(0))).toBe(0);
});

describe('jitter', () => {
  it.each([
    [0, 255, 1000],
    [20, 0, 1000],
    [20, 128, 900],
    [20, 255, 801],
    [100, 255, 1],
  ])('of %i percent with chance %i makes 1000 ms %i', (jitterPercent, byte, expected) => {
    const settings = { ...SETTINGS, jitterPercent };
    const delayMs = retryDelayMs(settings, 'failed', 10, chanceOf(byte));
    expect(Math.abs(delayMs - expected)).toBeLessThanOrEqual(1);
    expect(delayMs).toBeGreaterThan(0);
    expect(delayMs).toBeLessThanOrEqual(1000);
  });
});
