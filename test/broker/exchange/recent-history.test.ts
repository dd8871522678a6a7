import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentHistory } from '../../../src/broker/exchange/recent-history.ts';
import { routingKey } from '../../../src/broker/message/message-record.ts';
import { smallMessage } from './routing-fixture.ts';

function messageNamed(key: string) {
  const message = smallMessage();
  const names = Buffer.from(`\0${String.fromCharCode(key.length)}${key}`, 'latin1');
  message.buffer = Buffer.concat([names, message.buffer.subarray(message.namesEnd)]);
  message.contentStart = names.length;
  message.namesEnd = names.length;
  message.contentEnd = message.buffer.length;
  return message;
}

it('holds the last messages, as a plain list would', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(1000), (lengthMax, count) => {
      const history = new RecentHistory(lengthMax, 1 << 20);
      const model: string[] = [];
      for (let index = 0; index < count; index++) {
        history.keep(messageNamed(String(index)));
        model.push(String(index));
        if (model.length > lengthMax) model.shift();
      }
      expect(history.oldestFirst().map(routingKey)).toEqual(model);
      expect(history.length).toBe(model.length);
    }),
    { numRuns: 30 },
  );
});

it('stays within its bytes, whatever its length allows', () => {
  const history = new RecentHistory(Number.POSITIVE_INFINITY, 10_000);
  for (let index = 0; index < 1_000; index++) {
    history.keep(messageNamed(String(index)));
    expect(history.bytes).toBeLessThanOrEqual(10_000);
  }
  expect(history.length).toBeGreaterThan(20);
  expect(history.oldestFirst().map(routingKey).at(-1)).toBe('999');
});

it('keeps nothing of a message that is above the bytes by itself', () => {
  const history = new RecentHistory(10, 100);
  history.keep(messageNamed('large'));
  expect(history.oldestFirst()).toEqual([]);
  expect(history.bytes).toBe(0);
});

it('keeps bytes of its own: the buffer of the publish is used again', () => {
  const history = new RecentHistory(10, 1 << 20);
  const message = messageNamed('first');
  history.keep(message);
  message.buffer.fill(0);
  expect(history.oldestFirst().map(routingKey)).toEqual(['first']);
});
