// A bounds-checked cursor over bytes that came from outside. Everything it returns is a copy: nothing
// keeps the buffer alive or changes when the buffer is used again.

import { DecodeError } from './decode-error.ts';
import { decodeTable, type FieldTable } from './field-table.ts';
import { isUtf8 } from './utf8.ts';

const LONG = 2 ** 32;

export class ByteReader {
  readonly buffer: Buffer;
  /** Offset in the buffer of the next octet to read. */
  position: number;
  /** Offset behind the last readable octet. */
  readonly end: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = start;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  octet(): number {
    return this.buffer[this.skip(1)] as number;
  }

  short(): number {
    return this.buffer.readUInt16BE(this.skip(2));
  }

  long(): number {
    return this.buffer.readUInt32BE(this.skip(4));
  }

  /** Exact up to 2^53; longlongBig() is exact everywhere. */
  longlong(): number {
    const at = this.skip(8);
    return this.buffer.readUInt32BE(at) * LONG + this.buffer.readUInt32BE(at + 4);
  }

  longlongBig(): bigint {
    return this.buffer.readBigUInt64BE(this.skip(8));
  }

  /** Length octet and UTF-8 text. */
  shortString(): string {
    const length = this.octet();
    const at = this.skip(length);
    if (!isUtf8(this.buffer, at, at + length)) {
      throw new DecodeError('malformed-utf8', 'Malformed UTF-8 in shortstr');
    }
    return this.buffer.toString('utf8', at, at + length);
  }

  /** Length octet and text that is not checked: content properties and table keys, as in RabbitMQ. */
  uncheckedShortString(): string {
    const length = this.octet();
    const at = this.skip(length);
    return this.buffer.toString('utf8', at, at + length);
  }

  /** Length (4 octets) and arbitrary octets. */
  longString(): Buffer {
    return this.octets(this.long());
  }

  octets(count: number): Buffer {
    const at = this.skip(count);
    return Buffer.from(this.buffer.subarray(at, at + count));
  }

  table(): FieldTable {
    return decodeTable(this);
  }

  skipShortString(): void {
    this.skip(this.octet());
  }

  skipLongString(): void {
    this.skip(this.long());
  }

  /** Moves on by `count` octets and returns the offset of the first of them. */
  skip(count: number): number {
    const at = this.position;
    if (count > this.end - at) {
      throw new DecodeError('undecodable', `${count} octets expected, ${this.end - at} left`);
    }
    this.position = at + count;
    return at;
  }

  expectEnd(): void {
    if (this.position !== this.end) {
      throw new DecodeError('undecodable', `${this.remaining} octets too many`);
    }
  }
}
