import { describe, expect, it } from 'vitest';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy, unbind } from './routing-fixture.ts';

describeRouterContract({
  type: 'topic',
  routingKey: 'a.#',
  arguments: {},
  message: messageOf(['a.b.c']),
});

describe('topic', () => {
  it('takes each queue for each pattern that matches', () => {
    const exchange = exchangeOf('topic');
    const star = bindTo(exchange, queueNamed('star'), 'a.*');
    bindTo(exchange, queueNamed('hash'), '#');
    bindTo(exchange, queueNamed('exact'), 'a.b');
    expect(reachedBy(exchange, messageOf(['a.b']))).toEqual(['exact', 'hash', 'star']);
    unbind(star);
    expect(reachedBy(exchange, messageOf(['a.b']))).toEqual(['exact', 'hash']);
  });
});
