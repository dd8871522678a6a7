import { describe, expect, it } from 'vitest';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { exchangeOf } from './routing-fixture.ts';

describe('exchange', () => {
  it('knows its alternate exchange from its arguments', () => {
    expect(exchangeOf('direct').alternateExchange).toBeUndefined();
    const withAlternate = exchangeOf('direct', 'x', tableOf({ 'alternate-exchange': 'other' }));
    expect(withAlternate.alternateExchange).toBe('other');
    const withDefault = exchangeOf('direct', 'x', tableOf({ 'alternate-exchange': '' }));
    expect(withDefault.alternateExchange).toBeUndefined();
  });
});
