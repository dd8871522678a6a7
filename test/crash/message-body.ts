// Bodies that prove themselves: the message's id, a checksum over everything else, padding. A body
// that lost, gained or changed a byte is recognised as nobody's.

import { crc32 } from 'node:zlib';

const CHECKSUM_DIGITS = 8;
const PADDING = Buffer.from(
  Array.from({ length: 1 << 20 }, (_, index) => Math.imul(index, 2654435761) >>> 24),
);

/** At least as long as id and checksum need, however small `bodyBytes` is. */
export function encodeBody(id: string, bodyBytes: number): Buffer {
  const head = `${id}|`;
  const paddingBytes = Math.max(0, bodyBytes - head.length - CHECKSUM_DIGITS - 1);
  const paddingStart = (head.length * 7919) % (PADDING.length - paddingBytes);
  const padding = PADDING.subarray(paddingStart, paddingStart + paddingBytes);
  const checksum = crc32(padding, crc32(id)).toString(16).padStart(CHECKSUM_DIGITS, '0');
  return Buffer.concat([Buffer.from(`${head}${checksum}|`), padding]);
}

/** The id; undefined when the body is not one that encodeBody() made. */
export function decodeBody(body: Buffer): string | undefined {
  const idEnd = body.indexOf('|');
  if (idEnd < 0) return undefined;
  const paddingStart = idEnd + 1 + CHECKSUM_DIGITS + 1;
  if (body.length < paddingStart || body[paddingStart - 1] !== 0x7c) return undefined;
  const id = body.toString('latin1', 0, idEnd);
  const checksum = body.toString('latin1', idEnd + 1, paddingStart - 1);
  const expected = crc32(body.subarray(paddingStart), crc32(id));
  return checksum === expected.toString(16).padStart(CHECKSUM_DIGITS, '0') ? id : undefined;
}
