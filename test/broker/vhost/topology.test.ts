// Which permission each method asks for, and that nothing happens without it. A method without a row
// here fails the first test.

import { describe, expect, it } from 'vitest';
import { Topology } from '../../../src/broker/vhost/topology.ts';
import { Bench, refusal, request } from './topology-fixture.ts';

const noArguments = new Map();

const METHODS: Record<string, { asks: string[]; run: (bench: Bench) => unknown }> = {
  declareExchange: { asks: ['configure new'], run: (bench) => bench.declareExchange('new') },
  checkExchange: { asks: [], run: ({ topology, vhost }) => topology.checkExchange(vhost, 'x') },
  deleteExchange: { asks: ['configure x'], run: (bench) => bench.deleteExchange('x') },
  declareQueue: { asks: ['configure new'], run: (bench) => bench.declareQueue('new') },
  checkQueue: {
    asks: [],
    run: ({ topology, actor, vhost }) => topology.checkQueue(actor, vhost, 'q'),
  },
  deleteQueue: { asks: ['configure q'], run: (bench) => bench.deleteQueue('q') },
  purgeQueue: {
    asks: ['read q'],
    run: ({ topology, actor, vhost }) => topology.purgeQueue(actor, vhost, 'q'),
  },
  bind: {
    asks: ['write q', 'read x'],
    run: ({ topology, actor, vhost }) => topology.bind(actor, vhost, request('x', 'queue', 'q')),
  },
  unbind: {
    asks: ['write q', 'read y'],
    run: ({ topology, actor, vhost }) => topology.unbind(actor, vhost, request('y', 'queue', 'q')),
  },
  queueUnused: { asks: [], run: (bench) => bench.topology.queueUnused(bench.queue('q')) },
  queueExpired: { asks: [], run: (bench) => bench.topology.queueExpired(bench.queue('q')) },
  deleteExclusiveQueues: {
    asks: [],
    run: ({ topology, actor }) => topology.deleteExclusiveQueues(actor.connection),
  },
};

function benchFor(): Bench {
  const bench = new Bench();
  bench.declareExchange('x');
  bench.declareExchange('y');
  bench.declareQueue('q').queue.readyCount = 1;
  bench.bindQueue('y', 'q');
  bench.access.asked.length = 0;
  return bench;
}

const snapshot = ({ vhost, metadata }: Bench) => [
  [...vhost.exchanges.keys()],
  [...vhost.queues.values()].map((queue) => [queue.name, queue.readyCount, queue.bindings.size]),
  vhost.bindingCount,
  vhost.topologyRevision,
  metadata.writeCount,
];

describe('permissions', () => {
  it('every method of the topology is in the table', () => {
    const methods = Object.getOwnPropertyNames(Topology.prototype);
    expect(Object.keys(METHODS).sort()).toEqual(methods.filter((m) => m !== 'constructor').sort());
  });

  it.each(Object.entries(METHODS))('%s', (_, { asks, run }) => {
    const allowed = benchFor();
    run(allowed);
    expect(allowed.access.asked).toEqual(asks);
    for (const permission of asks) {
      const bench = benchFor();
      const before = snapshot(bench);
      bench.access.denied.add(permission);
      expect(refusal(() => run(bench))).toMatch(/^403 ACCESS_REFUSED - \w+ access to \w+ '/);
      expect(snapshot(bench)).toEqual(before);
    }
  });

  it('with an alternate or dead-letter exchange more is asked, of new ones only', () => {
    const bench = benchFor();
    const alternate = { arguments: { 'alternate-exchange': '' } };
    bench.declareExchange('new', alternate);
    bench.declareExchange('new', alternate);
    expect(bench.access.asked).toEqual([
      'configure new',
      'read new',
      'write amq.default',
      'configure new',
    ]);
    bench.access.asked.length = 0;
    const declaration = {
      name: 'dead',
      isDurable: false,
      isExclusive: false,
      isAutoDelete: false,
      arguments: new Map([
        ['x-dead-letter-exchange', { type: 'S' as const, value: Buffer.from('dlx') }],
      ]),
    };
    bench.topology.declareQueue(bench.actor, bench.vhost, declaration);
    expect(bench.access.asked).toEqual(['configure dead', 'read dead', 'write dlx']);
  });
});

it('vhosts do not see each other', () => {
  const { topology, vhosts, actor, vhost } = benchFor();
  const other = vhosts.create('other');
  expect(refusal(() => topology.checkQueue(actor, other, 'q'))).toBe(
    "404 NOT_FOUND - no queue 'q' in vhost 'other'",
  );
  const revision = vhost.topologyRevision;
  topology.declareExchange(actor, other, {
    name: 'x',
    type: 'fanout',
    isDurable: false,
    isAutoDelete: false,
    isInternal: false,
    arguments: noArguments,
  });
  expect(vhost.exchanges.get('x')?.type).toBe('direct');
  expect(vhost.topologyRevision).toBe(revision);
});
