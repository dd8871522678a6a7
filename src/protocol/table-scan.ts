// walks the headers of each published message. Integers only: no allocation, no throw.
// Accepts exactly what decodeTable accepts.

import { TABLE_DEPTH_MAX, TABLE_ENTRIES_MAX } from './table-limits.ts';

/** Octets of a value by its type: -1 unknown, -2 length and octets, -3 array, -4 table. */
const VALUE_BYTES = new Int8Array(256).fill(-1);
for (const [types, bytes] of [
  ['V', 0],
  ['tbB', 1],
  ['su', 2],
  ['Iif', 4],
  ['D', 5],
  ['lLdT', 8],
  ['Sx', -2],
  ['A', -3],
  ['F', -4],
] as const) {
  for (const type of types) VALUE_BYTES[type.charCodeAt(0)] = bytes;
}

export class TableScan {
  /** True when the outermost table had a key `CC` or `BCC`. */
  hasSenderSelected = false;
  #entryCount = 0;

  /** Offset behind the table (with its length) at `start`, or -1 when it is not valid in [start, end). */
  skip(buffer: Buffer, start: number, end: number): number {
    this.hasSenderSelected = false;
    this.#entryCount = 0;
    return this.#section(buffer, start, end, 1, true);
  }

  #section(buffer: Buffer, start: number, end: number, depth: number, hasKeys: boolean): number {
    if (depth > TABLE_DEPTH_MAX || start + 4 > end) return -1;
    const sectionEnd = start + 4 + longAt(buffer, start);
    if (sectionEnd > end) return -1;
    let at = start + 4;
    while (at < sectionEnd) {
      if (++this.#entryCount > TABLE_ENTRIES_MAX) return -1;
      if (hasKeys) {
        if (depth === 1) this.#noteKey(buffer, at);
        at += 1 + (buffer[at] as number);
      }
      if (at >= sectionEnd) return -1;
      at = this.#value(buffer, at, sectionEnd, depth);
      if (at < 0 || at > sectionEnd) return -1;
    }
    return at;
  }

  /** Reads at most four octets from the key's length on, which the type octet and length bound. */
  #noteKey(buffer: Buffer, at: number): void {
    const length = buffer[at];
    if (length === 2) {
      if (buffer[at + 1] === 0x43 && buffer[at + 2] === 0x43) this.hasSenderSelected = true;
    } else if (length === 3 && buffer[at + 1] === 0x42) {
      if (buffer[at + 2] === 0x43 && buffer[at + 3] === 0x43) this.hasSenderSelected = true;
    }
  }

  /** `at` is the type octet, which exists. */
  #value(buffer: Buffer, at: number, end: number, depth: number): number {
    const bytes = VALUE_BYTES[buffer[at] as number] as number;
    if (bytes >= 0) return at + 1 + bytes;
    if (bytes === -2) return at + 5 > end ? -1 : at + 5 + longAt(buffer, at + 1);
    if (bytes === -1) return -1;
    return this.#section(buffer, at + 1, end, depth + 1, bytes === -4);
  }
}

/** Where the value with its type octet at `at` ends; only in a table that skip() accepted. */
export function valueEndAt(buffer: Buffer, at: number): number {
  const bytes = VALUE_BYTES[buffer[at] as number] as number;
  return bytes >= 0 ? at + 1 + bytes : at + 5 + longAt(buffer, at + 1);
}

function longAt(buffer: Buffer, at: number): number {
  return (
    (((buffer[at] as number) << 24) |
      ((buffer[at + 1] as number) << 16) |
      ((buffer[at + 2] as number) << 8) |
      (buffer[at + 3] as number)) >>>
    0
  );
}
