import { describe, expect, it } from 'vitest';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
import { createDelayedRouter } from '../../../src/broker/exchange/x-delayed-message-router.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy } from './routing-fixture.ts';

describeRouterContract({
  type: 'x-delayed-message',
  routingKey: 'key',
  arguments: {},
  message: messageOf(['key']),
});

describe('x-delayed-message', () => {
  it('routes as the type that it names', () => {
    const exchange = exchangeOf('x-delayed-message', 'x', tableOf({ 'x-delayed-type': 'topic' }));
    bindTo(exchange, queueNamed('q'), 'a.*');
    expect(reachedBy(exchange, messageOf(['a.b']))).toEqual(['q']);
  });

  it.each<[PlainValue, string]>([
    [undefined, "Invalid argument, 'x-delayed-type' must be an existing exchange type"],
    [7, "Invalid argument, 'x-delayed-type' must be an existing exchange type"],
    [
      'x-delayed-message',
      "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'",
    ],
    ['nothing', "unknown exchange type 'nothing'"],
    ['', "invalid exchange type ''"],
  ])('refuses the type %j', (type, text) => {
    const given = tableOf(type === undefined ? {} : { 'x-delayed-type': type });
    expect(() => createDelayedRouter(given, EXCHANGE_TYPES)).toThrow(text);
  });
});
