import { describe, expect, it } from 'vitest';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy } from './routing-fixture.ts';

describeRouterContract({
  type: 'fanout',
  routingKey: 'any',
  arguments: {},
  message: messageOf(),
  matchesEverything: true,
});

describe('fanout', () => {
  it('ignores binding keys and routing keys', () => {
    const exchange = exchangeOf('fanout');
    bindTo(exchange, queueNamed('a'), 'one');
    bindTo(exchange, queueNamed('b'), 'two');
    expect(reachedBy(exchange, messageOf(['three']))).toEqual(['a', 'b']);
  });
});
