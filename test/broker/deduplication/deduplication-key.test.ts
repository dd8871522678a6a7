import { describe, expect, it } from 'vitest';
import {
  deduplicationKey,
  deduplicationTtlMs,
} from '../../../src/broker/deduplication/deduplication-key.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';

const keyOf = (value: PlainValue) => deduplicationKey({ headers: tableOf({ h: value }) }, 'h');

describe('the key of a message', () => {
  it('tells values of different kinds and contents apart', () => {
    const values: PlainValue[] = [
      '',
      'a',
      '1',
      1,
      -1,
      2n ** 60n,
      1.5,
      true,
      false,
      null,
      [1],
      ['1'],
    ];
    const keys = values.map((value) => keyOf(value)?.toString('latin1'));
    expect(new Set(keys).size).toBe(values.length);
    expect(keys).not.toContain(undefined);
  });

  it('is the same for integers of every width', () => {
    for (const type of ['b', 'B', 's', 'u', 'i'] as const) {
      expect(keyOf({ type, value: 7 })).toEqual(keyOf(7));
    }
    expect(keyOf(7n)).toEqual(keyOf(7));
  });

  it('is there only with the header, and not when it is very long', () => {
    expect(deduplicationKey({}, 'h')).toBeUndefined();
    expect(deduplicationKey({ headers: tableOf({ other: 1 }) }, 'h')).toBeUndefined();
    expect(keyOf('x'.repeat(4095))).toHaveLength(4096);
    expect(keyOf('x'.repeat(4096))).toBeUndefined();
  });

  it('is the message-id where the header is called so, unless there is such a header', () => {
    expect(deduplicationKey({ messageId: 'm' }, 'message-id')).toEqual(keyOf('m'));
    const both = { messageId: 'm', headers: tableOf({ 'message-id': 'header' }) };
    expect(deduplicationKey(both, 'message-id')).toEqual(keyOf('header'));
    expect(deduplicationKey({ messageId: 'm' }, 'h')).toBeUndefined();
  });
});

it('a message may say how long it counts, as an integer', () => {
  const ttlOf = (value: PlainValue) =>
    deduplicationTtlMs({ headers: tableOf({ 'x-cache-ttl': value }) });
  expect([ttlOf(5), ttlOf(5n), ttlOf(0)]).toEqual([5, 5, 0]);
  expect([ttlOf(-1), ttlOf('5'), ttlOf(1.5), deduplicationTtlMs({})]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});
