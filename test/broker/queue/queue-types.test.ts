import { expect, it } from 'vitest';
import { DEFAULT_QUEUE_TYPE, QUEUE_TYPES } from '../../../src/broker/queue/queue-types.ts';

it('the types are named as x-queue-type names them', () => {
  expect([...QUEUE_TYPES.keys()]).toEqual(['classic', 'quorum', 'stream']);
  for (const [name, type] of QUEUE_TYPES) {
    expect(type.name).toBe(name);
    expect(type.moduleName).toBe(`rabbit_${name}_queue`);
  }
});

it('the default type is one that works', () => {
  expect(DEFAULT_QUEUE_TYPE.isSupported).toBe(true);
  expect(QUEUE_TYPES.get(DEFAULT_QUEUE_TYPE.name)).toBe(DEFAULT_QUEUE_TYPE);
});
