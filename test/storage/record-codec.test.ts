import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFields,
  decodeQueueState,
  encodeFields,
  encodeQueueState,
  metadataKey,
  parseMetadataKey,
} from '../../src/storage/record-codec.ts';

const STATE = {
  nextPosition: 2 ** 48 - 1,
  floorPosition: 3,
  cursorPosition: 2 ** 33,
  messageCount: 12,
  bodyBytes: 2 ** 53 - 1,
  headExpiresAtMs: 1_700_000_000_123,
};

describe('record codec', () => {
  it('gives back a queue state exactly', () => {
    expect(decodeQueueState(encodeQueueState(STATE))).toEqual(STATE);
  });

  it('notices every flipped byte', () => {
    const bytes = [
      encodeQueueState(STATE),
      encodeFields({ name: 'q', arguments: Uint8Array.of(1) }),
    ];
    for (const [index, decode] of [decodeQueueState, decodeFields].entries()) {
      const intact = bytes[index] as Buffer;
      expect(decode(intact)).toBeDefined();
      const property = fc.property(
        fc.nat(intact.length - 1),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const damaged = Buffer.from(intact);
          damaged[at] = (damaged[at] as number) ^ flip;
          expect(decode(damaged)).toBeUndefined();
        },
      );
      fc.assert(property);
    }
  });

  it('notices bytes that are cut short', () => {
    expect(decodeQueueState(encodeQueueState(STATE).subarray(0, 20))).toBeUndefined();
    expect(decodeQueueState(Buffer.alloc(0))).toBeUndefined();
    expect(decodeFields(Buffer.alloc(3))).toBeUndefined();
  });

  it('tells an object that looks like encoded bytes from bytes', () => {
    const fields = { bytes: Uint8Array.of(0, 1, 255), text: '{"base64":"AAH/"}' };
    expect(decodeFields(encodeFields(fields))).toEqual(fields);
  });

  it('refuses numbers that JSON cannot carry', () => {
    expect(() => encodeFields({ ttl: Number.NaN })).toThrow(/finite/);
  });

  it('orders keys by kind, then id', () => {
    const keys = [metadataKey('vhost', 5), metadataKey('queue', 2 ** 40), metadataKey('queue', 3)];
    const sorted = keys.toSorted(Buffer.compare).map(parseMetadataKey);
    expect(sorted).toEqual([
      { kind: 'vhost', id: 5 },
      { kind: 'queue', id: 3 },
      { kind: 'queue', id: 2 ** 40 },
    ]);
    expect(parseMetadataKey(Buffer.of(99, 0, 0, 0, 0, 0, 1))).toBeUndefined();
    expect(parseMetadataKey(Buffer.of(1, 2))).toBeUndefined();
  });
});
