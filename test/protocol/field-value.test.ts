// Comparison and printing of values; the printed forms were taken from RabbitMQ's own functions.

import { expect, test } from 'vitest';
import { type FieldValue, fieldTypeName } from '../../src/protocol/field-table.ts';
import {
  fieldValueOf,
  fieldValuesEqual,
  formatFieldValue,
  tableOf,
  tablesEqual,
} from '../../src/protocol/field-value.ts';

test('integers are equal across their types', () => {
  expect(fieldValuesEqual({ type: 'b', value: 5 }, { type: 'l', value: 5n })).toBe(true);
  expect(fieldValuesEqual({ type: 'L', value: -1n }, { type: 'I', value: -1 })).toBe(true);
  expect(fieldValuesEqual({ type: 'I', value: 5 }, { type: 'I', value: 6 })).toBe(false);
});

test('other type families do not mix', () => {
  const five: FieldValue[] = [
    { type: 'I', value: 5 },
    { type: 'd', value: 5 },
    { type: 'T', value: 5n },
    { type: 'S', value: Buffer.from('5') },
    { type: 'x', value: Buffer.from('5') },
    { type: 'D', value: { scale: 0, value: 5 } },
    { type: 't', value: true },
    { type: 'V', value: undefined },
  ];
  for (const a of five) for (const b of five) expect(fieldValuesEqual(a, b)).toBe(a === b);
  expect(fieldValuesEqual({ type: 'f', value: 0.5 }, { type: 'd', value: 0.5 })).toBe(true);
});

test('tables and arrays are compared deeply', () => {
  const a = tableOf({ one: 1, list: ['x', { y: null }] });
  const same = tableOf({ list: ['x', { y: null }], one: 1n });
  expect(tablesEqual(a, same)).toBe(true);
  expect(tablesEqual(a, tableOf({ one: 1, list: ['x', { y: true }] }))).toBe(false);
  expect(tablesEqual(a, tableOf({ one: 1 }))).toBe(false);
  expect(tablesEqual(tableOf({ a: 1 }), tableOf({ b: 1 }))).toBe(false);
  expect(fieldValuesEqual(fieldValueOf([1]), fieldValueOf([1, 2]))).toBe(false);
});

test.each<[FieldValue, string]>([
  [{ type: 'I', value: 6 }, '6'],
  [{ type: 'l', value: -(2n ** 40n) }, '-1099511627776'],
  [{ type: 'S', value: Buffer.from('ab"c é') }, 'ab"c é'],
  [{ type: 't', value: true }, 'true'],
  [{ type: 'd', value: 5 }, '5.0'],
  [{ type: 'f', value: Math.fround(0.1) }, '0.10000000149011612'],
  [{ type: 'D', value: { scale: 2, value: 500 } }, '{2,500}'],
  [{ type: 'T', value: 500n }, '500'],
  [{ type: 'V', value: undefined }, 'undefined'],
  [fieldValueOf({ a: 5, b: 'x' }), '[{<<"a">>,signedint,5},{<<"b">>,longstr,<<"x">>}]'],
  [fieldValueOf(['x', [], null]), '[{longstr,<<"x">>},{array,[]},{void,undefined}]'],
  [fieldValueOf([Buffer.from([1, 2, 200]), '']), '[{longstr,<<1,2,200>>},{longstr,<<>>}]'],
])('value %# is printed as RabbitMQ prints it', (value, text) => {
  expect(formatFieldValue(value)).toBe(text);
});

test('names of types', () => {
  const names = Array.from('tbBsuIilLfdDSATFVx', (type) =>
    fieldTypeName(type as FieldValue['type']),
  );
  expect(names.join(' ')).toBe(
    'bool byte unsignedbyte short unsignedshort signedint unsignedint long long float double ' +
      'decimal longstr array timestamp table void binary',
  );
});

test('plain values become the types clients use', () => {
  const types = [
    ...tableOf({
      a: 'x',
      b: 1,
      c: 2 ** 31,
      d: 1.5,
      e: 1n,
      f: null,
      g: false,
      h: Buffer.alloc(1),
      i: [],
      j: { type: 'plain table', value: 1 },
      k: { type: 'T', value: 1n },
    }).values(),
  ].map((value) => value.type);
  expect(types.join('')).toBe('SIldlVtSAFT');
});
