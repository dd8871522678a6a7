import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../src/broker/metrics/histogram.ts';
import { MESSAGE_SIZE_BOUNDS, MessageSizes } from '../../../src/broker/metrics/message-sizes.ts';

test('sizes fall into the bucket of the first bound that is not below them', () => {
  const size = fc.oneof(
    fc.nat(200),
    fc.nat(200_000_000),
    fc.constantFrom(...MESSAGE_SIZE_BOUNDS, ...MESSAGE_SIZE_BOUNDS.map((bound) => bound + 1)),
  );
  fc.assert(
    fc.property(fc.array(size), (sizes) => {
      const counted = new MessageSizes();
      const model = new Histogram(MESSAGE_SIZE_BOUNDS);
      for (const bytes of sizes) {
        counted.observe(bytes);
        model.observe(bytes);
      }
      expect(counted.counts).toEqual(model.counts);
      expect(counted.sumBytes).toBe(model.sum);
    }),
  );
});
