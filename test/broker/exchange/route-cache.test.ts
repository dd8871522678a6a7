import { expect, test } from 'vitest';
import { RouteCache } from '../../../src/broker/exchange/route-cache.ts';
import { exchangeOf, queueNamed } from './routing-fixture.ts';

const exchange = exchangeOf('direct');

function find(cache: RouteCache, name: string, revision = 1) {
  const buffer = Buffer.from(`..${name}..`);
  return cache.find(buffer, 2, 2 + name.length, revision);
}

test('a route is found by its bytes until the topology changes', () => {
  const cache = new RouteCache();
  expect(find(cache, 'one')).toBeUndefined();
  const route = { names: Buffer.from('one'), exchange, targets: [queueNamed('q')], uncounted: 0 };
  cache.add(route);
  expect(find(cache, 'one')).toBe(route);
  expect(find(cache, 'onE')).toBeUndefined();
  expect(find(cache, 'on')).toBeUndefined();
  expect(find(cache, 'one', 2)).toBeUndefined();
  expect(find(cache, 'one', 2)).toBeUndefined();
});

test('two names with one hash never answer for each other', () => {
  // A collision of 32-bit FNV-1a.
  const [first, second] = ['costarring', 'liquid'] as const;
  const cache = new RouteCache();
  find(cache, first);
  const route = { names: Buffer.from(first), exchange, targets: [], uncounted: 0 };
  cache.add(route);
  expect(find(cache, second)).toBeUndefined();
  const other = { names: Buffer.from(second), exchange, targets: [], uncounted: 0 };
  cache.add(other);
  expect(find(cache, second)).toBe(other);
  expect(find(cache, first)).toBeUndefined();
});

test('many routes to many queues do not grow without bound', () => {
  const cache = new RouteCache();
  find(cache, 'x');
  const targets = Array.from({ length: 1000 }, () => queueNamed('q'));
  for (let i = 0; i < 600; i++) {
    cache.add({ names: Buffer.from(`key ${i}`), exchange, targets, uncounted: 0 });
  }
  let kept = 0;
  for (let i = 0; i < 600; i++) if (find(cache, `key ${i}`) !== undefined) kept++;
  expect(kept).toBeGreaterThan(0);
  expect(kept * 1001).toBeLessThan(300_000);
});

test('what went a route is counted at its exchange and queues when somebody asks, and when the cache starts anew', () => {
  const cache = new RouteCache();
  find(cache, 'one');
  const source = exchangeOf('fanout');
  const targets = [queueNamed('a'), queueNamed('b')];
  const route = { names: Buffer.from('one'), exchange: source, targets, uncounted: 0 };
  cache.add(route);
  for (let i = 0; i < 3; i++) cache.count(route);
  const published = () => targets.map(({ counts }) => counts.source(source.counts).publish);
  expect(published()).toEqual([0, 0]);
  cache.settleCounts();
  cache.settleCounts();
  expect(published()).toEqual([3, 3]);
  expect(source.counts.publishOut).toBe(6);
  cache.count(route);
  find(cache, 'one', 2);
  expect(published()).toEqual([4, 4]);
});
