import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Routing } from '../../../src/broker/exchange/route.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import type { VirtualHost } from '../../../src/broker/vhost/vhost.ts';
import { tablesEqual } from '../../../src/protocol/field-value.ts';
import { FIXED_RANDOM, messageOf } from '../exchange/routing-fixture.ts';
import { Bench, type Plain, refusal } from './topology-fixture.ts';

const durable = { isDurable: true };

/** Everything durable in a vhost, as plain comparable text. */
function durableContents(vhost: VirtualHost): string[] {
  const lines: string[] = [];
  for (const exchange of vhost.exchanges.values()) {
    if (!exchange.isDurable) continue;
    const { name, type, id, isAutoDelete, isInternal } = exchange;
    lines.push(`exchange ${name} ${type} ${id} ${isAutoDelete} ${isInternal}`);
    for (const binding of exchange.bindings.values()) {
      if (binding.isDurable) lines.push(`binding ${name} ${binding.key} ${binding.id}`);
    }
  }
  for (const { name, isDurable, isAutoDelete, storageId } of vhost.queues.values()) {
    if (isDurable) lines.push(`queue ${name} ${isAutoDelete} ${storageId}`);
  }
  return lines.sort();
}

function routed(vhost: VirtualHost, exchangeName: string, routingKey: string): string[] {
  const targets: Queue[] = [];
  const exchange = vhost.exchanges.get(exchangeName);
  if (exchange === undefined) return ['no exchange'];
  new Routing(FIXED_RANDOM).route(vhost, exchange, messageOf([routingKey], { kind: 'a' }), targets);
  return targets
    .filter((queue) => queue.isDurable)
    .map((queue) => queue.name)
    .sort();
}

