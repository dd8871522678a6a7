import { expect, test } from 'vitest';
import { DELAY_MS_MAX, FREE_FAILURES, LoginThrottle } from '../../src/auth/login-throttle.ts';

function failTimes(throttle: LoginThrottle, count: number, name = 'ann', address = 'a'): void {
  for (let done = 0; done < count; done++) throttle.failed(name, address, 0);
}

test('a few wrong passwords cost nothing, each one more doubles the wait', () => {
  const throttle = new LoginThrottle();
  const waits: number[] = [];
  let nowMs = 0;
  for (let attempt = 0; attempt < FREE_FAILURES + 8; attempt++) {
    const waitMs = throttle.takeTurn('ann', 'a', nowMs);
    waits.push(waitMs);
    nowMs += waitMs;
    throttle.failed('ann', 'a', nowMs);
  }
  expect(waits.slice(0, FREE_FAILURES)).toEqual([0, 0, 0, 0, 0]);
  expect(waits.slice(FREE_FAILURES)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('attempts at the same time wait for each other, and too many are refused', () => {
  const throttle = new LoginThrottle();
  failTimes(throttle, 20);
  const waits = Array.from({ length: 4 }, () => throttle.takeTurn('ann', 'a', 0));
  expect(waits).toEqual([
    DELAY_MS_MAX,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

test('other users and other addresses do not wait', () => {
  const throttle = new LoginThrottle();
  failTimes(throttle, 20);
  expect(throttle.takeTurn('bob', 'a', 0)).toBe(0);
  expect(throttle.takeTurn('ann', 'b', 0)).toBe(0);
  // The border between address and name is told.
  failTimes(throttle, 20, 'bc', 'a');
  expect(throttle.takeTurn('c', 'ab', 0)).toBe(0);
});

test('a right password, or ten minutes, and all is forgotten', () => {
  const throttle = new LoginThrottle();
  failTimes(throttle, 20);
  throttle.succeeded('ann', 'a');
  expect(throttle.takeTurn('ann', 'a', 0)).toBe(0);
  failTimes(throttle, 20);
  expect(throttle.takeTurn('ann', 'a', 600_000)).toBe(0);
});

test('what it remembers is bounded', () => {
  const throttle = new LoginThrottle();
  failTimes(throttle, 20);
  for (let at = 0; at < 10_000; at++) throttle.failed(`user-${at}`, 'a', 0);
  expect(throttle.takeTurn('ann', 'a', 0)).toBe(0);
});
