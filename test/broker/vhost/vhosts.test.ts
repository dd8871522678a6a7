import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/util/request-errors.ts';
import { Bench } from './topology-fixture.ts';

describe('virtual hosts', () => {
  it('are made once and stored', () => {
    const bench = new Bench();
    const made = bench.vhosts.create('v');
    expect(bench.vhosts.create('v')).toBe(made);
    expect(bench.vhosts.get('v')).toBe(made);
    expect(bench.vhosts.get('V')).toBeUndefined();
    expect(bench.vhosts.count).toBe(2);
    expect([...bench.vhosts.all()].map((vhost) => vhost.name)).toEqual(['/', 'v']);
    expect(bench.metadata.countOf('vhost')).toBe(2);
  });

  it('may be named like anything', () => {
    const bench = new Bench();
    for (const name of ['', '__proto__', 'a/b']) {
      expect(bench.vhosts.get(name)).toBeUndefined();
      expect(bench.vhosts.create(name).name).toBe(name);
    }
    expect(bench.vhosts.count).toBe(4);
  });

  it('take everything in them along when they are deleted', () => {
    const bench = new Bench();
    const kept = bench.vhosts.create('kept');
    bench.declareExchange('x', { isDurable: true });
    const queues = ['q', 't'].map(
      (name, index) => bench.declareQueue(name, { isDurable: index === 0 }).queue,
    );
    bench.bindQueue('x', 'q');
    bench.bindQueue('amq.fanout', 't');
    const { topologyRevision } = bench.vhost;
    expect(bench.vhosts.delete('/')).toBe(true);
    expect(bench.vhosts.delete('/')).toBe(false);
    expect(queues.map((queue) => queue.removedCount)).toEqual([1, 1]);
    expect(bench.vhost.topologyRevision).toBeGreaterThan(topologyRevision);
    const left = bench.metadata.load().filter((record) => record.kind !== 'node');
    expect(left.map((record) => `${record.kind} ${record.id}`)).toEqual([`vhost ${kept.id}`]);
  });

  it('are bounded', () => {
    const bench = new Bench({ vhostsMax: 2 });
    bench.vhosts.create('second');
    expect(() => bench.vhosts.create('third')).toThrow(
      new ValidationError("cannot create vhost 'third': vhost limit of 2 is reached"),
    );
    bench.vhosts.create('second');
  });
});
