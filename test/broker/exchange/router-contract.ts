// What every exchange type must do, whatever its rule. Each type's own test runs it.

import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/broker/exchange/exchange.ts';
import { Routing } from '../../../src/broker/exchange/route.ts';
import type { RoutedMessage } from '../../../src/broker/exchange/router.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import type { PlainValue } from '../../../src/protocol/field-value.ts';
import {
  bindTo,
  Collected,
  exchangeOf,
  FIXED_RANDOM,
  messageOf,
  queueNamed,
  reachedBy,
  unbind,
} from './routing-fixture.ts';

/** A binding of the type, and a message that it matches. */
export interface ContractCase {
  readonly type: string;
  readonly routingKey: string;
  readonly arguments: { readonly [key: string]: PlainValue };
  readonly message: RoutedMessage;
  /** One: the type picks one of the bindings that match. */
  readonly reaches?: 'all' | 'one';
  /** True when the binding matches every message. */
  readonly matchesEverything?: boolean;
  /** The key of the index-th binding that `message` need not match. */
  readonly otherKey?: (index: number) => string;
}

export function describeRouterContract(contract: ContractCase): void {
  const { type, routingKey, message } = contract;
  const bind = (source: Exchange, destination: Queue | Exchange) =>
    bindTo(source, destination, routingKey, contract.arguments);
  const otherKey = contract.otherKey ?? ((index) => `other.${index}`);
  const expectReached = (exchange: Exchange, names: readonly string[]) => {
    const reached = reachedBy(exchange, message);
    if (contract.reaches !== 'one') return expect(reached).toEqual(names);
    expect(reached).toHaveLength(1);
    expect(names).toContain(reached[0]);
  };

  describe(`exchange type ${type}, contract of all types`, () => {
    it('reaches nothing without bindings', () => {
      expect(reachedBy(exchangeOf(type), message)).toEqual([]);
    });

    it('allows the binding and reaches its queue', () => {
      const exchange = exchangeOf(type);
      const binding = bind(exchange, queueNamed('q'));
      const destination = { queue: binding.destinationQueue as Queue };
      const validate = () => exchange.router.validate(routingKey, binding.arguments, destination);
      expect(validate).not.toThrow();
      expect(reachedBy(exchange, message)).toEqual(['q']);
    });

    it('reaches every queue bound the same way, once each', () => {
      const exchange = exchangeOf(type);
      for (const name of ['a', 'b', 'c']) bind(exchange, queueNamed(name));
      expectReached(exchange, ['a', 'b', 'c']);
    });

    it('forgets exactly the binding that is unbound, in any order', () => {
      for (const leaving of ['a', 'b', 'c']) {
        const exchange = exchangeOf(type);
        const bindings = ['a', 'b', 'c'].map((name) => bind(exchange, queueNamed(name)));
        unbind(bindings.find((binding) => binding.destination.name === leaving)!);
        expectReached(
          exchange,
          ['a', 'b', 'c'].filter((name) => name !== leaving),
        );
      }
    });

    it('is empty again after the last unbind, and can be bound anew', () => {
      const exchange = exchangeOf(type);
      for (let round = 0; round < 3; round++) {
        const binding = bind(exchange, queueNamed('q'));
        expect(reachedBy(exchange, message)).toEqual(['q']);
        unbind(binding);
        expect(reachedBy(exchange, message)).toEqual([]);
      }
    });

    it('leads to exchanges as to queues', () => {
      const exchange = exchangeOf(type);
      const next = exchangeOf('fanout', 'next');
      const queue = queueNamed('q');
      bind(exchange, next);
      bindTo(next, queue);
      const targets: Queue[] = [];
      const vhost = { exchanges: new Map(), routeEpoch: 0 };
      new Routing(FIXED_RANDOM).route(vhost, exchange, message, targets);
      expect(targets).toEqual([queue]);
    });

    it('keeps the bindings of two exchanges apart', () => {
      const first = exchangeOf(type, 'first');
      const second = exchangeOf(type, 'second');
      bind(first, queueNamed('q'));
      expect(reachedBy(second, message)).toEqual([]);
    });

    it('matches other messages only when it ignores keys and headers', () => {
      const exchange = exchangeOf(type);
      bind(exchange, queueNamed('q'));
      const other = new Collected();
      exchange.router.route('another.key', messageOf(['another.key'], { other: 1 }), other);
      expect(other.names).toEqual(contract.matchesEverything === true ? ['q'] : []);
    });

    it('gives one key one result, if it says so', () => {
      const exchange = exchangeOf(type);
      for (let index = 0; index < 10; index++) bind(exchange, queueNamed(`q${index}`));
      if (!exchange.router.isCacheable) return;
      const key = message.routingKeys[0] as string;
      const results = Array.from({ length: 20 }, (_, index) => {
        const collected = new Collected();
        exchange.router.route(key, messageOf(message.routingKeys, { index }), collected);
        return collected.names.join();
      });
      expect(new Set(results).size).toBe(1);
    });

    it('finds one of 10,000 bindings, and none after they are gone', () => {
      const exchange = exchangeOf(type);
      const bindings = Array.from({ length: 10_000 }, (_, index) =>
        bindTo(exchange, queueNamed(`other${index}`), otherKey(index), { other: index }),
      );
      bind(exchange, queueNamed('q'));
      if (contract.reaches === 'one') expect(reachedBy(exchange, message)).toHaveLength(1);
      else expect(reachedBy(exchange, message)).toContain('q');
      for (const binding of bindings) unbind(binding);
      expect(reachedBy(exchange, message)).toEqual(['q']);
    });
  });
}
