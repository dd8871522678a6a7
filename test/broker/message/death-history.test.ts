import { expect, test } from 'vitest';
import {
  type Death,
  deathsOf,
  isCycle,
  propertiesAfterDeath,
} from '../../../src/broker/message/death-history.ts';
import type { MessageProperties } from '../../../src/protocol/content-header.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';

function death(queue: string, reason: string, timeSeconds = 1): Death {
  return { queue, reason, exchange: 'x', routingKeys: ['k', 'cc'], timeSeconds };
}

/** x-death as queue, reason and count. */
function told(properties: MessageProperties): string[] {
  return deathsOf(properties.headers).map((entry) => {
    const field = (name: string) => String(entry.get(name)?.value);
    return `${field('queue')} ${field('reason')} ${field('count')}`;
  });
}

test("the first death: all fields in RabbitMQ's order, the expiration leaves the properties", () => {
  const after = propertiesAfterDeath(
    { expiration: '5', priority: 3 },
    death('q', 'expired'),
    false,
  );
  expect(after.expiration).toBeUndefined();
  expect(after.priority).toBe(3);
  const [entry] = deathsOf(after.headers);
  expect([...(entry as ReadonlyMap<string, unknown>).keys()]).toEqual([
    ...['count', 'reason', 'queue', 'time', 'exchange', 'routing-keys', 'original-expiration'],
  ]);
  expect(entry?.get('count')).toEqual({ type: 'l', value: 1n });
  expect(entry?.get('time')).toEqual({ type: 'T', value: 1n });
});

test('one entry per queue and reason, the newest first, counted', () => {
  let properties: MessageProperties = {};
  for (const [queue, reason] of [
    ['d1', 'expired'],
    ['d2', 'rejected'],
    ['d1', 'expired'],
    ['d2', 'rejected'],
    ['d1', 'expired'],
  ] as const) {
    properties = propertiesAfterDeath(
      properties,
      death(queue, reason, 9),
      told(properties).length > 0,
    );
  }
  expect(told(properties)).toEqual(['d1 expired 3', 'd2 rejected 2']);
  const headers = properties.headers;
  expect(headers?.get('x-first-death-queue')?.value).toEqual(Buffer.from('d1'));
  expect(headers?.get('x-first-death-reason')?.value).toEqual(Buffer.from('expired'));
  expect(headers?.get('x-last-death-reason')?.value).toEqual(Buffer.from('expired'));
});

test('what a publisher says of deaths is not believed', () => {
  const headers = tableOf({ 'x-death': 'anything', 'x-first-death-queue': 'made up', mine: 1 });
  const after = propertiesAfterDeath({ headers }, death('q', 'rejected'), false);
  expect(told(after)).toEqual(['q rejected 1']);
  expect(after.headers?.get('x-first-death-queue')?.value).toEqual(Buffer.from('q'));
  expect(after.headers?.has('mine')).toBe(true);
});

test('a cycle is a queue that was passed without a rejection since', () => {
  let properties = propertiesAfterDeath({}, death('a', 'expired'), false);
  expect(isCycle(deathsOf(properties.headers), 'a')).toBe(true);
  expect(isCycle(deathsOf(properties.headers), 'b')).toBe(false);
  properties = propertiesAfterDeath(properties, death('b', 'rejected'), true);
  expect(isCycle(deathsOf(properties.headers), 'a')).toBe(false);
  properties = propertiesAfterDeath(properties, death('c', 'maxlen'), true);
  expect(isCycle(deathsOf(properties.headers), 'c')).toBe(true);
  expect(isCycle(deathsOf(properties.headers), 'a')).toBe(false);
});
