// Method payloads to and from fields as text, for the test client.
import {
  decodeTable,
  encodeInteger,
  encodeTable,
  type FieldEntry,
  longString,
  shortString,
} from './field-value.ts';
import { type FieldType, type MethodShape, methodNamed, methodWithIds } from './method-table.ts';

/** Numbers in decimal, bits as `true` and `false`, strings as they are. */
export type MethodFieldValue = string | readonly FieldEntry[];
export type MethodFields = ReadonlyMap<string, MethodFieldValue>;

export interface DecodedMethod {
  readonly shape: MethodShape;
  readonly fields: MethodFields;
}

const INTEGER_SIZES = { octet: 1, short: 2, long: 4, longlong: 8 } as const;

/** A payload of the method; fields that are not named are zero, empty, false. */
export function encodeMethod(name: string, fields: MethodFields): Buffer {
  const shape = methodNamed(name);
  for (const field of fields.keys()) {
    if (!shape.fields.some((known) => known.name === field)) {
      throw new Error(`${name} has no field ${field}`);
    }
  }
  const parts = [encodeInteger(BigInt(shape.classId), 2), encodeInteger(BigInt(shape.methodId), 2)];
  let bits: number[] = [];
  const endBits = (): void => {
    for (let at = 0; at < bits.length; at += 8) {
      parts.push(
        Buffer.of(bits.slice(at, at + 8).reduce((octet, bit, i) => octet | (bit << i), 0)),
      );
    }
    bits = [];
  };
  for (const field of shape.fields) {
    const value = fields.get(field.name);
    if (field.type === 'bit') {
      bits.push(value === 'true' ? 1 : 0);
    } else {
      endBits();
      parts.push(encodeField(field.type, value));
    }
  }
  endBits();
  return Buffer.concat(parts);
}

function encodeField(type: Exclude<FieldType, 'bit'>, value: MethodFieldValue | undefined): Buffer {
  if (type === 'table') return encodeTable(typeof value === 'string' ? [] : (value ?? []));
  const text = typeof value === 'string' ? value : '';
  if (type === 'shortstr') return shortString(text);
  if (type === 'longstr') return longString(Buffer.from(text));
  return encodeInteger(BigInt(text === '' ? 0 : text), INTEGER_SIZES[type]);
}

export function decodeMethod(payload: Buffer): DecodedMethod {
  const shape = methodWithIds(payload.readUInt16BE(0), payload.readUInt16BE(2));
  const fields = new Map<string, MethodFieldValue>();
  let offset = 4;
  let bit = 0;
  for (const field of shape.fields) {
    if (field.type === 'bit') {
      fields.set(field.name, String((payload.readUInt8(offset) & (1 << bit)) !== 0));
      bit += 1;
      continue;
    }
    if (bit > 0) offset += 1;
    bit = 0;
    const read = decodeField(field.type, payload, offset);
    fields.set(field.name, read.value);
    offset = read.end;
  }
  if (bit > 0) offset += 1;
  if (offset !== payload.length) throw new RangeError(`${shape.name}: bytes after the last field`);
  return { shape, fields };
}

function decodeField(
  type: Exclude<FieldType, 'bit'>,
  payload: Buffer,
  offset: number,
): { value: MethodFieldValue; end: number } {
  if (type === 'table') {
    const table = decodeTable(payload, offset);
    return { value: table.entries, end: table.end };
  }
  if (type === 'shortstr' || type === 'longstr') {
    const start = offset + (type === 'shortstr' ? 1 : 4);
    const end =
      start + (type === 'shortstr' ? payload.readUInt8(offset) : payload.readUInt32BE(offset));
    if (end > payload.length) throw new RangeError('the method ends inside a string');
    return { value: payload.toString('utf8', start, end), end };
  }
  const end = offset + INTEGER_SIZES[type];
  return { value: String(BigInt(`0x${payload.toString('hex', offset, end)}`)), end };
}
