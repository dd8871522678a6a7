// Tables with values of every type, for properties.

import fc from 'fast-check';
import type { FieldTable, FieldValue } from '../../../src/protocol/field-table.ts';

const octets = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const keys = fc.string({ unit: 'grapheme', maxLength: 6 });

export const { table } = fc.letrec<{ table: FieldTable; value: FieldValue }>((tie) => ({
  table: fc
    .array(fc.tuple(keys, tie('value')), { maxLength: 5 })
    .map((pairs): FieldTable => new Map(pairs)),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.boolean().map((value): FieldValue => ({ type: 't', value })),
    fc.integer({ min: -128, max: 127 }).map((value): FieldValue => ({ type: 'b', value })),
    fc.nat(255).map((value): FieldValue => ({ type: 'B', value })),
    fc.integer({ min: -32768, max: 32767 }).map((value): FieldValue => ({ type: 's', value })),
    fc.nat(65535).map((value): FieldValue => ({ type: 'u', value })),
    fc.integer().map((value): FieldValue => ({ type: 'I', value })),
    fc.nat(0xffffffff).map((value): FieldValue => ({ type: 'i', value })),
    fc
      .tuple(fc.constantFrom('l' as const, 'L' as const), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))
      .map(([type, value]): FieldValue => ({ type, value })),
    fc.bigInt(0n, 2n ** 64n - 1n).map((value): FieldValue => ({ type: 'T', value })),
    fc.float().map((value): FieldValue => ({ type: 'f', value })),
    fc.double().map((value): FieldValue => ({ type: 'd', value })),
    fc
      .tuple(fc.nat(255), fc.nat(0xffffffff))
      .map(([scale, value]): FieldValue => ({ type: 'D', value: { scale, value } })),
    octets.map((value): FieldValue => ({ type: 'S', value })),
    octets.map((value): FieldValue => ({ type: 'x', value })),
    fc.constant<FieldValue>({ type: 'V', value: undefined }),
    fc.array(tie('value'), { maxLength: 4 }).map((value): FieldValue => ({ type: 'A', value })),
    tie('table').map((value): FieldValue => ({ type: 'F', value })),
  ),
}));
