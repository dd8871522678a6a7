import { expect, test } from 'vitest';
import { withDeliveryCount } from '../../../src/broker/message/delivery-count-header.ts';
import { incomingAt, recordOf, routingKey } from '../../../src/broker/message/message-record.ts';
import { recordBytesAt } from '../../../src/broker/message/record.ts';
import {
  expiresAtMsAt,
  hiddenKeysAt,
  withTrailer,
} from '../../../src/broker/message/record-trailer.ts';
import { decodeContentHeader } from '../../../src/protocol/content-header.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { bodyOfRecord, incoming } from '../../support/core/messages.ts';

function headerOf(record: Buffer) {
  const { contentStart } = incomingAt(record, 0);
  const start = contentStart + 1 + 7;
  return decodeContentHeader(record, start, start + recordBytesAt(record, contentStart + 1 + 3));
}

test.each([0, 10, 300_000])('a record of %i octets with the header', (bytes) => {
  const body = Buffer.alloc(bytes, 'some body');
  const message = incoming({ body, properties: { contentType: 'a/b', priority: 3 } });
  const record = withDeliveryCount(Buffer.concat([Buffer.alloc(5), recordOf(message)]), 5, 7);
  expect(recordBytesAt(record, 0)).toBeLessThanOrEqual(record.length);
  expect(headerOf(record)).toEqual({
    bodyBytes: bytes,
    properties: {
      contentType: 'a/b',
      headers: tableOf({ 'x-delivery-count': { type: 'l', value: 7n } }),
      priority: 3,
    },
  });
  expect(bodyOfRecord(record, 0).equals(body)).toBe(true);
  expect(routingKey(incomingAt(record, 0))).toBe(routingKey(message));
});

test('headers are sorted by name, and the one of a publisher is replaced', () => {
  const headers = tableOf({ z: 1, 'x-delivery-count': 'mine', a: 2 });
  const record = recordOf(incoming({ body: Buffer.from('m'), properties: { headers } }));
  const names = [...(headerOf(withDeliveryCount(record, 0, 1)).properties.headers ?? [])];
  expect(names).toEqual([...tableOf({ a: 2, 'x-delivery-count': { type: 'l', value: 1n }, z: 1 })]);
  expect(headerOf(record).properties.headers).toEqual(headers);
});

test('what no client sees stays behind the content', () => {
  const plain = recordOf(incoming({ body: Buffer.from('m') }));
  const record = withDeliveryCount(withTrailer(plain, 1234, Buffer.from('\x03bcc')), 0, 1);
  expect(expiresAtMsAt(record, 0)).toBe(1234);
  expect(hiddenKeysAt(record, 0)).toEqual(['bcc']);
  const { contentEnd } = incomingAt(record, 0);
  expect(String(record.subarray(contentEnd - 2, contentEnd - 1))).toBe('m');
});
