import { expect, test } from 'vitest';
import { QUEUE_TYPES, type QueueType } from '../../../src/broker/queue/queue-types.ts';
import { withDefaultQueueType } from '../../../src/broker/vhost/default-queue-type.ts';
import { EMPTY_TABLE } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';

const declaration = {
  name: 'q',
  isDurable: true,
  isExclusive: false,
  isAutoDelete: false,
  arguments: EMPTY_TABLE,
};
const typed = (type: string, given: object) =>
  withDefaultQueueType({ ...declaration, ...given }, QUEUE_TYPES.get(type) as QueueType).arguments;

test('a type is filled in when none is named and the declaration suits it', () => {
  expect(typed('quorum', {})).toEqual(tableOf({ 'x-queue-type': 'quorum' }));
  expect(typed('classic', {})).toBe(EMPTY_TABLE);
  expect(typed('quorum', { isDurable: false })).toBe(EMPTY_TABLE);
  expect(typed('quorum', { isExclusive: true })).toBe(EMPTY_TABLE);
  expect(typed('quorum', { isAutoDelete: true })).toBe(EMPTY_TABLE);
  const named = tableOf({ 'x-queue-type': 'classic' });
  expect(typed('quorum', { arguments: named })).toBe(named);
});
