import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { RECORD_FLAGS_OFFSET, RECORD_PERSISTENT } from '../../../src/broker/message/record.ts';
import {
  contentEndAt,
  expiresAtMsAt,
  hiddenKeysAt,
  withTrailer,
} from '../../../src/broker/message/record-trailer.ts';
import { ByteWriter } from '../../../src/protocol/byte-writer.ts';
import { incoming } from '../../support/core/messages.ts';

function shortStrings(keys: readonly string[]): Buffer {
  const writer = new ByteWriter();
  for (const key of keys) writer.shortString(key);
  return Buffer.from(writer.take());
}

test('a record without trailer never expires and hides no keys', () => {
  const record = recordOf(incoming({ body: Buffer.from('body') }));
  expect(contentEndAt(record, 0)).toBe(record.length);
  expect(expiresAtMsAt(record, 0)).toBe(0);
  expect(hiddenKeysAt(record, 0)).toEqual([]);
});

test('a trailer tells what was put in, wherever the record lies, and leaves the rest as it was', () => {
  const property = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: 2 ** 47 }),
    fc.array(fc.string({ maxLength: 60 }), { maxLength: 5 }),
    fc.nat(50),
    (body, expiresAtMs, keys, offset) => {
      const record = recordOf(incoming({ body: Buffer.from(body), isPersistent: true }));
      const longer = withTrailer(record, expiresAtMs, shortStrings(keys));
      const slab = Buffer.concat([Buffer.alloc(offset, 0xff), longer, Buffer.alloc(9, 0xff)]);
      expect(expiresAtMsAt(slab, offset)).toBe(expiresAtMs);
      expect(hiddenKeysAt(slab, offset)).toEqual(keys);
      expect(contentEndAt(slab, offset)).toBe(offset + record.length);
      expect(slab.subarray(offset + 9, contentEndAt(slab, offset))).toEqual(record.subarray(9));
      expect((slab[offset + RECORD_FLAGS_OFFSET] as number) & RECORD_PERSISTENT).not.toBe(0);
    },
  );
  fc.assert(property);
});
