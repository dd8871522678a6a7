import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/broker/exchange/exchange.ts';
import { Routing, type RoutingTable } from '../../../src/broker/exchange/route.ts';
import type { RoutedMessage } from '../../../src/broker/exchange/router.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { VirtualHost } from '../../../src/broker/vhost/vhost.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { bindTo, exchangeOf, FIXED_RANDOM, messageOf, queueNamed } from './routing-fixture.ts';

const routing = new Routing(FIXED_RANDOM);

/** Exchanges live in one vhost in earnest; here each table goes on behind the marks of the last. */
let nextEpoch = 0;

function tableWith(...exchanges: Exchange[]): RoutingTable {
  nextEpoch += 1_000;
  return {
    exchanges: new Map(exchanges.map((one) => [one.name, one])),
    routeEpoch: nextEpoch,
  };
}

function routed(table: RoutingTable, from: Exchange, message: RoutedMessage = messageOf()) {
  const targets: Queue[] = [];
  const isKeyedOnly = routing.route(table, from, message, targets);
  return { names: targets.map((queue) => queue.name).sort(), isKeyedOnly };
}

function withAlternate(type: string, name: string, alternate: string): Exchange {
  return exchangeOf(type, name, tableOf({ 'alternate-exchange': alternate }));
}

describe('routing', () => {
  it('gives a queue one copy however many bindings reach it', () => {
    const exchange = exchangeOf('topic');
    const queue = queueNamed('q');
    for (const pattern of ['#', 'a', '*', 'a.#']) bindTo(exchange, queue, pattern);
    expect(routed(tableWith(), exchange, messageOf(['a'])).names).toEqual(['q']);
  });

  it('gives each of many queues one copy', () => {
    const exchange = exchangeOf('fanout');
    const queues = Array.from({ length: 500 }, (_, index) => queueNamed(`q${index}`));
    for (const key of ['one', 'two', 'three']) {
      for (const queue of queues) bindTo(exchange, queue, key);
    }
    const expected = queues.map((queue) => queue.name).sort();
    expect(routed(tableWith(), exchange).names).toEqual(expected);
    expect(routed(tableWith(), exchange).names).toEqual(expected);
  });

  it('appends to targets and does not repeat what is there', () => {
    const exchange = exchangeOf('fanout');
    const present = queueNamed('present');
    const added = queueNamed('added');
    bindTo(exchange, present);
    bindTo(exchange, added);
    const targets: Queue[] = [present];
    routing.route(tableWith(), exchange, messageOf(), targets);
    expect(targets).toEqual([present, added]);
  });

  it('follows exchange-to-exchange bindings and cuts cycles', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => exchangeOf('fanout', name)) as [
      Exchange,
      Exchange,
      Exchange,
    ];
    bindTo(a, b);
    bindTo(b, c);
    bindTo(c, a);
    bindTo(a, a);
    for (const exchange of [a, b, c]) bindTo(exchange, queueNamed(`q${exchange.name}`));
    for (const exchange of [a, b, c]) {
      expect(routed(tableWith(a, b, c), exchange).names).toEqual(['qa', 'qb', 'qc']);
    }
  });

  it('uses the same routing key at every hop', () => {
    const first = exchangeOf('topic', 'first');
    const second = exchangeOf('direct', 'second');
    bindTo(first, second, 'a.#');
    bindTo(second, queueNamed('exact'), 'a.b');
    bindTo(second, queueNamed('other'), 'a.c');
    expect(routed(tableWith(), first, messageOf(['a.b'])).names).toEqual(['exact']);
  });

  it('goes through a chain far longer than the stack', () => {
    const exchanges = Array.from({ length: 50_000 }, (_, i) => exchangeOf('fanout', `x${i}`));
    for (let index = 1; index < exchanges.length; index++) {
      bindTo(exchanges[index - 1] as Exchange, exchanges[index] as Exchange);
    }
    bindTo(exchanges.at(-1) as Exchange, queueNamed('end'));
    expect(routed(tableWith(), exchanges[0] as Exchange).names).toEqual(['end']);
  });

  it('reaches exactly what is reachable in any graph of fanouts', () => {
    const edge = fc.tuple(fc.nat(7), fc.nat(7));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 20 }), fc.nat(7), (edges, start) => {
        const exchanges = Array.from({ length: 8 }, (_, i) => exchangeOf('fanout', `x${i}`));
        for (const exchange of exchanges) bindTo(exchange, queueNamed(exchange.name));
        for (const [from, to] of new Map(edges.map((pair) => [pair.join(), pair])).values()) {
          bindTo(exchanges[from] as Exchange, exchanges[to] as Exchange);
        }
        const reachable = new Set([start]);
        for (const node of reachable) {
          for (const [from, to] of edges) if (from === node) reachable.add(to);
        }
        const expected = [...reachable].map((node) => `x${node}`).sort();
        expect(routed(tableWith(), exchanges[start] as Exchange).names).toEqual(expected);
      }),
    );
  });
});

