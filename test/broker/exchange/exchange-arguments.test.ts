import { describe, expect, it } from 'vitest';
import { NO_POLICIES, type PolicyValue } from '../../../src/broker/applied-policies.ts';
import {
  exchangeIntakeSettings,
  validateExchangeArguments,
} from '../../../src/broker/exchange/exchange-arguments.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { exchangeOf } from './routing-fixture.ts';

function settings(
  plain: { readonly [name: string]: PlainValue },
  policy: { readonly [name: string]: PolicyValue } = {},
  type = 'direct',
) {
  const exchange = exchangeOf(type, 'x', tableOf(plain));
  exchange.applyPolicies({ ...NO_POLICIES, definition: new Map(Object.entries(policy)) });
  return exchangeIntakeSettings(exchange);
}

describe('what exchanges do before they route', () => {
  it('is nothing for nearly all', () => {
    expect(settings({ 'x-cache-size': 5 })).toEqual({
      isDelaying: false,
      deduplication: undefined,
    });
  });

  it('is a delay by type, argument or policy; the argument goes before the policy', () => {
    expect(settings({ 'x-delayed-type': 'direct' }, {}, 'x-delayed-message').isDelaying).toBe(true);
    expect(settings({ 'x-delayed-exchange': true }).isDelaying).toBe(true);
    expect(settings({}, { 'delayed-message': true }).isDelaying).toBe(true);
    const off = settings({ 'x-delayed-exchange': false }, { 'delayed-message': true });
    expect(off.isDelaying).toBe(false);
  });

  it('is a look for duplicates, with defaults', () => {
    expect(settings({ 'x-message-deduplication': true }).deduplication).toEqual({
      cacheSize: 128,
      ttlMs: undefined,
      header: 'x-deduplication-header',
    });
    const policy = {
      'message-deduplication': true,
      'cache-size': 9,
      'cache-ttl': 60_000,
      'deduplication-header': 'message-id',
    };
    expect(settings({ 'x-cache-size': 5 }, policy).deduplication).toEqual({
      cacheSize: 5,
      ttlMs: 60_000,
      header: 'message-id',
    });
  });
});

it('wrong values are refused, unknown names are not', () => {
  const check = (plain: { readonly [name: string]: PlainValue }) => () =>
    validateExchangeArguments("exchange 'x' in vhost '/'", tableOf(plain));
  expect(check({ 'x-delayed-exchange': 1 })).toThrow(
    "PRECONDITION_FAILED - invalid arg 'x-delayed-exchange' for exchange 'x' in vhost '/': {unacceptable_type,signedint}",
  );
  expect(check({ 'x-cache-ttl': 0 })).toThrow("invalid arg 'x-cache-ttl'");
  expect(check({ 'x-cache-size': 1_000_000, 'x-unheard-of': 5 })).not.toThrow();
});
