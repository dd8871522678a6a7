import { describe, expect, it } from 'vitest';
import { Routing } from '../../../src/broker/exchange/route.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, FIXED_RANDOM, messageOf, queueNamed } from './routing-fixture.ts';

describeRouterContract({
  type: 'x-random',
  routingKey: 'ignored',
  arguments: {},
  message: messageOf(['some.key']),
  reaches: 'one',
  matchesEverything: true,
});

describe('x-random', () => {
  it('gives each binding the same chance', () => {
    const exchange = exchangeOf('x-random');
    for (const name of ['a', 'b', 'c']) bindTo(exchange, queueNamed(name), name);
    const routing = new Routing(FIXED_RANDOM);
    const vhost = { exchanges: new Map(), routeEpoch: 0 };
    const counts = new Map<string, number>();
    for (let index = 0; index < 3_000; index++) {
      const targets: Queue[] = [];
      expect(routing.route(vhost, exchange, messageOf(['same']), targets)).toBe(false);
      expect(targets).toHaveLength(1);
      const { name } = targets[0] as Queue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
    for (const count of counts.values()) expect(count / 3_000).toBeCloseTo(1 / 3, 1);
  });
});
