import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBody, encodeBody } from './message-body.ts';

const id = fc.stringMatching(/^[a-z0-9]{1,6}:[a-z]{1,8}:\d{1,6}$/);
const size = fc.integer({ min: 0, max: 5_000 });

test('a body gives its id back and has the size that was asked for, if the head fits', () => {
  fc.assert(
    fc.property(id, size, (text, bodyBytes) => {
      const body = encodeBody(text, bodyBytes);
      expect(decodeBody(body)).toBe(text);
      expect(body.length).toBe(Math.max(bodyBytes, text.length + 10));
    }),
  );
});

test('a body with a changed byte is nobody’s', () => {
  fc.assert(
    fc.property(id, size, fc.nat(), fc.integer({ min: 1, max: 255 }), (text, bytes, at, change) => {
      const body = encodeBody(text, bytes);
      const index = at % body.length;
      body[index] = (body[index] as number) ^ change;
      expect(decodeBody(body)).toBeUndefined();
    }),
  );
});

test('a body that lost its end is nobody’s', () => {
  fc.assert(
    fc.property(id, size, fc.nat(), (text, bodyBytes, at) => {
      const body = encodeBody(text, bodyBytes);
      expect(decodeBody(body.subarray(0, at % body.length))).toBeUndefined();
    }),
  );
});
