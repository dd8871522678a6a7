import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonOfTable, tableOfJson } from '../../src/admin/field-json.ts';
import type { FieldTable } from '../../src/protocol/field-table.ts';

const name = fc.string({ maxLength: 20 });
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('JSON comes back as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), (json) => {
      const plain = JSON.parse(JSON.stringify(json));
      expect(JSON.parse(JSON.stringify(jsonOfTable(tableOfJson('arguments', plain))))).toEqual(
        plain,
      );
    }),
  );
});

test('a field may be called as what objects inherit', () => {
  const json = JSON.parse('{"__proto__": {"constructor": 1}, "toString": "x"}');
  expect(JSON.stringify(jsonOfTable(tableOfJson('arguments', json)))).toBe(JSON.stringify(json));
});

test('types that JSON does not have', () => {
  const table: FieldTable = new Map([
    ['timestamp', { type: 'T', value: 1_700_000_000n }],
    ['decimal', { type: 'D', value: { scale: 2, value: 314 } }],
    ['binary', { type: 'x', value: Buffer.from([1, 2]) }],
    ['void', { type: 'V', value: undefined }],
    ['nan', { type: 'd', value: Number.NaN }],
    ['large', { type: 'L', value: 2n ** 62n }],
  ]);
  expect(jsonOfTable(table)).toEqual({
    timestamp: 1_700_000_000,
    decimal: 3.14,
    binary: 'AQI=',
    void: null,
    nan: 'NaN',
    large: 2 ** 62,
  });
});

test.for([
  [{ a: null }, 'null_not_allowed: a'],
  [{ a: [null] }, 'null_not_allowed: a'],
  [{ a: 2 ** 63 }, 'arguments: a does not fit into 64 bits'],
  [{ ['x'.repeat(256)]: 1 }, 'arguments: a name is longer than 255 bytes'],
  [{ a: Array.from({ length: 5_000 }, () => 1) }, 'arguments: more than 4096 fields'],
] as const)('%o is refused', ([json, message]) => {
  expect(() => tableOfJson('arguments', json)).toThrow(message);
});

test('tables in tables have a bound', () => {
  let deep: Record<string, unknown> = {};
  for (let depth = 0; depth < 40; depth++) deep = { deep };
  expect(() => tableOfJson('arguments', deep)).toThrow('arguments: nested deeper than 32 levels');
});
