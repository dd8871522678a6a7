import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { DEFAULT_GROUP_HEADERS, GroupKeyReader } from '../../../src/broker/queue/group-key.ts';
import type { FieldTable, FieldValue } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { incoming, type MessageParts } from '../../support/core/messages.ts';

const text = (value: string): FieldValue => ({ type: 'S', value: Buffer.from(value) });

function keyOf(
  headers: FieldTable | undefined,
  names = ['key'],
  properties: MessageParts['properties'] = {},
): string | undefined {
  const record = recordOf(
    incoming({
      body: Buffer.alloc(3),
      properties: { ...properties, ...(headers === undefined ? {} : { headers }) },
    }),
  );
  const before = Buffer.alloc(7);
  return new GroupKeyReader(names).keyAt(Buffer.concat([before, record]), before.length);
}

test('messages of one value are of one group, those of others are not', () => {
  const a = keyOf(tableOf({ key: text('a') }));
  expect(a).toBeDefined();
  expect(keyOf(tableOf({ other: text('b'), key: text('a') }))).toBe(a);
  expect(
    keyOf(tableOf({ key: text('a') }), ['key'], { contentType: 't', contentEncoding: 'e' }),
  ).toBe(a);
  expect(keyOf(tableOf({ key: text('A') }))).not.toBe(a);
  expect(keyOf(tableOf({ key: { type: 'x', value: Buffer.from('a') } }))).not.toBe(a);
});

test('without the header, or with an empty one, there is no group', () => {
  expect(keyOf(undefined)).toBeUndefined();
  expect(keyOf(undefined, ['key'], { contentType: 'key' })).toBeUndefined();
  expect(keyOf(tableOf({}))).toBeUndefined();
  expect(keyOf(tableOf({ keys: text('a'), ke: text('a'), Key: text('a') }))).toBeUndefined();
  expect(keyOf(tableOf({ key: text('') }))).toBeUndefined();
  expect(keyOf(tableOf({ key: { type: 'V', value: undefined } }))).toBeUndefined();
  const inner: FieldValue = { type: 'F', value: tableOf({ key: text('a') }) };
  expect(keyOf(tableOf({ outer: inner }))).toBeUndefined();
});

test('a whole number is the same key whatever its width, and none that is text', () => {
  for (const value of [5, -5]) {
    const signed: FieldValue[] = [
      ...(['b', 's', 'I'] as const).map((type) => ({ type, value })),
      ...(['l', 'L'] as const).map((type) => ({ type, value: BigInt(value) })),
    ];
    const unsigned: FieldValue[] = (['B', 'u', 'i'] as const).map((type) => ({ type, value }));
    const keys = [...signed, ...(value < 0 ? [] : unsigned)].map((number) =>
      keyOf(tableOf({ key: number })),
    );
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).not.toBe(keyOf(tableOf({ key: text(`${value}`) })));
    expect(keys[0]).not.toBe(keyOf(tableOf({ key: { type: 'd', value } })));
  }
});

test('of several names the first that is there counts', () => {
  const jms = tableOf({ 'group-id': text('b'), JMSXGroupID: text('a') });
  const names = [...DEFAULT_GROUP_HEADERS];
  expect(keyOf(jms, names)).toBe(keyOf(tableOf({ key: text('a') })));
  expect(keyOf(tableOf({ 'group-id': text('b') }), names)).toBe(keyOf(tableOf({ key: text('b') })));
});

test('the header is found behind values of every type', () => {
  const leaf: fc.Arbitrary<FieldValue> = fc.oneof(
    fc.boolean().map((value) => ({ type: 't' as const, value })),
    fc.nat({ max: 100 }).map((value) => ({ type: 'I' as const, value })),
    fc.bigInt({ min: 0n, max: 9n }).map((value) => ({ type: 'T' as const, value })),
    fc.constant({ type: 'D' as const, value: { scale: 2, value: 314 } }),
    fc.constant({ type: 'd' as const, value: 1.5 }),
    fc.constant({ type: 'V' as const, value: undefined }),
    fc.string({ maxLength: 9 }).map(text),
  );
  const value: fc.Arbitrary<FieldValue> = fc.oneof(
    leaf,
    fc.array(leaf).map((items) => ({ type: 'A' as const, value: items })),
    leaf.map((item) => ({ type: 'F' as const, value: new Map([['key', item]]) })),
  );
  const expected = keyOf(tableOf({ key: text('a') }));
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 8 }),
      fc.array(value, { maxLength: 3 }),
      (before, after) => {
        const headers = new Map<string, FieldValue>(before.map((each, i) => [`b${i}`, each]));
        headers.set('key', text('a'));
        after.forEach((each, i) => {
          headers.set(`a${i}`, each);
        });
        expect(keyOf(headers)).toBe(expected);
      },
    ),
  );
});
