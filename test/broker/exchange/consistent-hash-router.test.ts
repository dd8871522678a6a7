import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/broker/exchange/exchange.ts';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
import type { RoutedMessage } from '../../../src/broker/exchange/router.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy, unbind } from './routing-fixture.ts';

const TYPE = 'x-consistent-hash';

describeRouterContract({
  type: TYPE,
  routingKey: '10',
  arguments: {},
  message: messageOf(['some.key']),
  reaches: 'one',
  matchesEverything: true,
  otherKey: () => '1',
});

function hashing(plainArguments: { readonly [key: string]: PlainValue } = {}): Exchange {
  return exchangeOf(TYPE, 'x', tableOf(plainArguments));
}

/** Where each of `count` messages goes. */
function spread(
  exchange: Exchange,
  count: number,
  messageAt: (index: number) => RoutedMessage = (index) => messageOf([`key.${index}`]),
): string[] {
  return Array.from({ length: count }, (_, index) => reachedBy(exchange, messageAt(index)).join());
}

function share(names: readonly string[], name: string): number {
  return names.filter((one) => one === name).length / names.length;
}

describe('x-consistent-hash', () => {
  it('spreads keys by weight', () => {
    const exchange = hashing();
    bindTo(exchange, queueNamed('light'), '1');
    bindTo(exchange, queueNamed('heavy'), '3');
    expect(share(spread(exchange, 10_000), 'heavy')).toBeCloseTo(0.75, 1);
  });

  it('moves only the share of a destination that comes', () => {
    const exchange = hashing();
    for (const name of ['a', 'b', 'c', 'd']) bindTo(exchange, queueNamed(name), '10');
    const before = spread(exchange, 10_000);
    const binding = bindTo(exchange, queueNamed('e'), '10');
    const after = spread(exchange, 10_000);
    const moved = after.filter((name, index) => name !== before[index]);
    expect(new Set(moved)).toEqual(new Set(['e']));
    expect(moved.length / 10_000).toBeCloseTo(0.2, 1);
    unbind(binding);
    expect(spread(exchange, 10_000)).toEqual(before);
  });

  it('uses the publish key alone, whatever CC adds', () => {
    const exchange = hashing();
    for (const name of ['a', 'b', 'c', 'd']) bindTo(exchange, queueNamed(name), '10');
    const plain = spread(exchange, 100);
    const withCc = spread(exchange, 100, (index) => messageOf([`key.${index}`, 'cc']));
    expect(withCc).toEqual(plain);
  });

  it('counts the oldest binding of a destination, then the next', () => {
    const exchange = hashing();
    const queue = queueNamed('twice');
    const oldest = bindTo(exchange, queue, '1');
    bindTo(exchange, queueNamed('once'), '1');
    bindTo(exchange, queue, '9');
    expect(share(spread(exchange, 10_000), 'twice')).toBeCloseTo(0.5, 1);
    unbind(oldest);
    expect(share(spread(exchange, 10_000), 'twice')).toBeCloseTo(0.9, 1);
  });

  it.each<[string, PlainValue, (value: string | undefined) => RoutedMessage]>([
    [
      'hash-header',
      'tenant',
      (value) => messageOf(['k'], value === undefined ? {} : { tenant: value }),
    ],
    [
      'hash-property',
      'correlation_id',
      (value) => messageOf(['k'], {}, value === undefined ? {} : { correlationId: value }),
    ],
    [
      'hash-property',
      'message_id',
      (value) => messageOf(['k'], {}, value === undefined ? {} : { messageId: value }),
    ],
    [
      'hash-property',
      'timestamp',
      (value) => messageOf(['k'], {}, value === undefined ? {} : { timestamp: BigInt(value) }),
    ],
  ])('%s %s decides, and those without it go one way', (name, value, messageWith) => {
    const exchange = hashing({ [name]: value });
    expect(exchange.router.isCacheable).toBe(false);
    for (const queue of ['a', 'b', 'c']) bindTo(exchange, queueNamed(queue), '10');
    const names = spread(exchange, 3_000, (index) => messageWith(String(index)));
    for (const queue of ['a', 'b', 'c']) expect(share(names, queue)).toBeCloseTo(1 / 3, 1);
    const same = spread(exchange, 3_000, (index) => messageWith(String(index)));
    expect(same).toEqual(names);
    expect(new Set(spread(exchange, 50, () => messageWith(undefined))).size).toBe(1);
  });

  it('takes a number for the same in any integer type', () => {
    const exchange = hashing({ 'hash-header': 'tenant' });
    for (const queue of ['a', 'b', 'c', 'd']) bindTo(exchange, queueNamed(queue), '10');
    for (let tenant = 0; tenant < 50; tenant++) {
      const narrow = reachedBy(exchange, messageOf(['k'], { tenant }));
      expect(reachedBy(exchange, messageOf(['k'], { tenant: BigInt(tenant) }))).toEqual(narrow);
    }
  });

  it('keeps routes by key when the key decides', () => {
    expect(hashing().router.isCacheable).toBe(true);
  });
});

describe('x-consistent-hash: a weight is a positive integer', () => {
  const destination = { queue: queueNamed('q') };
  const validate = (key: string) => () => hashing().router.validate(key, new Map(), destination);

  it.each(['1', '+5', '007', '10000'])('%s is allowed', (key) => {
    expect(validate(key)).not.toThrow();
  });

  it.each([
    ['abc', 'The binding key must be an integer: <<"abc">>'],
    ['', 'The binding key must be an integer: <<>>'],
    ['1.5', 'The binding key must be an integer: <<"1.5">>'],
    [' 1', 'The binding key must be an integer: <<" 1">>'],
    ['0', 'The binding key must be greater than 0'],
    ['-3', 'The binding key must be greater than 0'],
    ['10001', 'The binding key must not exceed 10000'],
    ['9'.repeat(250), 'The binding key must not exceed 10000'],
  ])('%j is refused', (key, text) => {
    expect(validate(key)).toThrow(`PRECONDITION_FAILED - ${text}`);
  });
});

describe('x-consistent-hash: arguments of the exchange', () => {
  const check = (plain: { readonly [key: string]: PlainValue }) => () =>
    EXCHANGE_TYPES.get(TYPE)?.validateArguments(tableOf(plain), "exchange 'x' in vhost '/'");

  it.each<[{ readonly [key: string]: PlainValue }]>([
    [{}],
    [{ 'hash-header': '' }],
    [{ 'hash-header': 'h' }],
    [{ 'hash-property': 'message_id' }],
  ])('%j are allowed', (plain) => {
    expect(check(plain)).not.toThrow();
  });

  it.each<[{ readonly [key: string]: PlainValue }, string]>([
    [
      { 'hash-header': 'h', 'hash-property': 'message_id' },
      'hash-header and hash-property are mutually exclusive',
    ],
    [
      { 'hash-header': 'h', 'hash-property': 'odd' },
      'hash-header and hash-property are mutually exclusive',
    ],
    [{ 'hash-property': 'odd' }, 'Unsupported property: odd'],
    [{ 'hash-property': '' }, 'Unsupported property: '],
    [
      { 'hash-header': 5 },
      "invalid type 'signedint' for arg 'hash-header' in exchange 'x' in vhost '/'",
    ],
    [
      { 'hash-property': true },
      "invalid type 'bool' for arg 'hash-property' in exchange 'x' in vhost '/'",
    ],
  ])('%j are refused', (plain, text) => {
    expect(check(plain)).toThrow(`PRECONDITION_FAILED - ${text}`);
  });
});
