import { expect, it } from 'vitest';
import { LARGE_RECORD_BYTES } from '../../../src/broker/message/incoming-message.ts';
import {
  exchangeName,
  keptCopy,
  recordOf,
  routingKey,
} from '../../../src/broker/message/message-record.ts';
import { bodyOfRecord, incoming } from '../../support/core/messages.ts';

it.each([0, 100, LARGE_RECORD_BYTES])('a copy of %i body bytes outlives its publish', (bytes) => {
  const body = Buffer.alloc(bytes, 'x');
  const parts = { exchange: 'é', routingKey: 'a.b', body, isPersistent: true };
  const message = incoming(parts);
  message.record = undefined;
  const record = Buffer.from(recordOf(message));
  const copy = keptCopy(message);
  message.buffer.fill(0);
  expect(exchangeName(copy)).toBe('é');
  expect(routingKey(copy)).toBe('a.b');
  expect(copy).toMatchObject({ bodyBytes: bytes, isPersistent: true });
  expect(recordOf(copy)).toEqual(record);
  expect(bodyOfRecord(recordOf(copy), 0)).toEqual(body);
  // Queues share a large record instead of copying it.
  expect(copy.record === undefined).toBe(bytes < LARGE_RECORD_BYTES);
});
