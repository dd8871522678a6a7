import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IncomingMessage } from '../../../src/broker/message/incoming-message.ts';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { HIDDEN_KEYS_BYTES_MAX, withTrailer } from '../../../src/broker/message/record-trailer.ts';
import {
  type Undelivered,
  undeliveredAt,
  undeliveredNames,
} from '../../../src/broker/message/undelivered-trailer.ts';

function readBack(letter: Undelivered): Undelivered {
  const record = recordOf(new IncomingMessage());
  return undeliveredAt(withTrailer(record, letter.diedAtMs, undeliveredNames(letter)), 0);
}

test('what is remembered of a letter is read as it was written', () => {
  const names = fc.array(fc.string({ maxLength: 60, unit: 'binary' }), { maxLength: 5 });
  const letter = fc.record({
    reason: fc.constantFrom('rejected', 'expired', 'maxlen', 'delivery_limit'),
    diedAtMs: fc.nat({ max: 2 ** 31 }).map((ms) => ms * 100_000),
    hiddenKeys: names,
    isTakenIn: fc.boolean(),
    takenBy: names,
  });
  fc.assert(
    fc.property(letter, (given) => {
      expect(readBack(given)).toEqual(given);
    }),
  );
});

test('where the room ends, queues are forgotten before keys', () => {
  const names = (prefix: string) =>
    Array.from({ length: 200 }, (_, i) => prefix.repeat(200) + String(i));
  const letter: Undelivered = {
    reason: 'expired',
    diedAtMs: 1,
    isTakenIn: true,
    hiddenKeys: names('k'),
    takenBy: names('q'),
  };
  const read = readBack(letter);
  expect(undeliveredNames(letter)?.length).toBeLessThanOrEqual(HIDDEN_KEYS_BYTES_MAX);
  expect(read.hiddenKeys).toEqual(letter.hiddenKeys);
  expect(read.takenBy.length).toBeGreaterThan(100);
  expect(read.takenBy).toEqual(letter.takenBy.slice(0, read.takenBy.length));
});
