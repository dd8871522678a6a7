import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTerms, compareTexts } from '../../src/admin/term-order.ts';

test('kinds follow each other as in Erlang', () => {
  const terms = [['a'], 'text', true, 'Text', 2, null, undefined, false, -1, 0.5];
  const sorted = terms.toSorted((one, other) => compareTerms(one, other));
  // Array.sort itself puts undefined last.
  expect(sorted.slice(0, -1)).toEqual([-1, 0.5, 2, false, null, true, ['a'], 'Text', 'text']);
  expect(compareTerms(undefined, 0)).toBe(0);
  expect(compareTerms(undefined, 1)).toBeLessThan(0);
});

test('texts are ordered by their bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      const bytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(Math.sign(compareTexts(one, other))).toBe(bytes);
    }),
  );
});
