// Which group a stored message belongs to: the value of one header, read where the record lies. Text and
// numbers are different keys; a whole number is the same key whatever its width. An empty or void value is none.

import {
  CONTENT_HEADER_BYTES_MIN,
  FLAG_CONTENT_ENCODING,
  FLAG_CONTENT_TYPE,
  FLAG_HEADERS,
} from '../../protocol/content-header.ts';
import { FRAME_HEAD_BYTES } from '../../protocol/frame-constants.ts';
import { valueEndAt } from '../../protocol/table-scan.ts';
import { RECORD_HEAD_BYTES, recordBytesAt } from '../message/record.ts';

/** Headers that other brokers' clients set, the first one found counts: JMS, then what SQS and AMQP 1.0 call it. */
export const DEFAULT_GROUP_HEADERS: readonly string[] = ['JMSXGroupID', 'group-id'];
/** A header's name is a short string. */
export const GROUP_HEADER_BYTES_MAX = 255;

/** Octets of whole numbers by type; unsigned ones have no sign to extend. */
const SIGNED_BYTES: Readonly<Record<string, number>> = { b: 1, s: 2, I: 4, l: 8, L: 8 };
const UNSIGNED_BYTES: Readonly<Record<string, number>> = { B: 1, u: 2, i: 4 };
const TYPE_TEXT = 0x53;
const TYPE_VOID = 0x56;

export class GroupKeyReader {
  readonly #headers: readonly Buffer[];

  constructor(headers: readonly string[]) {
    this.#headers = headers.map((name) => Buffer.from(name, 'utf8'));
  }

  /** The key of the record at `offset`; undefined: it belongs to no group. */
  keyAt(slab: Buffer, offset: number): string | undefined {
    let at = offset + RECORD_HEAD_BYTES;
    at += 1 + (slab[at] as number);
    at += 1 + (slab[at] as number);
    at += 1 + FRAME_HEAD_BYTES + CONTENT_HEADER_BYTES_MIN;
    const flags = ((slab[at - 2] as number) << 8) | (slab[at - 1] as number);
    if ((flags & FLAG_HEADERS) === 0) return undefined;
    if ((flags & FLAG_CONTENT_TYPE) !== 0) at += 1 + (slab[at] as number);
    if ((flags & FLAG_CONTENT_ENCODING) !== 0) at += 1 + (slab[at] as number);
    for (const name of this.#headers) {
      const key = keyIn(slab, at, name);
      if (key !== undefined) return key;
    }
    return undefined;
  }
}

/** The table was found valid when it was published. Of a name that comes twice the first counts. */
function keyIn(slab: Buffer, tableStart: number, name: Buffer): string | undefined {
  const end = tableStart + 4 + recordBytesAt(slab, tableStart);
  let at = tableStart + 4;
  while (at < end) {
    const valueAt = at + 1 + (slab[at] as number);
    const valueEnd = valueEndAt(slab, valueAt);
    if (isName(slab, at, name)) return keyOf(slab, valueAt, valueEnd);
    at = valueEnd;
  }
  return undefined;
}

function isName(slab: Buffer, at: number, name: Buffer): boolean {
  const length = name.length;
  if (slab[at] !== length) return false;
  for (let i = 0; i < length; i++) if (slab[at + 1 + i] !== name[i]) return false;
  return true;
}

function keyOf(slab: Buffer, at: number, end: number): string | undefined {
  const type = slab[at] as number;
  if (type === TYPE_TEXT) return end === at + 5 ? undefined : slab.toString('latin1', at, end);
  if (type === TYPE_VOID) return undefined;
  const letter = String.fromCharCode(type);
  const signed = SIGNED_BYTES[letter];
  if (signed === 8) return `#${slab.readBigInt64BE(at + 1)}`;
  if (signed !== undefined) return `#${slab.readIntBE(at + 1, signed)}`;
  const unsigned = UNSIGNED_BYTES[letter];
  if (unsigned !== undefined) return `#${slab.readUIntBE(at + 1, unsigned)}`;
  return slab.toString('latin1', at, end);
}
