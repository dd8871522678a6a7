// Field values compared, printed and made: the rules above the bytes of field-table.ts.

import { formatDouble, formatOctets } from './erlang-text.ts';
import { type FieldTable, type FieldType, type FieldValue, fieldTypeName } from './field-table.ts';

const INTEGER_TYPES = 'bBsuIilL';

/**
 * Equal as RabbitMQ's argument check has it: integers of any type by number, floats by number, strings
 * by octets, tables and arrays by their contents (the order of a table's keys does not matter).
 */
export function fieldValuesEqual(a: FieldValue, b: FieldValue): boolean {
  if (INTEGER_TYPES.includes(a.type) && INTEGER_TYPES.includes(b.type)) {
    // Loose on purpose: one may be a number and the other a bigint.
    return BigInt(a.value as number | bigint) === BigInt(b.value as number | bigint);
  }
  if ((a.type === 'f' || a.type === 'd') && (b.type === 'f' || b.type === 'd')) {
    return a.value === b.value;
  }
  if (a.type !== b.type) return false;
  switch (a.type) {
    case 'S':
    case 'x':
      return a.value.equals(b.value as Buffer);
    case 'D': {
      const other = b.value as typeof a.value;
      return a.value.scale === other.scale && a.value.value === other.value;
    }
    case 'A': {
      const other = b.value as readonly FieldValue[];
      return (
        a.value.length === other.length &&
        a.value.every((item, i) => fieldValuesEqual(item, other[i] as FieldValue))
      );
    }
    case 'F':
      return tablesEqual(a.value, b.value as FieldTable);
    default:
      return a.value === b.value;
  }
}

export function tablesEqual(a: FieldTable, b: FieldTable): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !fieldValuesEqual(value, other)) return false;
  }
  return true;
}

/** The value as RabbitMQ prints it between quotes in `inequivalent arg` texts. */
export function formatFieldValue(field: FieldValue): string {
  if (field.type === 'S' || field.type === 'x') return field.value.toString('utf8');
  return formatTerm(field);
}

/** The value as an Erlang term (~p): strings stand in `<<"…">>`. */
export function formatTerm(field: FieldValue): string {
  switch (field.type) {
    case 'S':
    case 'x':
      return formatOctets(field.value, 0, field.value.length);
    case 'f':
    case 'd':
      return formatDouble(field.value);
    case 'D':
      return `{${field.value.scale},${field.value.value}}`;
    case 'A':
      return `[${field.value.map((item) => `{${fieldTypeName(item.type)},${formatTerm(item)}}`).join(',')}]`;
    case 'F':
      return `[${Array.from(field.value, formatTableEntry).join(',')}]`;
    default:
      return String(field.value);
  }
}

/** One entry of a table as an Erlang term: {<<"key">>,type,value}. */
export function formatTableEntry([key, field]: [string, FieldValue]): string {
  const octets = Buffer.from(key, 'utf8');
  return `{${formatOctets(octets, 0, octets.length)},${fieldTypeName(field.type)},${formatTerm(field)}}`;
}

/** What tableOf takes: plain values, or a FieldValue where the type octet matters. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Buffer
  | FieldValue
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** A table of plain values: string and Buffer → S, integers → I or l, other numbers → d, null → V. */
export function tableOf(plain: { readonly [key: string]: PlainValue }): FieldTable {
  return new Map(Object.entries(plain).map(([key, value]) => [key, fieldValueOf(value)]));
}

export function fieldValueOf(plain: PlainValue): FieldValue {
  if (plain === null || plain === undefined) return { type: 'V', value: undefined };
  if (typeof plain === 'string') return { type: 'S', value: Buffer.from(plain, 'utf8') };
  if (typeof plain === 'boolean') return { type: 't', value: plain };
  if (typeof plain === 'bigint') return { type: 'l', value: plain };
  if (typeof plain === 'number') return numberValueOf(plain);
  if (Buffer.isBuffer(plain)) return { type: 'S', value: plain };
  if (isList(plain)) return { type: 'A', value: plain.map(fieldValueOf) };
  if (isFieldValue(plain)) return plain;
  return { type: 'F', value: tableOf(plain) };
}

function numberValueOf(plain: number): FieldValue {
  if (!Number.isInteger(plain)) return { type: 'd', value: plain };
  if (plain === (plain | 0)) return { type: 'I', value: plain };
  return { type: 'l', value: BigInt(plain) };
}

function isList(plain: object): plain is readonly PlainValue[] {
  return Array.isArray(plain);
}

function isFieldValue(plain: object): plain is FieldValue {
  const { type } = plain as { readonly type?: unknown };
  return typeof type === 'string' && 'value' in plain && isFieldType(type);
}

function isFieldType(type: string): type is FieldType {
  return type.length === 1 && 'tbBsuIilLfdDSATFVx'.includes(type);
}
