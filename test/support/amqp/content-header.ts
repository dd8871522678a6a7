// The content header of class basic, with properties as text, for the test client.
// Invariant: a property that was absent on the wire is absent in the map.
import {
  decodeTable,
  encodeInteger,
  encodeTable,
  type FieldEntry,
  shortString,
} from './field-value.ts';

export type PropertyValue = string | readonly FieldEntry[];
export type Properties = ReadonlyMap<string, PropertyValue>;

type PropertyType = 'shortstr' | 'octet' | 'timestamp' | 'table';

/** In wire order: the first owns bit 15 of the flags. */
const PROPERTY_TYPES: ReadonlyArray<readonly [string, PropertyType]> = [
  ['content-type', 'shortstr'],
  ['content-encoding', 'shortstr'],
  ['headers', 'table'],
  ['delivery-mode', 'octet'],
  ['priority', 'octet'],
  ['correlation-id', 'shortstr'],
  ['reply-to', 'shortstr'],
  ['expiration', 'shortstr'],
  ['message-id', 'shortstr'],
  ['timestamp', 'timestamp'],
  ['type', 'shortstr'],
  ['user-id', 'shortstr'],
  ['app-id', 'shortstr'],
  ['cluster-id', 'shortstr'],
];

export interface ContentHeader {
  readonly classId: number;
  readonly weight: number;
  readonly bodyBytes: number;
  readonly properties: Properties;
}

export function encodeContentHeader(header: ContentHeader): Buffer {
  for (const name of header.properties.keys()) {
    if (!PROPERTY_TYPES.some(([known]) => known === name)) {
      throw new Error(`no such property: ${name}`);
    }
  }
  let flags = 0;
  const values: Buffer[] = [];
  PROPERTY_TYPES.forEach(([name, type], index) => {
    const value = header.properties.get(name);
    if (value === undefined) return;
    flags |= 0x8000 >> index;
    values.push(encodeProperty(type, value));
  });
  const head = Buffer.alloc(14);
  head.writeUInt16BE(header.classId, 0);
  head.writeUInt16BE(header.weight, 2);
  head.writeBigUInt64BE(BigInt(header.bodyBytes), 4);
  head.writeUInt16BE(flags, 12);
  return Buffer.concat([head, ...values]);
}

function encodeProperty(type: PropertyType, value: PropertyValue): Buffer {
  if (typeof value !== 'string') return encodeTable(value);
  if (type === 'shortstr') return shortString(value);
  return encodeInteger(BigInt(value), type === 'octet' ? 1 : 8);
}

export function decodeContentHeader(payload: Buffer): ContentHeader {
  const flags = payload.readUInt16BE(12);
  const properties = new Map<string, PropertyValue>();
  let offset = 14;
  PROPERTY_TYPES.forEach(([name, type], index) => {
    if ((flags & (0x8000 >> index)) === 0) return;
    const read = decodeProperty(type, payload, offset);
    properties.set(name, read.value);
    offset = read.end;
  });
  if (offset !== payload.length) throw new RangeError('bytes after the last property');
  return {
    classId: payload.readUInt16BE(0),
    weight: payload.readUInt16BE(2),
    bodyBytes: Number(payload.readBigUInt64BE(4)),
    properties,
  };
}

function decodeProperty(
  type: PropertyType,
  payload: Buffer,
  offset: number,
): { value: PropertyValue; end: number } {
  switch (type) {
    case 'table': {
      const table = decodeTable(payload, offset);
      return { value: table.entries, end: table.end };
    }
    case 'octet':
      return { value: String(payload.readUInt8(offset)), end: offset + 1 };
    case 'timestamp':
      return { value: String(payload.readBigUInt64BE(offset)), end: offset + 8 };
    case 'shortstr': {
      const end = offset + 1 + payload.readUInt8(offset);
      return { value: payload.toString('utf8', offset + 1, end), end };
    }
  }
}
