import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearestKey } from '../../src/config/nearest-key.ts';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['heartbeat', 'hartbeat', 1],
])('distance of %s and %s is %i', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
});

test('the distance is symmetric, and zero only for equal words', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
      expect(editDistance(one, other)).toBe(editDistance(other, one));
      expect(editDistance(one, other) === 0).toBe(one === other);
    }),
  );
});

test('only a near name is suggested', () => {
  const names = ['heartbeat', 'frame_max', 'channel_max'];
  expect(nearestKey('heartbeet', names)).toBe('heartbeat');
  expect(nearestKey('chanel_max', names)).toBe('channel_max');
  expect(nearestKey('max', names)).toBeUndefined();
  expect(nearestKey('x', names)).toBeUndefined();
});
