import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/broker/exchange/exchange.ts';
import { Routing } from '../../../src/broker/exchange/route.ts';
import { PublishedMessage } from '../../../src/broker/exchange/routed-message.ts';
import { incoming } from '../../support/core/messages.ts';
import { FIXED_RANDOM } from '../exchange/routing-fixture.ts';
import { Bench } from './topology-fixture.ts';

function publish(bench: Bench, exchange: Exchange, routingKey: string, bytes = 1): void {
  const message = incoming({ exchange: 'h', routingKey, body: Buffer.alloc(bytes) });
  const routed = new PublishedMessage(message, [routingKey]);
  new Routing(FIXED_RANDOM).route(bench.vhost, exchange, routed, []);
}

function benchWithHistory(keys: readonly string[]): Bench {
  const bench = new Bench();
  const { exchange } = bench.declareExchange('h', { type: 'x-recent-history', isDurable: true });
  for (const key of keys) publish(bench, exchange, key);
  bench.declareQueue('q');
  return bench;
}

describe('a new binding of an exchange with a history', () => {
  it('gives a queue all of it, once', () => {
    const bench = benchWithHistory(['a', 'b', 'c']);
    bench.bindQueue('h', 'q');
    expect(bench.queue('q').readyCount).toBe(3);
    bench.bindQueue('h', 'q');
    expect(bench.queue('q').readyCount).toBe(3);
    bench.bindQueue('h', 'q', { routingKey: 'other' });
    expect(bench.queue('q').readyCount).toBe(6);
  });

  it('goes through an exchange to the queues that its rule reaches', () => {
    const bench = benchWithHistory(['a', 'b', 'c']);
    bench.declareExchange('d');
    bench.bindQueue('d', 'q', { routingKey: 'b' });
    bench.bindExchange('h', 'd');
    expect(bench.queue('q').readyCount).toBe(1);
  });

  it('gives large messages as they are', () => {
    const bench = benchWithHistory([]);
    publish(bench, bench.vhost.exchanges.get('h') as Exchange, 'k', 200_000);
    for (const name of ['q', 'r']) {
      bench.declareQueue(name);
      bench.bindQueue('h', name);
      expect(bench.queue(name).readyCount).toBe(1);
    }
  });

  it('is empty after a restart, as in RabbitMQ', () => {
    const bench = benchWithHistory(['a']).restarted();
    bench.declareQueue('q');
    bench.bindQueue('h', 'q');
    expect(bench.queue('q').readyCount).toBe(0);
  });
});
