import { expect, test } from 'vitest';
import { Histogram } from '../../../src/broker/metrics/histogram.ts';
import {
  oldestMessageMs,
  publishCountOf,
  statisticsOf,
  tickAges,
} from '../../../src/broker/queue/queue-statistics.ts';
import { queueNamed, smallMessage } from '../exchange/routing-fixture.ts';

const BODY_BYTES = smallMessage().bodyBytes;

test('counts of messages and of their bytes', () => {
  const queue = queueNamed('q');
  for (let i = 0; i < 5; i++) queue.enqueue(smallMessage());
  queue.take();
  queue.take();
  queue.settleTaken();
  expect(publishCountOf(queue)).toBe(5);
  expect(statisticsOf(queue)).toMatchObject({
    publish: 5,
    ready: 3,
    unacked: 1,
    bytes: 4 * BODY_BYTES,
    unackedBytes: BODY_BYTES,
    persistent: 0,
    pagedOut: 0,
  });
  expect(statisticsOf(queue).memoryBytes).toBeGreaterThan(0);
});

test('the oldest message is the first one that is not settled, ready or not', () => {
  const queue = queueNamed('q');
  const waited = new Histogram([]);
  tickAges(queue, 1000, waited);
  expect(oldestMessageMs(queue, 1000)).toBeUndefined();
  queue.enqueue(smallMessage());
  // Came since the last tick.
  expect(oldestMessageMs(queue, 1500)).toBe(1500);
  tickAges(queue, 2000, waited);
  queue.enqueue(smallMessage());
  tickAges(queue, 3000, waited);
  queue.take();
  expect(oldestMessageMs(queue, 4000)).toBe(2000);
  queue.settleTaken();
  expect(oldestMessageMs(queue, 4000)).toBe(3000);
  tickAges(queue, 4000, waited);
  expect([waited.counts, waited.sum]).toEqual([[1], 2]);
  queue.purge();
  tickAges(queue, 5000, waited);
  expect(oldestMessageMs(queue, 5000)).toBeUndefined();
  expect([waited.counts, waited.sum]).toEqual([[2], 4]);
});
