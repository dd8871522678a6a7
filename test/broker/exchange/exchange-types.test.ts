import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';
import { EMPTY_TABLE } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { exchangeOf } from './routing-fixture.ts';

describe('the list of exchange types', () => {
  it("has the types of AMQP 0-9-1 and of RabbitMQ's plug-ins", () => {
    expect([...EXCHANGE_TYPES.keys()]).toEqual([
      'direct',
      'fanout',
      'headers',
      'topic',
      'x-consistent-hash',
      'x-delayed-message',
      'x-local-random',
      'x-modulus-hash',
      'x-random',
      'x-recent-history',
    ]);
  });

  it('gives each exchange a router of its own', () => {
    for (const type of EXCHANGE_TYPES.keys()) {
      expect(exchangeOf(type).router).not.toBe(exchangeOf(type).router);
    }
  });

  it('allows every type but one without arguments, and arguments that nobody knows', () => {
    for (const [type, { validateArguments }] of EXCHANGE_TYPES) {
      if (type === 'x-delayed-message') continue;
      expect(() => validateArguments(EMPTY_TABLE, 'x')).not.toThrow();
      expect(() => validateArguments(tableOf({ 'x-unheard-of': 1 }), 'x')).not.toThrow();
    }
  });

  it('has a test file for each type, which runs the contract', () => {
    const files = readdirSync(new URL('.', import.meta.url));
    for (const type of EXCHANGE_TYPES.keys()) {
      expect(files).toContain(`${type.replace(/^x-/, '')}-router.test.ts`);
    }
  });
});
