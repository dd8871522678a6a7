// Tables round-trip without loss, the scanner agrees with the decoder, and the bounds hold.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/protocol/byte-reader.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { DecodeError } from '../../src/protocol/decode-error.ts';
import { EMPTY_TABLE, type FieldTable, skipTable } from '../../src/protocol/field-table.ts';
import { TABLE_DEPTH_MAX, TABLE_ENTRIES_MAX } from '../../src/protocol/table-limits.ts';
import { table } from '../support/core/any-table.ts';

function encode(value: FieldTable): Buffer {
  const writer = new ByteWriter(4);
  writer.table(value);
  return writer.take();
}

function withLength(pairs: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(pairs.length);
  return Buffer.concat([length, pairs]);
}

test('any table round-trips and is skipped to its end', () => {
  fc.assert(
    fc.property(table, (value) => {
      const bytes = encode(value);
      const reader = new ByteReader(bytes);
      expect(reader.table()).toEqual(value);
      expect(reader.remaining).toBe(0);
      expect(skipTable(bytes, 0, bytes.length)).toBe(bytes.length);
    }),
    { numRuns: 500 },
  );
});

test('skipTable accepts exactly what the decoder accepts', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
  let refused = 0;
  fc.assert(
    fc.property(table, damage, fc.nat(), (value, changes, cut) => {
      const bytes = encode(value);
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
      const end = cut % 3 === 0 ? cut % (bytes.length + 1) : bytes.length;
      const reader = new ByteReader(bytes, 0, end);
      let decodedEnd = -1;
      try {
        reader.table();
        decodedEnd = reader.position;
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        refused++;
      }
      expect(skipTable(bytes, 0, end)).toBe(decodedEnd);
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(100);
});

describe('details', () => {
  test('decoded strings do not share memory with the input', () => {
    const bytes = encode(new Map([['k', { type: 'S', value: Buffer.from('abc') }]]));
    const decoded = new ByteReader(bytes).table();
    bytes.fill(0);
    expect(decoded.get('k')?.value).toEqual(Buffer.from('abc'));
  });

  test('an empty table is the shared one', () => {
    expect(new ByteReader(Buffer.alloc(4)).table()).toBe(EMPTY_TABLE);
  });

  test('the first of two equal keys counts', () => {
    const bytes = withLength(Buffer.from('\x01ab\x01\x01ab\x02', 'latin1'));
    expect(new ByteReader(bytes).table().get('a')).toEqual({ type: 'b', value: 1 });
  });

  test('any octet but zero is true, and NaN is a number', () => {
    const bytes = withLength(Buffer.from('\x01at\x07\x01nf\x7f\xc0\x00\x00', 'latin1'));
    const decoded = new ByteReader(bytes).table();
    expect(decoded.get('a')).toEqual({ type: 't', value: true });
    expect(decoded.get('n')?.value).toBeNaN();
  });
});

function nested(depth: number, type: 'A' | 'F'): Buffer {
  let inner: Buffer = withLength(Buffer.alloc(0));
  for (let i = 1; i < depth; i++) {
    const isOutermost = i === depth - 1;
    const key = type === 'F' || isOutermost ? Buffer.from([0]) : Buffer.alloc(0);
    inner = withLength(Buffer.concat([key, Buffer.from(type), inner]));
  }
  return inner;
}

describe('bounds', () => {
  test.each(['A', 'F'] as const)('nesting in %s', (type) => {
    const deepest = nested(TABLE_DEPTH_MAX, type);
    expect(() => new ByteReader(deepest).table()).not.toThrow();
    expect(skipTable(deepest, 0, deepest.length)).toBe(deepest.length);
    const deeper = nested(TABLE_DEPTH_MAX + 1, type);
    expect(() => new ByteReader(deeper).table()).toThrow('field table is nested deeper than 32');
    expect(skipTable(deeper, 0, deeper.length)).toBe(-1);
    const absurd = nested(2_000, type);
    expect(skipTable(absurd, 0, absurd.length)).toBe(-1);
    expect(() => new ByteReader(absurd).table()).toThrow(DecodeError);
  });

  test('entries, counted through all levels', () => {
    const items = (count: number): Buffer =>
      withLength(Buffer.concat([Buffer.from('\x01aA'), withLength(Buffer.alloc(count, 'V'))]));
    const most = items(TABLE_ENTRIES_MAX - 1);
    expect(new ByteReader(most).table().size).toBe(1);
    expect(skipTable(most, 0, most.length)).toBe(most.length);
    const more = items(TABLE_ENTRIES_MAX);
    expect(() => new ByteReader(more).table()).toThrow('field table has more than 4096 entries');
    expect(skipTable(more, 0, more.length)).toBe(-1);
  });
});
