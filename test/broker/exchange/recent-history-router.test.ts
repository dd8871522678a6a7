import { describe, expect, it } from 'vitest';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
import type { FieldValue } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy } from './routing-fixture.ts';

const TYPE = 'x-recent-history';
const LENGTH = 'x-recent-history-length';

describeRouterContract({
  type: TYPE,
  routingKey: 'ignored',
  arguments: {},
  message: messageOf(['some.key']),
  matchesEverything: true,
});

function historyAfter(
  count: number,
  exchangeArguments: { readonly [key: string]: PlainValue },
  headers: { readonly [key: string]: PlainValue } = {},
): number | undefined {
  const exchange = exchangeOf(TYPE, 'x', tableOf(exchangeArguments));
  bindTo(exchange, queueNamed('q'));
  for (let index = 0; index < count; index++) {
    expect(reachedBy(exchange, messageOf(['k'], headers))).toEqual(['q']);
  }
  return exchange.router.history?.length;
}

describe('x-recent-history', () => {
  it('remembers 20 messages, or as many as the exchange says', () => {
    expect(historyAfter(3, {})).toBe(3);
    expect(historyAfter(30, {})).toBe(20);
    expect(historyAfter(30, { [LENGTH]: 5 })).toBe(5);
    expect(historyAfter(30, { [LENGTH]: 2n ** 63n - 1n })).toBe(30);
  });

  it('leaves out what says so, and routes it all the same', () => {
    expect(historyAfter(3, {}, { 'x-recent-history-no-store': true })).toBe(0);
    expect(historyAfter(3, {}, { 'x-recent-history-no-store': false })).toBe(3);
    expect(historyAfter(3, {}, { 'x-recent-history-no-store': 'true' })).toBe(3);
  });

  it('must see every message', () => {
    expect(exchangeOf(TYPE).router.isCacheable).toBe(false);
  });
});

describe('x-recent-history: the length is a positive integer', () => {
  const check = (length: PlainValue) => () =>
    EXCHANGE_TYPES.get(TYPE)?.validateArguments(tableOf({ [LENGTH]: length }), 'x');
  const typed = (type: string, value: number | bigint) => ({ type, value }) as FieldValue;

  it.each<[PlainValue]>([[1], [5n], [typed('b', 5)], [typed('s', 5)], [typed('L', 5n)]])(
    'a length is allowed',
    (length) => {
      expect(check(length)).not.toThrow();
    },
  );

  it.each<[PlainValue, string]>([
    [0, '0'],
    [-1, '-1'],
    ['5', '<<"5">>'],
    [true, 'true'],
    [1.5, '1.5'],
    [typed('B', 5), '5'],
    [typed('i', 5), '5'],
  ])('another is refused', (length, printed) => {
    expect(check(length)).toThrow(
      `PRECONDITION_FAILED - Invalid argument ${printed}, '${LENGTH}' must be a positive integer`,
    );
  });
});
