import { expect, test } from 'vitest';
import { VhostCounts } from '../../../src/broker/metrics/node-counts.ts';
import {
  ChannelCounts,
  ExchangeCounts,
  QueueCounts,
} from '../../../src/broker/metrics/resource-counts.ts';

const named = (name: string) => ({ vhostName: '/', name });
const channel = (number: number) =>
  new ChannelCounts({
    number,
    connection: {
      name: 'c',
      transport: { remoteAddress: '127.0.0.1', remotePort: 1 },
      user: { name: 'ann' },
    },
  });

test('an exchange keeps what channels did that are gone', () => {
  const exchange = new ExchangeCounts(named('x'));
  const [first, second] = [channel(1), channel(2)];
  first.ofExchange(exchange).publish += 2;
  second.ofExchange(exchange).publish += 3;
  expect(first.ofExchange(exchange).publish).toBe(2);
  expect(exchange.total.publish).toBe(5);
  first.close();
  expect([...exchange.uses].map((use) => use.channel)).toEqual([second]);
  expect(exchange.total.publish).toBe(5);
  expect(first.publishes.publish).toBe(0);
});

test('a channel keeps what it did with queues and exchanges that are gone, and so does the vhost', () => {
  const vhost = new VhostCounts();
  const queue = new QueueCounts(named('q'));
  const exchange = new ExchangeCounts(named('x'));
  const one = channel(1);
  one.ofQueue(queue).deliver += 4;
  one.ofQueue(queue).getNoAck += 1;
  one.ofExchange(exchange).confirm += 7;
  queue.died('expired');
  vhost.queueRemoved('quorum', queue);
  vhost.exchangeRemoved(exchange);
  expect([...one.queueUses, ...one.exchangeUses]).toEqual([]);
  expect(one.deliveries.deliverGet).toBe(5);
  expect(one.publishes.confirm).toBe(7);
  expect(vhost.deliveries.deliver).toBe(4);
  expect(vhost.publishes.confirm).toBe(7);
  expect(vhost.ofType('quorum').deaths.expired).toBe(1);
  expect(vhost.ofType('classic').deliveries.deliver).toBe(0);
});

test('a queue knows by which exchanges messages came, without those that are gone', () => {
  const queue = { counts: new QueueCounts(named('q')) };
  const exchanges = ['a', 'b', 'c'].map((name) => new ExchangeCounts(named(name)));
  for (let i = 0; i < 12; i++) {
    for (const exchange of exchanges.slice(i % 3)) exchange.routed([queue], 10);
  }
  const sources = () =>
    queue.counts.sources.map(({ exchange, publish }) => [exchange.resource.name, publish]).sort();
  expect(sources()).toEqual([
    ['a', 40],
    ['b', 80],
    ['c', 120],
  ]);
  exchanges[1]?.remove();
  expect(sources()).toEqual([
    ['a', 40],
    ['c', 120],
  ]);
});

test('a queue lets exchanges go that are gone, also when nobody looks at its sources', () => {
  const queue = { counts: new QueueCounts(named('q')) };
  const gone = new ExchangeCounts(named('gone'));
  gone.routed([queue], 1);
  gone.remove();
  new ExchangeCounts(named('next')).routed([queue], 1);
  // Looking leaves out what is gone: it has to have been left out before.
  gone.isRemoved = false;
  expect(queue.counts.sources.map(({ exchange }) => exchange.resource.name)).toEqual(['next']);
});
