// Field tables as a test wants to see them: every value keeps its wire type octet, scalars are text.
// Invariant: encode(decode(bytes)) gives the same bytes, so nothing a broker sends is hidden from a test.

export type FieldValue =
  | { readonly type: 'F'; readonly entries: readonly FieldEntry[] }
  | { readonly type: 'A'; readonly items: readonly FieldValue[] }
  | { readonly type: string; readonly text: string };

export interface FieldEntry {
  readonly key: string;
  readonly value: FieldValue;
}

interface Cursor {
  readonly bytes: Buffer;
  offset: number;
}

/** The bytes of a table with its leading length. */
export function encodeTable(entries: readonly FieldEntry[]): Buffer {
  const parts = entries.flatMap((entry) => [shortString(entry.key), encodeValue(entry.value)]);
  return longString(Buffer.concat(parts));
}

/** Reads a table with its leading length at `offset`. */
export function decodeTable(bytes: Buffer, offset: number): { entries: FieldEntry[]; end: number } {
  const end = offset + 4 + bytes.readUInt32BE(offset);
  const cursor: Cursor = { bytes: bytes.subarray(0, end), offset: offset + 4 };
  const entries: FieldEntry[] = [];
  while (cursor.offset < end) {
    const key = readShortString(cursor);
    entries.push({ key, value: readValue(cursor) });
  }
  return { entries, end };
}

export function shortString(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new Error(`a short string cannot hold ${bytes.length} bytes`);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

export function longString(bytes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

function encodeValue(value: FieldValue): Buffer {
  const type = Buffer.from(value.type, 'latin1');
  if ('entries' in value) return Buffer.concat([type, encodeTable(value.entries)]);
  if ('items' in value) {
    return Buffer.concat([type, longString(Buffer.concat(value.items.map(encodeValue)))]);
  }
  return Buffer.concat([type, encodeScalar(value.type, value.text)]);
}

const INTEGER_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  l: 8,
  L: 8,
  T: 8,
};
const SIGNED = new Set(['b', 's', 'I', 'l', 'L']);

function encodeScalar(type: string, text: string): Buffer {
  const size = INTEGER_BYTES[type];
  if (size !== undefined) return encodeInteger(BigInt(text), size);
  switch (type) {
    case 't':
      return Buffer.of(text === 'true' ? 1 : 0);
    case 'f': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatBE(Number(text));
      return bytes;
    }
    case 'd': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(Number(text));
      return bytes;
    }
    case 'D': {
      const [scale = '0', unscaled = '0'] = text.split(':');
      return Buffer.concat([encodeInteger(BigInt(scale), 1), encodeInteger(BigInt(unscaled), 4)]);
    }
    case 'S':
      return longString(Buffer.from(text));
    case 'x':
      return longString(Buffer.from(text, 'hex'));
    default:
      return Buffer.alloc(0); // V, and type octets that exist only in a test of bad input
  }
}

export function encodeInteger(value: bigint, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes.subarray(8 - size);
}

function readInteger(cursor: Cursor, size: number, signed: boolean): string {
  const hex = take(cursor, size).toString('hex');
  const unsigned = BigInt(`0x${hex}`);
  return String(signed ? BigInt.asIntN(size * 8, unsigned) : unsigned);
}

function take(cursor: Cursor, size: number): Buffer {
  const end = cursor.offset + size;
  if (end > cursor.bytes.length) throw new RangeError('the table ends inside a value');
  const bytes = cursor.bytes.subarray(cursor.offset, end);
  cursor.offset = end;
  return bytes;
}

function readShortString(cursor: Cursor): string {
  return take(cursor, take(cursor, 1).readUInt8()).toString();
}

function readValue(cursor: Cursor): FieldValue {
  const type = take(cursor, 1).toString('latin1');
  if (type === 'F') {
    const table = decodeTable(cursor.bytes, cursor.offset);
    cursor.offset = table.end;
    return { type, entries: table.entries };
  }
  if (type === 'A') {
    const end = take(cursor, 4).readUInt32BE() + cursor.offset;
    const items: FieldValue[] = [];
    while (cursor.offset < end) items.push(readValue(cursor));
    return { type, items };
  }
  return { type, text: readScalar(cursor, type) };
}

function readScalar(cursor: Cursor, type: string): string {
  const size = INTEGER_BYTES[type];
  if (size !== undefined) return readInteger(cursor, size, SIGNED.has(type));
  switch (type) {
    case 't':
      return take(cursor, 1).readUInt8() === 0 ? 'false' : 'true';
    case 'f':
      return String(take(cursor, 4).readFloatBE());
    case 'd':
      return String(take(cursor, 8).readDoubleBE());
    case 'D':
      return `${take(cursor, 1).readUInt8()}:${take(cursor, 4).readUInt32BE()}`;
    case 'S':
      return take(cursor, take(cursor, 4).readUInt32BE()).toString();
    case 'x':
      return take(cursor, take(cursor, 4).readUInt32BE()).toString('hex');
    case 'V':
      return '';
    default:
      throw new RangeError(`unknown table type octet ${JSON.stringify(type)}`);
  }
}
