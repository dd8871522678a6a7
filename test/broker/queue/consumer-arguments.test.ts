import { expect, test } from 'vitest';
import { consumerSettingsOf } from '../../../src/broker/queue/consumer-arguments.ts';
import type { FieldValue } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';

const RESOURCE = "queue 'q' in vhost '/'";
const settings = (plain: { readonly [key: string]: PlainValue }) =>
  consumerSettingsOf(tableOf(plain), RESOURCE);
const refusal = (name: string, reason: string) =>
  `PRECONDITION_FAILED - invalid arg '${name}' for ${RESOURCE}: ${reason}`;

test('nothing asked for is priority 0 and the timeout of the queue', () => {
  expect(settings({})).toEqual({ priority: 0n, timeoutMs: undefined });
  expect(settings({ mine: 'kept' })).toEqual({ priority: 0n, timeoutMs: undefined });
});

test('a priority is an integer of any width and sign', () => {
  const fives: FieldValue[] = [
    ...(['b', 'B', 's', 'u', 'I', 'i'] as const).map((type) => ({ type, value: 5 })),
    ...(['l', 'L'] as const).map((type) => ({ type, value: 5n })),
  ];
  for (const five of fives) expect(settings({ 'x-priority': five }).priority).toBe(5n);
  expect(settings({ 'x-priority': -3 }).priority).toBe(-3n);
  expect(settings({ 'x-priority': 2n ** 63n - 1n }).priority).toBe(2n ** 63n - 1n);
});

test('a timeout is an integer from 0', () => {
  expect(settings({ 'x-consumer-timeout': 60_000 }).timeoutMs).toBe(60_000);
  expect(settings({ 'x-consumer-timeout': 0n }).timeoutMs).toBe(0);
});

test.each<[PlainValue, string]>([
  ['high', 'longstr'],
  [1.5, 'double'],
  [true, 'bool'],
  [null, 'void'],
])('other types are refused: %o', (value, type) => {
  for (const name of ['x-priority', 'x-consumer-timeout']) {
    const text = refusal(name, `"expected integer, got ${type}"`);
    expect(() => settings({ [name]: value })).toThrow(text);
  }
});

test('a negative timeout is refused', () => {
  const text = refusal('x-consumer-timeout', '{value_negative,-1}');
  expect(() => settings({ 'x-consumer-timeout': -1 })).toThrow(text);
});

test('what belongs to streams is refused', () => {
  for (const name of ['x-stream-offset', 'x-stream-filter', 'x-stream-match-unfiltered']) {
    expect(() => settings({ [name]: 1 })).toThrow(
      `PRECONDITION_FAILED - invalid arg '${name}' for ${RESOURCE} of queue type rabbit_classic_queue`,
    );
  }
});
