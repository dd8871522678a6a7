// Properties survive, absent ones stay absent, and the scanner agrees with the decoder.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmqpError } from '../../src/protocol/amqp-error.ts';
import { ByteReader } from '../../src/protocol/byte-reader.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import {
  decodeContentHeader,
  encodeContentHeader,
  type MessageProperties,
} from '../../src/protocol/content-header.ts';
import {
  ContentHeaderScan,
  SCAN_BAD_PROPERTIES,
  SCAN_NOT_BASIC,
  SCAN_OK,
  SCAN_WEIGHT,
} from '../../src/protocol/content-header-scan.ts';
import { tableOf } from '../../src/protocol/field-value.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
const properties = fc.record<MessageProperties>(
  {
    contentType: text,
    contentEncoding: text,
    headers: fc.constantFrom(
      tableOf({}),
      tableOf({ a: 1, nested: { CC: ['x'] } }),
      tableOf({ x: 'y', CC: ['a'] }),
      tableOf({ BCC: ['a'], z: null }),
    ),
    deliveryMode: fc.nat(255),
    priority: fc.nat(255),
    correlationId: text,
    replyTo: text,
    expiration: text,
    messageId: text,
    timestamp: fc.bigInt(0n, 2n ** 64n - 1n),
    type: text,
    userId: text,
    appId: text,
    clusterId: text,
  },
  { requiredKeys: [] },
);

function encode(bodyBytes: number, value: MessageProperties): Buffer {
  const writer = new ByteWriter(8);
  encodeContentHeader(writer, bodyBytes, value);
  return writer.take();
}

function slice(bytes: Buffer, start: number, end: number): string | undefined {
  return start < 0 ? undefined : bytes.toString('utf8', start, end);
}

const scan = new ContentHeaderScan();

test('any properties round-trip, and the scan finds the same', () => {
  fc.assert(
    fc.property(properties, fc.maxSafeNat(), fc.nat(20), (value, bodyBytes, offset) => {
      const header = encode(bodyBytes, value);
      const bytes = Buffer.concat([Buffer.alloc(offset), header, Buffer.alloc(3)]);
      const end = offset + header.length;
      expect(decodeContentHeader(bytes, offset, end)).toEqual({ bodyBytes, properties: value });
      expect(scan.scan(bytes, offset, end)).toBe(SCAN_OK);
      expect(scan.bodyBytes).toBe(bodyBytes);
      expect(scan.propertyFlags).toBe(bytes.readUInt16BE(offset + 12));
      expect(scan.deliveryMode).toBe(value.deliveryMode ?? 0);
      expect(scan.priority).toBe(value.priority ?? -1);
      expect(slice(bytes, scan.expirationStart, scan.expirationEnd)).toBe(value.expiration);
      expect(slice(bytes, scan.replyToStart, scan.replyToEnd)).toBe(value.replyTo);
      expect(slice(bytes, scan.userIdStart, scan.userIdEnd)).toBe(value.userId);
      const keys = value.headers === undefined ? [] : [...value.headers.keys()];
      expect(scan.hasSenderSelected).toBe(keys.includes('CC') || keys.includes('BCC'));
      if (value.headers === undefined) expect(scan.headersStart).toBe(-1);
      else {
        const reader = new ByteReader(bytes, scan.headersStart, scan.headersEnd);
        expect(reader.table()).toEqual(value.headers);
        reader.expectEnd();
      }
    }),
    { numRuns: 1000 },
  );
});

test('the scan refuses exactly what the decoder refuses', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 });
  fc.assert(
    fc.property(properties, damage, fc.nat(), (value, changes, cut) => {
      const bytes = encode(5, value);
      for (const [at, octet] of changes) bytes[4 + (at % (bytes.length - 4))] = octet;
      const end = cut % 2 === 0 ? cut % (bytes.length + 1) : bytes.length;
      let isDecoded = true;
      try {
        decodeContentHeader(bytes, 0, end);
      } catch (error) {
        expect(error).toBeInstanceOf(AmqpError);
        expect((error as AmqpError).replyText).toBe('INTERNAL_ERROR');
        isDecoded = false;
      }
      expect(scan.scan(bytes, 0, end)).toBe(isDecoded ? SCAN_OK : SCAN_BAD_PROPERTIES);
    }),
    { numRuns: 3000 },
  );
});

describe('wire form', () => {
  test('flags', () => {
    expect(encode(1, {}).toString('hex')).toBe('003c000000000000000000010000');
    const all = encode(0, {
      contentType: '',
      contentEncoding: '',
      headers: tableOf({}),
      deliveryMode: 2,
      priority: 9,
      correlationId: '',
      replyTo: '',
      expiration: '',
      messageId: '',
      timestamp: 1n,
      type: '',
      userId: '',
      appId: '',
      clusterId: '',
    });
    expect(all.readUInt16BE(12)).toBe(0xfffc);
    expect(all.toString('hex', 14)).toBe(
      '000000000000' + '0209' + '00000000' + '0000000000000001' + '00000000',
    );
  });

  test('the two lowest flag bits are ignored', () => {
    const bytes = Buffer.from('003c0000000000000000000000' + '03', 'hex');
    expect(decodeContentHeader(bytes, 0, 14).properties).toEqual({});
    expect(scan.scan(bytes, 0, 14)).toBe(SCAN_OK);
  });

  test('a body of 2^53 octets and more is Infinity', () => {
    const bytes = Buffer.from('003c0000' + '0020000000000000' + '0000', 'hex');
    expect(scan.scan(bytes, 0, 14)).toBe(SCAN_OK);
    expect(scan.bodyBytes).toBe(Number.POSITIVE_INFINITY);
  });

  test('weight comes before class', () => {
    const zeros = '0000000000000000' + '0000';
    expect(scan.scan(Buffer.from(`003d0000${zeros}`, 'hex'), 0, 14)).toBe(SCAN_NOT_BASIC);
    expect(scan.classId).toBe(61);
    expect(scan.scan(Buffer.from(`003c0001${zeros}`, 'hex'), 0, 14)).toBe(SCAN_WEIGHT);
    expect(scan.scan(Buffer.from(`003d0100${zeros}`, 'hex'), 0, 14)).toBe(SCAN_WEIGHT);
  });
});
