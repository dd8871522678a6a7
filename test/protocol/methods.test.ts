// Every method there is survives encoding and decoding; what does not decode gets RabbitMQ's answer.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmqpError } from '../../src/protocol/amqp-error.ts';
import { ByteReader } from '../../src/protocol/byte-reader.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { createMethod, type MethodFieldValue } from '../../src/protocol/create-method.ts';
import { tableOf } from '../../src/protocol/field-value.ts';
import {
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_GET_OK,
  decodeMethod,
  EXCHANGE_UNBIND_OK,
  encodeMethod,
  METHODS,
  type Method,
  QUEUE_DECLARE,
} from '../../src/protocol/generated/methods.ts';
import type { WireType } from '../../src/protocol/method-spec.ts';

const VALUES: Record<WireType, fc.Arbitrary<MethodFieldValue>> = {
  octet: fc.nat(255),
  short: fc.nat(65535),
  long: fc.nat(0xffffffff),
  longlong: fc.maxSafeNat(),
  shortstr: fc.string({ unit: 'grapheme', maxLength: 8 }).filter((s) => Buffer.byteLength(s) < 256),
  longstr: fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets)),
  table: fc.constantFrom(tableOf({}), tableOf({ 'x-max-length': 10, nested: { a: ['b', null] } })),
  bit: fc.boolean(),
};

const methods = fc.constantFrom(...METHODS.values()).chain((spec) => {
  const fields = spec.fields.filter((field) => !field.isReserved);
  return fc
    .record(Object.fromEntries(fields.map((field) => [field.name, VALUES[field.type]])))
    .map((values) => createMethod(spec.name, values));
});

function encode(method: Method): Buffer {
  const writer = new ByteWriter(1);
  encodeMethod(writer, method);
  return writer.take();
}

function failureOf(octets: Buffer): AmqpError {
  try {
    decodeMethod(new ByteReader(octets));
  } catch (error) {
    if (error instanceof AmqpError) return error;
    throw error;
  }
  throw new Error('decoded');
}

test('any method round-trips', () => {
  fc.assert(
    fc.property(methods, (method) => {
      expect(decodeMethod(new ByteReader(encode(method)))).toEqual(method);
    }),
    { numRuns: 1000 },
  );
});

test('a method cut short or with octets left over is refused with 501', () => {
  fc.assert(
    fc.property(methods, fc.nat(), (method, at) => {
      const octets = encode(method);
      expect(failureOf(Buffer.concat([octets, Buffer.alloc(1)])).replyCode).toBe(501);
      if (octets.length === 4) return;
      const cut = octets.subarray(0, 4 + (at % (octets.length - 4)));
      const failure = failureOf(cut);
      expect(failure).toMatchObject({ replyCode: 501, classId: method.id >>> 16 });
      expect(failure.replyText.startsWith('FRAME_ERROR - cannot decode <<')).toBe(true);
    }),
  );
});

test('arbitrary octets decode or fail with an AmqpError', () => {
  const ids = fc.constantFrom(...METHODS.keys());
  fc.assert(
    fc.property(ids, fc.uint8Array({ maxLength: 60 }), (id, fields) => {
      const octets = Buffer.concat([Buffer.alloc(4), fields]);
      octets.writeUInt32BE(id, 0);
      try {
        decodeMethod(new ByteReader(octets));
      } catch (error) {
        expect(error).toBeInstanceOf(AmqpError);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('wire form', () => {
  test('queue.declare packs its bits into one octet behind the queue', () => {
    const octets = encode(
      createMethod('queue.declare', { queue: 'q', durable: true, noWait: true }),
    );
    expect(octets.toString('hex')).toBe('0032000a00000171120000' + '0000');
  });

  test('basic.deliver', () => {
    const octets = encode({
      id: BASIC_DELIVER,
      consumerTag: 'c',
      deliveryTag: 2 ** 32 + 1,
      redelivered: true,
      exchange: '',
      routingKey: 'k',
    });
    expect(octets.toString('hex')).toBe('003c003c01630000000100000001' + '0100016b');
  });

  test('odd ids', () => {
    expect(EXCHANGE_UNBIND_OK).toBe(0x00280033);
    expect(METHODS.get(BASIC_GET)?.replies).toEqual([BASIC_GET_OK, BASIC_GET_EMPTY]);
    expect(METHODS.size).toBe(66);
  });

  test('channel.open-ok has a long string, connection.open skips its reserved fields', () => {
    expect(encode(createMethod('channel.open-ok')).toString('hex')).toBe('0014000b00000000');
    const open = Buffer.from('000a0028' + '012f' + '02ffff' + '01', 'hex');
    expect(decodeMethod(new ByteReader(open))).toEqual(
      createMethod('connection.open', { virtualHost: '/' }),
    );
  });
});

describe('refusals', () => {
  test('texts and ids', () => {
    const short = failureOf(Buffer.from('0032000a0000', 'hex'));
    expect(short).toMatchObject({ replyText: 'FRAME_ERROR - cannot decode <<0,0>>', isHard: true });
    expect([short.classId, short.methodId]).toEqual([50, 10]);
    const empty = failureOf(Buffer.from('0032000a', 'hex'));
    expect(empty.replyText).toBe('FRAME_ERROR - cannot decode <<>>');
    expect(failureOf(Buffer.from([0, 10])).replyCode).toBe(501);
  });

  test('unknown method is 503 with its ids', () => {
    const failure = failureOf(Buffer.from('003c00c8', 'hex'));
    expect(failure).toMatchObject({ replyCode: 503, isHard: true, classId: 60, methodId: 200 });
    expect(failure.replyText).toBe('COMMAND_INVALID - unknown method 60,200');
  });

  test('a short string that is not UTF-8 is 501 without ids', () => {
    const failure = failureOf(Buffer.from('0032000a000002c328000000' + '0000', 'hex'));
    expect(failure.replyText).toBe('FRAME_ERROR - Malformed UTF-8 in shortstr');
    expect(failure).toMatchObject({ replyCode: 501, classId: 0, methodId: 0 });
  });

  test('a table with an unknown type octet does not decode', () => {
    const writer = new ByteWriter();
    writer.long(QUEUE_DECLARE);
    writer.short(0);
    writer.shortString('q');
    writer.octet(0);
    writer.longString(Buffer.from('\x01kU\x00', 'latin1'));
    const failure = failureOf(writer.take());
    expect(failure).toMatchObject({ replyCode: 501, classId: 50, methodId: 10 });
    expect(failure.replyText).toMatch(/^FRAME_ERROR - cannot decode <</);
  });
});
