import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { recordBytesAt } from '../../../src/broker/message/record.ts';
import {
  PERSISTENT,
  READY,
  SEGMENT_COUNT_MAX,
  SETTLED,
  Segment,
} from '../../../src/broker/message/segment.ts';
import { bodyOfRecord, incoming } from '../../support/core/messages.ts';

test('appended messages are the records that recordOf makes, one behind the other', () => {
  const message = fc.record({
    exchange: fc.string({ maxLength: 20 }),
    routingKey: fc.string({ maxLength: 20 }),
    size: fc.integer({ min: 0, max: 400 }),
    isPersistent: fc.boolean(),
  });
  const property = fc.property(fc.array(message, { maxLength: 50 }), (messages) => {
    const segment = new Segment(100, Buffer.alloc(64 * 1024));
    messages.forEach(({ size, ...parts }, index) => {
      const body = Buffer.alloc(size, index);
      const published = incoming({ ...parts, body });
      const record = recordOf(published);
      expect(segment.fits(record.length)).toBe(true);
      segment.append(published, record.length);
      const offset = segment.offsets[index] as number;
      expect(segment.slab.subarray(offset, segment.end).equals(record)).toBe(true);
      expect(segment.recordBytes(index)).toBe(record.length);
      expect(segment.bodyBytes(index)).toBe(size);
      expect(bodyOfRecord(segment.slab, offset).equals(body)).toBe(true);
      expect(segment.states[index]).toBe(parts.isPersistent ? READY | PERSISTENT : READY);
    });
    expect(segment.count).toBe(messages.length);
    expect(segment.unsettled).toBe(messages.length);
  });
  fc.assert(property, { numRuns: 50 });
});

test('a segment is full by bytes and by count', () => {
  const segment = new Segment(0, Buffer.alloc(1 << 20));
  expect(segment.fits((1 << 20) + 1)).toBe(false);
  const published = incoming({ body: Buffer.alloc(0), exchange: '', routingKey: '' });
  const { length } = recordOf(published);
  while (segment.fits(length)) segment.append(published, length);
  expect(segment.count).toBe(SEGMENT_COUNT_MAX);
  expect(recordBytesAt(segment.slab, segment.offsets[SEGMENT_COUNT_MAX - 1] as number)).toBe(
    length,
  );
});

test('the announced body size is read beyond 32 bits', () => {
  const published = incoming({ body: Buffer.alloc(0), exchange: '', routingKey: '' });
  const record = recordOf(published);
  record.writeUIntBE(0x3_0000_0005, record.length - 1 - 2 - 6, 6);
  const segment = new Segment(0, record);
  segment.appendInPlace(record.length, false);
  expect(segment.bodyBytes(0)).toBe(0x3_0000_0005);
});

test('settled positions that are read back hold nothing', () => {
  const segment = new Segment(0, Buffer.alloc(10));
  segment.restore(0, SETTLED);
  segment.restore(0, READY);
  expect(segment.count).toBe(2);
  expect(segment.unsettled).toBe(1);
});
