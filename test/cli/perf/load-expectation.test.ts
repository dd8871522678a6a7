import { expect, it } from 'vitest';
import { totalDeliveries } from '../../../src/cli/perf/load-expectation.ts';
import { perfOptions } from './perf-settings.ts';

it.each([
  ['the same queue', {}, [10, 5], 15],
  ['a queue that nobody consumes', { queues: '2' }, [10, 5], 10],
  [
    'an exchange bound to three consumed queues',
    { exchange: 'x', type: 'fanout', queues: '3', consumers: '3' },
    [10],
    30,
  ],
  ['an exchange of which one queue is consumed', { exchange: 'x', queues: '3' }, [10], 10],
  [
    'topic bindings, each message to one queue',
    { exchange: 'x', type: 'topic', bindings: '9', queues: '3', consumers: '3' },
    [10],
    10,
  ],
  ['what dies in the queues', { deadLetter: true, queues: '3' }, [10, 5], 15],
  ['no consumer', { consumers: '0' }, [10], 0],
])('counts deliveries: %s', (_case, raw, sent, total) => {
  expect(totalDeliveries(perfOptions(raw), sent)).toBe(total);
});
