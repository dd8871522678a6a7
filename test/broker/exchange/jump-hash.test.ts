import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfText, jumpHash } from '../../../src/broker/exchange/jump-hash.ts';

describe('the jump hash', () => {
  it('stays below the number of buckets', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 40 }), (text, bucketCount) => {
        const bucket = jumpHash(hashOfText(text), bucketCount);
        expect(Number.isInteger(bucket)).toBe(true);
        expect(bucket).toBeGreaterThanOrEqual(0);
        expect(bucket).toBeLessThan(bucketCount);
      }),
    );
  });

  it('moves a key to the new last bucket or nowhere', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (text, bucketCount) => {
        const hash = hashOfText(text);
        const after = jumpHash(hash, bucketCount + 1);
        if (after !== bucketCount) expect(after).toBe(jumpHash(hash, bucketCount));
      }),
    );
  });

  it('fills buckets evenly', () => {
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 20_000; index++) {
      const bucket = jumpHash(hashOfText(`key.${index}`), 10);
      counts[bucket] = (counts[bucket] as number) + 1;
    }
    for (const count of counts) expect(count / 2_000).toBeCloseTo(1, 0.5);
  });

  it('is the same in every version', () => {
    const buckets = ['', 'a', 'order.1', 'é中'].map((text) => jumpHash(hashOfText(text), 1000));
    expect(buckets).toMatchInlineSnapshot(`
      [
        2,
        897,
        471,
        542,
      ]
    `);
  });
});