describe('a restart', () => {
  it('brings back what is durable, with arguments of every type, and nothing else', () => {
    const bench = new Bench();
    const everyType: Plain = {
      text: 'é',
      bool: true,
      int: -5,
      long: -(2n ** 62n),
      double: 1.5,
      nothing: null,
      list: [1, 'a', { deep: [2n] }],
      bytes: { type: 'x', value: Buffer.from([0, 255]) },
      time: { type: 'T', value: 2n ** 63n },
      decimal: { type: 'D', value: { scale: 2, value: 314 } },
      small: { type: 'b', value: -1 },
      single: { type: 'f', value: 0.5 },
    };
    bench.declareExchange('x', {
      ...durable,
      type: 'headers',
      isInternal: true,
      arguments: { ...everyType, 'alternate-exchange': 'amq.fanout' },
    });
    bench.declareQueue('q', { ...durable, isAutoDelete: true, arguments: everyType });
    bench.bindQueue('x', 'q', { routingKey: 'k', arguments: everyType });
    bench.bindExchange('amq.topic', 'x', { routingKey: '#' });
    bench.declareExchange('transient');
    bench.declareQueue('transient');
    bench.declareQueue('exclusive', { ...durable, isExclusive: true });
    bench.bindQueue('amq.topic', 'transient');
    bench.bindQueue('transient', 'q');

    const after = bench.restarted();
    expect(after.recovered).toMatchObject({
      vhostCount: 1,
      exchangeCount: 1,
      queueCount: 1,
      bindingCount: 2,
      unusable: [],
    });
    const exchangeId = bench.vhost.exchanges.get('x')?.id;
    expect([...after.recovered.storageIds]).toEqual([exchangeId, bench.queue('q').storageId]);
    expect(durableContents(after.vhost)).toEqual(durableContents(bench.vhost));
    expect([...after.vhost.queues.keys()]).toEqual(['q']);
    expect(after.vhost.exchanges.size).toBe(8);
    const exchange = after.vhost.exchanges.get('x');
    expect(exchange?.alternateExchange).toBe('amq.fanout');
    expect(tablesEqual(after.queue('q').arguments, bench.queue('q').arguments)).toBe(true);
    // The same declarations are the same things again.
    after.declareQueue('q', { ...durable, isAutoDelete: true });
    expect(after.bindQueue('x', 'q', { routingKey: 'k', arguments: everyType }).isStored).toBe(
      false,
    );
    expect(after.deleteQueue('q').isStored).toBe(true);
    expect(after.metadata.countOf('binding')).toBe(1);
  });

  it('twice is the same as once', () => {
    const bench = new Bench();
    bench.declareQueue('q', durable);
    bench.bindQueue('amq.fanout', 'q');
    const once = durableContents(bench.restarted().vhost);
    expect(durableContents(bench.restarted().restarted().vhost)).toEqual(once);
  });

  it('never gives an id twice, not even those that were lost with the crash', () => {
    const bench = new Bench();
    const ids = new Set<number>();
    let current = bench;
    for (let start = 0; start < 4; start++) {
      for (let index = 0; index < 700; index++) {
        const overrides = index % 3 === 0 ? durable : {};
        ids.add(current.declareQueue(`${start} ${index}`, overrides).queue.storageId);
      }
      current = current.restarted();
    }
    expect(ids.size).toBe(2_800);
  });

  it('brings back other vhosts too', () => {
    const bench = new Bench();
    const other = bench.vhosts.create('other');
    bench.topology.declareQueue(bench.actor, other, {
      name: 'q',
      isDurable: true,
      isExclusive: false,
      isAutoDelete: false,
      arguments: new Map(),
    });
    const after = bench.restarted();
    expect(after.vhosts.get('other')?.queues.has('q')).toBe(true);
    expect(after.vhosts.get('other')?.id).toBe(other.id);
    expect(after.hasQueue('q')).toBe(false);
  });

  it('after any sequence of changes finds the durable part of them, and routes alike', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const key = fc.constantFrom('', 'k', '#', 'k.*');
    const change = fc.oneof(
      fc.record({
        do: fc.constant('exchange' as const),
        name,
        isDurable: fc.boolean(),
        isAutoDelete: fc.boolean(),
        type: fc.constantFrom('direct', 'topic', 'fanout'),
      }),
      fc.record({
        do: fc.constant('queue' as const),
        name,
        isDurable: fc.boolean(),
        isExclusive: fc.boolean(),
      }),
      fc.record({
        do: fc.constant('bindQueue' as const),
        source: fc.oneof(name, fc.constant('amq.topic')),
        to: name,
        key,
      }),
      fc.record({
        do: fc.constant('bindExchange' as const),
        source: fc.oneof(name, fc.constant('amq.topic')),
        to: name,
        key,
      }),
      fc.record({ do: fc.constant('unbind' as const), source: name, to: name, key }),
      fc.record({ do: fc.constant('deleteQueue' as const), name }),
      fc.record({ do: fc.constant('deleteExchange' as const), name }),
      fc.record({ do: fc.constant('gone' as const) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const bench = new Bench();
        for (const one of changes) {
          attempt(() => {
            if (one.do === 'exchange') bench.declareExchange(one.name, one);
            else if (one.do === 'queue') bench.declareQueue(one.name, one);
            else if (one.do === 'bindQueue')
              bench.bindQueue(one.source, one.to, { routingKey: one.key });
            else if (one.do === 'bindExchange')
              bench.bindExchange(one.source, one.to, { routingKey: one.key });
            else if (one.do === 'unbind')
              bench.unbindQueue(one.source, one.to, { routingKey: one.key });
            else if (one.do === 'deleteQueue') bench.deleteQueue(one.name);
            else if (one.do === 'deleteExchange') bench.deleteExchange(one.name);
            else bench.topology.deleteExclusiveQueues(bench.actor.connection);
          });
        }
        checkEdges(bench.vhost);
        const after = bench.restarted();
        expect(after.recovered.unusable).toEqual([]);
        checkEdges(after.vhost);
        expect(durableContents(after.vhost)).toEqual(durableContents(bench.vhost));
        // A transient node may have joined durable ones, so compare with a second restart.
        const again = after.restarted();
        for (const exchange of after.vhost.exchanges.keys()) {
          for (const routingKey of ['', 'k', 'k.x']) {
            expect(routed(again.vhost, exchange, routingKey)).toEqual(
              routed(after.vhost, exchange, routingKey),
            );
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Refusals are part of the game; anything else is a bug. */
function attempt(action: () => void): void {
  let isRefused = true;
  const run = () => {
    action();
    isRefused = false;
    throw new AllowedMarker();
  };
  try {
    refusal(run);
  } catch (error) {
    if (!(error instanceof AllowedMarker) || isRefused) throw error;
  }
}

class AllowedMarker extends Error {}

/** Each binding is known at both of its ends, and both ends exist. */
function checkEdges(vhost: VirtualHost): void {
  let bindingCount = 0;
  for (const exchange of vhost.exchanges.values()) {
    for (const [key, binding] of exchange.bindings) {
      bindingCount++;
      expect(binding.key).toBe(key);
      const { destinationQueue: queue, destinationExchange: next } = binding;
      if (queue !== undefined) {
        expect(vhost.queues.get(queue.name)).toBe(queue);
        expect(queue.bindings.has(binding)).toBe(true);
      } else {
        expect(vhost.exchanges.get(next?.name as string)).toBe(next);
        expect(next?.incomingBindings.has(binding)).toBe(true);
      }
    }
  }
  const incomingCount =
    [...vhost.exchanges.values()].reduce((sum, one) => sum + one.incomingBindings.size, 0) +
    [...vhost.queues.values()].reduce((sum, one) => sum + one.bindings.size, 0);
  expect([incomingCount, vhost.bindingCount]).toEqual([bindingCount, bindingCount]);
}

describe('records that cannot be used', () => {
  it('are named and left alone, and everything else comes back', () => {
    const bench = new Bench();
    bench.declareQueue('good', durable);
    bench.bindQueue('amq.fanout', 'good');
    const { metadata } = bench;
    const table = Buffer.from([0, 0, 0, 0]);
    const exchange = { vhost: '/', durable: true, auto_delete: false, internal: false };
    const queue = { vhost: '/', durable: true, auto_delete: false };
    const binding = { vhost: '/', destination_type: 'queue', routing_key: '', arguments: table };
    const put = (kind: 'exchange' | 'queue' | 'binding', id: number, fields: object) =>
      metadata.put({ kind, id, fields: { ...fields } });
    put('exchange', 9001, { ...exchange, name: 'x', type: 'odd', arguments: table });
    put('exchange', 9002, { ...exchange, name: 'x', type: 'x-delayed-message', arguments: table });
    put('exchange', 9003, { ...exchange, name: 'x', type: 'topic', arguments: 'text' });
    put('exchange', 9004, { ...exchange, name: 'x', type: 'topic', internal: 1, arguments: table });
    put('queue', 9005, { ...queue, vhost: 'gone', name: 'q', arguments: table });
    put('queue', 9006, { ...queue, name: 'q', arguments: Buffer.from([0, 0, 0, 9, 1]) });
    put('queue', 9007, { ...queue, name: 'good', arguments: table });
    put('queue', 9008, { ...queue, arguments: table });
    put('binding', 9009, { ...binding, source: 'none', destination: 'good' });
    put('binding', 9010, { ...binding, source: 'amq.fanout', destination: 'none' });
    put('binding', 9011, { ...binding, source: 'amq.fanout', destination: 'good' });
    const writeCount = metadata.writeCount;

    const after = bench.restarted();
    expect(metadata.writeCount).toBe(writeCount);
    expect(after.recovered).toMatchObject({ exchangeCount: 0, queueCount: 1, bindingCount: 1 });
    expect(after.recovered.unusable.map((line) => line.replace(/(00\d|01\d): .*/, '$1'))).toEqual([
      ...[9001, 9002, 9003, 9004].map((id) => `exchange ${id}`),
      ...[9005, 9006, 9007, 9008].map((id) => `queue ${id}`),
      ...[9009, 9010, 9011].map((id) => `binding ${id}`),
    ]);
    // The journal must keep the messages of what waits for repair.
    for (let id = 9001; id <= 9008; id++) expect(after.recovered.storageIds).toContain(id);
    expect(routed(after.vhost, 'amq.fanout', '')).toEqual(['good']);
  });
});
