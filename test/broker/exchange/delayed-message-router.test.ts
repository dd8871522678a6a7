import { describe, expect, it } from 'vitest';
import { delayedTypeOf } from '../../../src/broker/exchange/delayed-message-router.ts';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
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

  it('checks the arguments of that type, too', () => {
    const given = tableOf({ 'x-delayed-type': 'x-consistent-hash', 'hash-property': 'odd' });
    const type = EXCHANGE_TYPES.get('x-delayed-message');
    expect(() => type?.validateArguments(given, "exchange 'x'")).toThrow(
      'Unsupported property: odd',
    );
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
    expect(() => delayedTypeOf(given, EXCHANGE_TYPES)).toThrow(text);
  });
});
