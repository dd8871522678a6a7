import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
import { exchangeOf } from './routing-fixture.ts';

describe('the list of exchange types', () => {
  it('has the types of AMQP 0-9-1, and those of plug-ins', () => {
    expect([...EXCHANGE_TYPES.keys()]).toEqual([
      'direct',
      'fanout',
      'headers',
      'topic',
      'x-delayed-message',
    ]);
  });

  it('gives each exchange a router of its own', () => {
    for (const type of EXCHANGE_TYPES.keys()) {
      expect(exchangeOf(type).router).not.toBe(exchangeOf(type).router);
    }
  });

  it('has a test file for each type, which runs the contract', () => {
    const files = readdirSync(new URL('.', import.meta.url));
    for (const type of EXCHANGE_TYPES.keys()) expect(files).toContain(`${type}-router.test.ts`);
  });
});
