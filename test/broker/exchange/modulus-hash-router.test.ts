import { describe, expect, it } from 'vitest';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy } from './routing-fixture.ts';

const TYPE = 'x-modulus-hash';

describeRouterContract({
  type: TYPE,
  routingKey: 'ignored',
  arguments: {},
  message: messageOf(['some.key']),
  reaches: 'one',
  matchesEverything: true,
});

const names = ['a', 'b', 'c', 'd'];

function spread(order: readonly string[], keysOf: (index: number) => string[]): string[] {
  const exchange = exchangeOf(TYPE);
  for (const name of order) bindTo(exchange, queueNamed(name), name);
  return Array.from({ length: 4_000 }, (_, index) =>
    reachedBy(exchange, messageOf(keysOf(index))).join(),
  );
}

describe('x-modulus-hash', () => {
  it('spreads keys evenly, and the same whatever the order of binding', () => {
    const found = spread(names, (index) => [`key.${index}`]);
    expect(spread(names.toReversed(), (index) => [`key.${index}`])).toEqual(found);
    for (const name of names) {
      expect(found.filter((one) => one === name).length / 4_000).toBeCloseTo(0.25, 1);
    }
  });

  it('hashes all routing keys together', () => {
    const found = spread(names, (index) => ['same', `cc.${index}`]);
    expect(new Set(found)).toEqual(new Set(names));
  });
});
