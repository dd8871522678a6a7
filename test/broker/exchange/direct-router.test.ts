import { describe, expect, it } from 'vitest';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy } from './routing-fixture.ts';

describeRouterContract({
  type: 'direct',
  routingKey: 'key',
  arguments: {},
  message: messageOf(['key']),
});

describe('direct', () => {
  it('compares keys octet for octet', () => {
    const exchange = exchangeOf('direct');
    for (const key of ['', 'a', 'A', 'a.*', '#', 'é', '__proto__', 'constructor']) {
      bindTo(exchange, queueNamed(`<${key}>`), key);
    }
    for (const key of ['', 'a', 'A', 'a.*', '#', 'é', '__proto__', 'constructor']) {
      expect(reachedBy(exchange, messageOf([key]))).toEqual([`<${key}>`]);
    }
    for (const key of ['a.b', 'b', ' ', 'e\u0301', 'toString']) {
      expect(reachedBy(exchange, messageOf([key]))).toEqual([]);
    }
  });
});
