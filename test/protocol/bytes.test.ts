// Primitive reads and writes: bounds, growth, UTF-8.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../src/protocol/byte-reader.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { DecodeError } from '../../src/protocol/decode-error.ts';
import { isUtf8 } from '../../src/protocol/utf8.ts';

test('reads stop at the end given, not at the end of the buffer', () => {
  const buffer = Buffer.from('0102030405060708090a', 'hex');
  expect(new ByteReader(buffer, 1, 9).longlongBig()).toBe(0x0203040506070809n);
  expect(() => new ByteReader(buffer, 1, 8).longlong()).toThrow(DecodeError);
  expect(() => new ByteReader(buffer, 9, 10).short()).toThrow(DecodeError);
  expect(() => new ByteReader(buffer, 8, 10).longString()).toThrow(DecodeError);
  expect(() => new ByteReader(buffer, 0, 0).octet()).toThrow(DecodeError);
  expect(() => new ByteReader(Buffer.from([3, 65, 65])).shortString()).toThrow(DecodeError);
});

test('longlong is exact up to 2^53, longlongBig everywhere', () => {
  const writer = new ByteWriter(1);
  writer.longlong(2 ** 53 - 1);
  writer.longlongBig(-1n);
  const reader = new ByteReader(writer.take());
  expect(reader.longlong()).toBe(2 ** 53 - 1);
  expect(reader.longlongBig()).toBe(2n ** 64n - 1n);
});

test('a writer grows, keeps what it had, and take copies', () => {
  const writer = new ByteWriter(2);
  writer.shortString('grün');
  writer.longString(Buffer.alloc(1000, 7));
  const first = writer.take();
  writer.octet(99);
  expect(first.subarray(0, 6).toString()).toBe('\x05grün');
  expect(first.length).toBe(1010);
  expect(writer.position).toBe(1);
  expect(() => writer.shortString('x'.repeat(256))).toThrow('255');
});

test('isUtf8 agrees with a strict decoder', () => {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const octet = fc.oneof(
    fc.nat(255),
    fc.constantFrom(
      0xc0,
      0xc2,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
    ),
  );
  const octets = fc.oneof(
    fc.array(octet, { maxLength: 6 }).map((list) => Buffer.from(list)),
    fc.string({ unit: 'binary', maxLength: 6 }).map((string) => Buffer.from(string)),
  );
  fc.assert(
    fc.property(octets, (bytes) => {
      let isValid = true;
      try {
        strict.decode(bytes);
      } catch {
        isValid = false;
      }
      expect(isUtf8(bytes, 0, bytes.length)).toBe(isValid);
    }),
    { numRuns: 5000 },
  );
});
