import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingKey } from '../../../src/broker/exchange/binding.ts';
import { EMPTY_TABLE } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { bindTo, exchangeOf, queueNamed, TestQueue } from './routing-fixture.ts';

describe('binding', () => {
  it('leads to a queue or to an exchange', () => {
    const queue = queueNamed('q');
    const next = exchangeOf('fanout', 'next');
    const source = exchangeOf('direct');
    expect(bindTo(source, queue).destination).toBe(queue);
    expect(bindTo(source, next).destination).toBe(next);
    expect(bindTo(source, next, 'k').destinationQueue).toBeUndefined();
  });

  it('is durable only when both ends are', () => {
    const transient = exchangeOf('direct');
    const durable = queueNamed('q');
    expect(bindTo(transient, new TestQueue({ ...durable, isDurable: true })).isDurable).toBe(false);
  });
});

describe('identity of a binding', () => {
  it('does not depend on the order of argument names', () => {
    const one = bindingKey('queue', 'q', 'k', tableOf({ a: 1, b: 'x' }));
    expect(bindingKey('queue', 'q', 'k', tableOf({ b: 'x', a: 1 }))).toBe(one);
  });

  it('depends on values and their types', () => {
    const one = bindingKey('queue', 'q', 'k', tableOf({ a: 1 }));
    expect(bindingKey('queue', 'q', 'k', tableOf({ a: 2 }))).not.toBe(one);
    expect(bindingKey('queue', 'q', 'k', tableOf({ a: 1n }))).not.toBe(one);
    expect(bindingKey('queue', 'q', 'k', EMPTY_TABLE)).not.toBe(one);
    expect(bindingKey('exchange', 'q', 'k', tableOf({ a: 1 }))).not.toBe(one);
  });

  it('never confuses the destination with the routing key', () => {
    const text = fc.string({ maxLength: 6, unit: fc.constantFrom('a', ':', '1', 'q', 'e', '\0') });
    fc.assert(
      fc.property(text, text, text, text, (name, key, otherName, otherKey) => {
        const isSame = name === otherName && key === otherKey;
        const one = bindingKey('queue', name, key, EMPTY_TABLE);
        expect(one === bindingKey('queue', otherName, otherKey, EMPTY_TABLE)).toBe(isSame);
      }),
    );
  });
});
