// A growing buffer for what we encode. `take` copies out; `buffer` is only valid until the next write.

import { assert } from '../util/assert.ts';
import { encodeTable, type FieldTable } from './field-table.ts';

const LONG = 2 ** 32;

export class ByteWriter {
  /** The storage; octets [0, position) are written. Replaced when it grows. */
  buffer: Buffer;
  position = 0;

  constructor(initialBytes = 256) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  octet(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  short(value: number): void {
    const at = this.reserve(2);
    this.buffer.writeUInt16BE(value, at);
  }

  long(value: number): void {
    const at = this.reserve(4);
    this.buffer.writeUInt32BE(value, at);
  }

  /** A whole number from 0 up to 2^53. */
  longlong(value: number): void {
    const at = this.reserve(8);
    this.buffer.writeUInt32BE(Math.floor(value / LONG), at);
    this.buffer.writeUInt32BE(value % LONG, at + 4);
  }

  /** Any 64 bits: a negative value is written as its two's complement. */
  longlongBig(value: bigint): void {
    const at = this.reserve(8);
    this.buffer.writeBigUInt64BE(BigInt.asUintN(64, value), at);
  }

  shortString(text: string): void {
    const length = Buffer.byteLength(text, 'utf8');
    assert(length <= 255, 'a short string has at most 255 octets');
    const at = this.reserve(1 + length);
    this.buffer[at] = length;
    this.buffer.write(text, at + 1, 'utf8');
  }

  longString(octets: Buffer): void {
    this.long(octets.length);
    this.octets(octets);
  }

  octets(source: Buffer, start = 0, end = source.length): void {
    const at = this.reserve(end - start);
    source.copy(this.buffer, at, start, end);
  }

  table(table: FieldTable): void {
    encodeTable(this, table);
  }

  /** Writes over four octets that were written before: lengths known only afterwards. */
  patchLong(at: number, value: number): void {
    this.buffer.writeUInt32BE(value, at);
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Buffer {
    const copy = Buffer.from(this.buffer.subarray(0, this.position));
    this.position = 0;
    return copy;
  }

  reset(): void {
    this.position = 0;
  }

  /** Makes room for `count` octets, counts them as written, and returns the offset of the first. */
  reserve(count: number): number {
    const at = this.position;
    const needed = at + count;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    this.position = needed;
    return at;
  }
}
