import { describe, expect, it } from 'vitest';
import { Bench } from './topology-fixture.ts';

const autoDelete = { isAutoDelete: true, type: 'fanout' };

describe('auto-delete exchanges', () => {
  it('go with their last binding as source', () => {
    const bench = new Bench();
    bench.declareExchange('x', autoDelete);
    bench.declareQueue('q');
    bench.bindQueue('x', 'q', { routingKey: '1' });
    bench.bindQueue('x', 'q', { routingKey: '2' });
    bench.unbindQueue('x', 'q', { routingKey: '1' });
    expect(bench.hasExchange('x')).toBe(true);
    bench.unbindQueue('x', 'q', { routingKey: '2' });
    expect(bench.hasExchange('x')).toBe(false);
  });

  it('stay when they never had one, also when a binding to them goes', () => {
    const bench = new Bench();
    bench.declareExchange('x', autoDelete);
    bench.bindExchange('amq.fanout', 'x');
    bench.unbindExchange('amq.fanout', 'x');
    expect(bench.hasExchange('x')).toBe(true);
  });

  it('go when the queue or exchange they lead to is deleted', () => {
    const bench = new Bench();
    bench.declareExchange('toQueue', autoDelete);
    bench.declareExchange('toExchange', autoDelete);
    bench.declareExchange('end');
    bench.declareQueue('q');
    bench.bindQueue('toQueue', 'q');
    bench.bindExchange('toExchange', 'end');
    bench.deleteQueue('q');
    expect(bench.hasExchange('toQueue')).toBe(false);
    bench.deleteExchange('end');
    expect(bench.hasExchange('toExchange')).toBe(false);
  });

  it('take a chain of auto-delete exchanges with them, however long', () => {
    const bench = new Bench();
    const length = 20_000;
    for (let index = 0; index < length; index++) {
      bench.declareExchange(`x${index}`, { ...autoDelete, isDurable: true });
      if (index > 0) bench.bindExchange(`x${index - 1}`, `x${index}`);
    }
    bench.declareQueue('q', { isDurable: true });
    bench.bindQueue(`x${length - 1}`, 'q');
    expect(bench.deleteQueue('q').isStored).toBe(true);
    expect(bench.vhost.exchanges.size).toBe(7);
    expect(bench.vhost.bindingCount).toBe(0);
    expect(bench.metadata.countOf('exchange')).toBe(0);
    expect(bench.metadata.countOf('binding')).toBe(0);
  });

  it('go once when they are in a circle', () => {
    const bench = new Bench();
    for (const name of ['a', 'b', 'c']) bench.declareExchange(name, autoDelete);
    bench.bindExchange('a', 'b');
    bench.bindExchange('b', 'c');
    bench.bindExchange('c', 'a');
    bench.unbindExchange('a', 'b');
    expect([...bench.vhost.exchanges.keys()].filter((name) => name.length === 1)).toEqual([]);
    expect(bench.vhost.bindingCount).toBe(0);
  });

  it('stay while another binding is left', () => {
    const bench = new Bench();
    bench.declareExchange('x', autoDelete);
    bench.declareQueue('q');
    bench.bindQueue('x', 'q');
    bench.bindExchange('x', 'amq.fanout');
    bench.deleteQueue('q');
    expect(bench.hasExchange('x')).toBe(true);
  });

  it('count as stored when only they were durable', () => {
    const bench = new Bench();
    bench.declareExchange('x', { ...autoDelete, isDurable: true });
    bench.declareQueue('q');
    bench.bindQueue('x', 'q');
    expect(bench.deleteQueue('q')).toEqual({ messageCount: 0, isStored: true });
    expect(bench.metadata.countOf('exchange')).toBe(0);
  });
});

it('a queue is out of the topology before it ends', () => {
  const bench = new Bench();
  const { queue } = bench.declareQueue('q', { isAutoDelete: true });
  bench.bindQueue('amq.fanout', 'q');
  let wasPresent = true;
  queue.remove = () => {
    wasPresent = bench.hasQueue('q') || queue.bindings.size > 0;
    // The queue's last consumer goes now; the topology must not remove it again.
    bench.topology.queueUnused(queue);
  };
  bench.deleteQueue('q');
  expect(wasPresent).toBe(false);
});

it('every removal raises the revision that routes are kept for', () => {
  const bench = new Bench();
  bench.declareExchange('x');
  bench.declareQueue('q');
  bench.bindQueue('x', 'q');
  for (const change of [
    () => bench.unbindQueue('x', 'q'),
    () => bench.deleteQueue('q'),
    () => bench.deleteExchange('x'),
  ]) {
    const before = bench.vhost.topologyRevision;
    change();
    expect(bench.vhost.topologyRevision).toBeGreaterThan(before);
  }
});
