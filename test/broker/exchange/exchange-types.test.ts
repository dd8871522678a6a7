import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXCHANGE_TYPES } from '../../../src/broker/exchange/exchange-types.ts';

describe('the list of exchange types', () => {
  it('has the types of AMQP 0-9-1', () => {
    expect([...EXCHANGE_TYPES.keys()]).toEqual(['direct', 'fanout', 'headers', 'topic']);
  });

  it('gives each exchange a router of its own', () => {
    for (const createRouter of EXCHANGE_TYPES.values()) {
      expect(createRouter()).not.toBe(createRouter());
    }
  });

  it('has a test file for each type, which runs the contract', () => {
    const files = readdirSync(new URL('.', import.meta.url));
    for (const type of EXCHANGE_TYPES.keys()) expect(files).toContain(`${type}-router.test.ts`);
  });
});
