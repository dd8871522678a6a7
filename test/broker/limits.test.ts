// What happens when a bound is reached is tested beside the rule that keeps it.

import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/broker/limits.ts';

it('every bound is a whole number that leaves room for large installations', () => {
  for (const bound of Object.values(DEFAULT_LIMITS)) {
    expect(Number.isSafeInteger(bound)).toBe(true);
    expect(bound).toBeGreaterThanOrEqual(10_000);
  }
});
