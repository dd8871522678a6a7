import { expect, test } from 'vitest';
import {
  AmqpError,
  accessRefused,
  connectionForced,
  hardError,
  internalError,
  notFound,
} from '../../src/protocol/amqp-error.ts';
import { REPLY_CODES } from '../../src/protocol/generated/reply-codes.ts';

test('the text begins with the name, the scope comes from the table', () => {
  const error = notFound("no queue 'q' in vhost '/'");
  expect(error).toMatchObject({ replyCode: 404, isHard: false, classId: 0, methodId: 0 });
  expect(error.replyText).toBe("NOT_FOUND - no queue 'q' in vhost '/'");
  expect(connectionForced('bye')).toMatchObject({ replyCode: 320, isHard: true });
  expect(accessRefused('x').isHard).toBe(false);
  expect(hardError(403, 'x')).toMatchObject({ replyText: 'ACCESS_REFUSED - x', isHard: true });
  expect(internalError()).toMatchObject({ replyText: 'INTERNAL_ERROR', isHard: true });
  expect(internalError('why').replyText).toBe('INTERNAL_ERROR - why');
});

test('hard codes are those of RabbitMQ', () => {
  const hard = [...REPLY_CODES.values()].filter((spec) => spec.isHard).map((spec) => spec.code);
  expect(hard).toEqual([320, 402, 501, 502, 503, 504, 505, 506, 530, 540, 541]);
});

test('a long text is cut to 255 octets on a character boundary', () => {
  const exact = new AmqpError(404, 'a'.repeat(255 - 12));
  expect(exact.replyText).toBe(`NOT_FOUND - ${'a'.repeat(243)}`);
  const long = new AmqpError(404, 'a'.repeat(244));
  expect(long.replyText).toBe(`NOT_FOUND - ${'a'.repeat(240)}...`);
  for (const character of ['é', '€', '😀']) {
    for (let shift = 0; shift < 4; shift++) {
      const text = notFound('x'.repeat(shift) + character.repeat(200)).replyText;
      const octets = Buffer.byteLength(text);
      expect(octets).toBeLessThanOrEqual(255);
      expect(octets).toBeGreaterThan(251);
      expect(text).toMatch(/[é€😀]\.\.\.$/u);
      expect(text).not.toContain('\ufffd');
    }
  }
});
