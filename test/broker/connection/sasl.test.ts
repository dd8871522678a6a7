import { expect, test } from 'vitest';
import { MECHANISMS } from '../../../src/broker/connection/sasl.ts';
import { ByteWriter } from '../../../src/protocol/byte-writer.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';

const plain = MECHANISMS.get('PLAIN') ?? fail();
const amqplain = MECHANISMS.get('AMQPLAIN') ?? fail();

function fail(): never {
  throw new Error('the mechanism is offered');
}

function tableBytes(fields: Record<string, string | number>): Buffer {
  const writer = new ByteWriter();
  writer.table(tableOf(fields));
  return writer.take().subarray(4);
}

test('PLAIN', () => {
  expect(plain(Buffer.from('\0ann\0s3cret'))).toEqual({
    userName: 'ann',
    password: Buffer.from('s3cret'),
  });
  expect(plain(Buffer.from('\0ann\0'))?.password).toHaveLength(0);
  for (const malformed of ['', 'ann\0pw', '\0ann', 'zid\0ann\0pw', '\0ann\0pw\0']) {
    expect(plain(Buffer.from(malformed))).toBeUndefined();
  }
});

test('AMQPLAIN', () => {
  expect(amqplain(tableBytes({ LOGIN: 'ann', PASSWORD: 'pw' }))).toEqual({
    userName: 'ann',
    password: Buffer.from('pw'),
  });
  expect(amqplain(tableBytes({ LOGIN: 'ann' }))).toBeUndefined();
  expect(amqplain(tableBytes({ LOGIN: 'ann', PASSWORD: 5 }))).toBeUndefined();
  expect(amqplain(Buffer.from('nonsense'))).toBeUndefined();
  expect(amqplain(Buffer.alloc(0))).toBeUndefined();
});
