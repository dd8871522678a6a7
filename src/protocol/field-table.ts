// Field tables and arrays (semantics 1.5), decoded without loss: the type octet stays with each value,
// 64-bit integers are bigints, strings are octets. Depth and number of entries are bounded.

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { DecodeError } from './decode-error.ts';
import { TABLE_DEPTH_MAX, TABLE_ENTRIES_MAX } from './table-limits.ts';
import { TableScan } from './table-scan.ts';

/** A decimal is value / 10^scale; both unsigned. */
export interface Decimal {
  readonly scale: number;
  readonly value: number;
}

export type FieldValue =
  | { readonly type: 't'; readonly value: boolean }
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: 'l' | 'L' | 'T'; readonly value: bigint }
  | { readonly type: 'D'; readonly value: Decimal }
  | { readonly type: 'S' | 'x'; readonly value: Buffer }
  | { readonly type: 'A'; readonly value: readonly FieldValue[] }
  | { readonly type: 'F'; readonly value: FieldTable }
  | { readonly type: 'V'; readonly value: undefined };

type NumberType = 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd';

export type FieldType = FieldValue['type'];

/** Keys in wire order; of a key that came twice the first value counts. */
export type FieldTable = ReadonlyMap<string, FieldValue>;

export const EMPTY_TABLE: FieldTable = new Map();

const TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  t: 'bool',
  b: 'byte',
  B: 'unsignedbyte',
  s: 'short',
  u: 'unsignedshort',
  I: 'signedint',
  i: 'unsignedint',
  l: 'long',
  L: 'long',
  f: 'float',
  d: 'double',
  D: 'decimal',
  S: 'longstr',
  A: 'array',
  T: 'timestamp',
  F: 'table',
  V: 'void',
  x: 'binary',
};

/** The name of a type in RabbitMQ's error texts. */
export function fieldTypeName(type: FieldType): string {
  return TYPE_NAMES[type];
}

/** Reads a table with its length; throws a DecodeError. */
export function decodeTable(reader: ByteReader): FieldTable {
  const end = sectionEnd(reader);
  if (reader.position === end) return EMPTY_TABLE;
  return readPairs(reader, end, 1, { entryCount: 0 });
}

interface Budget {
  entryCount: number;
}

function sectionEnd(reader: ByteReader): number {
  const length = reader.long();
  if (length > reader.remaining) {
    throw new DecodeError('undecodable', `table of ${length} octets, ${reader.remaining} left`);
  }
  return reader.position + length;
}

function readPairs(reader: ByteReader, end: number, depth: number, budget: Budget): FieldTable {
  const table = new Map<string, FieldValue>();
  while (reader.position < end) {
    countEntry(budget);
    const key = reader.uncheckedShortString();
    const value = readValue(reader, depth, budget);
    if (!table.has(key)) table.set(key, value);
  }
  expectSectionEnd(reader, end);
  return table;
}

function readItems(reader: ByteReader, end: number, depth: number, budget: Budget): FieldValue[] {
  const items: FieldValue[] = [];
  while (reader.position < end) {
    countEntry(budget);
    items.push(readValue(reader, depth, budget));
  }
  expectSectionEnd(reader, end);
  return items;
}

function countEntry(budget: Budget): void {
  if (++budget.entryCount > TABLE_ENTRIES_MAX) {
    throw new DecodeError('syntax', `field table has more than ${TABLE_ENTRIES_MAX} entries`);
  }
}

function expectSectionEnd(reader: ByteReader, end: number): void {
  if (reader.position !== end) throw new DecodeError('undecodable', 'field runs over its table');
}

function readValue(reader: ByteReader, depth: number, budget: Budget): FieldValue {
  const type = String.fromCharCode(reader.octet());
  switch (type) {
    case 't':
      return { type, value: reader.octet() !== 0 };
    case 'l':
    case 'L':
      return { type, value: BigInt.asIntN(64, reader.longlongBig()) };
    case 'T':
      return { type, value: reader.longlongBig() };
    case 'D':
      return { type, value: { scale: reader.octet(), value: reader.long() } };
    case 'S':
    case 'x':
      return { type, value: reader.longString() };
    case 'V':
      return { type, value: undefined };
    case 'A':
    case 'F': {
      if (depth === TABLE_DEPTH_MAX) {
        throw new DecodeError('syntax', `field table is nested deeper than ${TABLE_DEPTH_MAX}`);
      }
      const end = sectionEnd(reader);
      return type === 'A'
        ? { type, value: readItems(reader, end, depth + 1, budget) }
        : { type, value: readPairs(reader, end, depth + 1, budget) };
    }
    default:
      return { type: type as NumberType, value: readNumber(reader, type) };
  }
}

function readNumber(reader: ByteReader, type: string): number {
  const { buffer } = reader;
  switch (type) {
    case 'b':
      return buffer.readInt8(reader.skip(1));
    case 'B':
      return reader.octet();
    case 's':
      return buffer.readInt16BE(reader.skip(2));
    case 'u':
      return reader.short();
    case 'I':
      return buffer.readInt32BE(reader.skip(4));
    case 'i':
      return reader.long();
    case 'f':
      return buffer.readFloatBE(reader.skip(4));
    case 'd':
      return buffer.readDoubleBE(reader.skip(8));
    default:
      throw new DecodeError('undecodable', `unknown field type ${type.charCodeAt(0)}`);
  }
}

/** Writes a table with its length. */
export function encodeTable(writer: ByteWriter, table: FieldTable): void {
  const lengthAt = writer.reserve(4);
  for (const [key, value] of table) {
    writer.shortString(key);
    writeValue(writer, value);
  }
  writer.patchLong(lengthAt, writer.position - lengthAt - 4);
}

function writeValue(writer: ByteWriter, field: FieldValue): void {
  writer.octet(field.type.charCodeAt(0));
  switch (field.type) {
    case 't':
      writer.octet(field.value ? 1 : 0);
      break;
    case 'l':
    case 'L':
    case 'T':
      writer.longlongBig(field.value);
      break;
    case 'D':
      writer.octet(field.value.scale);
      writer.long(field.value.value);
      break;
    case 'S':
    case 'x':
      writer.longString(field.value);
      break;
    case 'F':
      encodeTable(writer, field.value);
      break;
    case 'A': {
      const lengthAt = writer.reserve(4);
      for (const item of field.value) writeValue(writer, item);
      writer.patchLong(lengthAt, writer.position - lengthAt - 4);
      break;
    }
    case 'V':
      break;
    default:
      writeNumber(writer, field.type, field.value);
  }
}

function writeNumber(writer: ByteWriter, type: NumberType, value: number): void {
  switch (type) {
    case 'b':
    case 'B':
      writer.octet(value & 0xff);
      break;
    case 's':
    case 'u':
      writer.short(value & 0xffff);
      break;
    case 'I':
    case 'i':
      writer.long(value >>> 0);
      break;
    case 'f': {
      const at = writer.reserve(4);
      writer.buffer.writeFloatBE(value, at);
      break;
    }
    case 'd': {
      const at = writer.reserve(8);
      writer.buffer.writeDoubleBE(value, at);
      break;
    }
  }
}

const scan = new TableScan();

/**
 * Offset behind the table (with its length) that begins at `start`, or -1 when it is not a valid
 * table within [start, end). The same bounds as decodeTable, without making anything.
 */
export function skipTable(buffer: Buffer, start: number, end: number): number {
  return scan.skip(buffer, start, end);
}