describe('several routing keys (CC and BCC)', () => {
  it('evaluates all of them on the same exchange, one copy per queue', () => {
    const exchange = exchangeOf('direct');
    const both = queueNamed('both');
    bindTo(exchange, both, 'a');
    bindTo(exchange, both, 'b');
    bindTo(exchange, queueNamed('c'), 'c');
    const keys = ['a', 'b', 'c', 'a', 'none'];
    expect(routed(tableWith(), exchange, messageOf(keys)).names).toEqual(['both', 'c']);
  });

  it('works on the default exchange', () => {
    const vhost = new VirtualHost('/', 1);
    for (const name of ['a', 'b', 'c']) vhost.queues.set(name, queueNamed(name));
    const message = messageOf(['a', 'b', 'missing']);
    expect(routed(vhost, vhost.defaultExchange, message).names).toEqual(['a', 'b']);
  });
});

describe('alternate exchange', () => {
  it('takes what no binding matched, and only that', () => {
    const exchange = withAlternate('direct', 'x', 'alternate');
    const alternate = exchangeOf('fanout', 'alternate');
    bindTo(exchange, queueNamed('q'), 'known');
    bindTo(alternate, queueNamed('rest'));
    const table = tableWith(exchange, alternate);
    expect(routed(table, exchange, messageOf(['known'])).names).toEqual(['q']);
    expect(routed(table, exchange, messageOf(['unknown'])).names).toEqual(['rest']);
  });

  it('is not used when one of several keys matched', () => {
    const exchange = withAlternate('direct', 'x', 'alternate');
    const alternate = exchangeOf('fanout', 'alternate');
    bindTo(exchange, queueNamed('q'), 'known');
    bindTo(alternate, queueNamed('rest'));
    const table = tableWith(exchange, alternate);
    expect(routed(table, exchange, messageOf(['unknown', 'known'])).names).toEqual(['q']);
  });

  it('is not used when a binding led to an exchange that leads nowhere', () => {
    const exchange = withAlternate('fanout', 'x', 'alternate');
    const alternate = exchangeOf('fanout', 'alternate');
    bindTo(exchange, exchangeOf('fanout', 'empty'));
    bindTo(alternate, queueNamed('rest'));
    expect(routed(tableWith(exchange, alternate), exchange).names).toEqual([]);
  });

  it('is used by exchanges further down as well', () => {
    const first = exchangeOf('fanout', 'first');
    const second = withAlternate('direct', 'second', 'alternate');
    const alternate = exchangeOf('fanout', 'alternate');
    bindTo(first, second);
    bindTo(alternate, queueNamed('rest'));
    expect(routed(tableWith(first, second, alternate), first).names).toEqual(['rest']);
  });

  it('may be a chain or a cycle, and may be missing', () => {
    const a = withAlternate('direct', 'a', 'b');
    const b = withAlternate('direct', 'b', 'c');
    const c = withAlternate('direct', 'c', 'a');
    expect(routed(tableWith(a, b, c), a).names).toEqual([]);
    bindTo(c, queueNamed('end'), '');
    expect(routed(tableWith(a, b, c), a).names).toEqual(['end']);
    expect(routed(tableWith(a), a).names).toEqual([]);
  });
});

describe('may a result be kept for its exchange and key?', () => {
  it('yes without headers and further keys', () => {
    const exchange = exchangeOf('topic');
    bindTo(exchange, exchangeOf('fanout', 'next'), '#');
    expect(routed(tableWith(), exchange).isKeyedOnly).toBe(true);
  });

  it('no with further keys', () => {
    expect(routed(tableWith(), exchangeOf('direct'), messageOf(['a', 'b'])).isKeyedOnly).toBe(
      false,
    );
  });

  it('no when a headers exchange took part, at whatever place', () => {
    const headers = exchangeOf('headers', 'headers');
    const first = exchangeOf('fanout', 'first');
    bindTo(first, headers);
    const fallback = withAlternate('direct', 'fallback', 'headers');
    const table = tableWith(headers, first, fallback);
    for (const exchange of [headers, first, fallback]) {
      expect(routed(table, exchange).isKeyedOnly).toBe(false);
    }
  });
});
