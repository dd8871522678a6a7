import { describe, expect, it } from 'vitest';
import { Bench, type Plain, refusal } from './topology-fixture.ts';

describe('queue.declare', () => {
  it('makes a queue once, and is the same again when repeated', () => {
    const bench = new Bench();
    const first = bench.declareQueue('q', { isAutoDelete: true });
    const revision = bench.vhost.topologyRevision;
    expect(bench.declareQueue('q', { isAutoDelete: true }).queue).toBe(first.queue);
    expect(bench.vhost.topologyRevision).toBe(revision);
    expect(first.queue).toMatchObject({ name: 'q', vhostName: '/', isAutoDelete: true });
  });

  it('stores durable shared queues and no others', () => {
    const bench = new Bench();
    expect(bench.declareQueue('t').isStored).toBe(false);
    expect(bench.declareQueue('e', { isDurable: true, isExclusive: true }).isStored).toBe(false);
    expect(bench.metadata.countOf('queue')).toBe(0);
    expect(bench.declareQueue('d', { isDurable: true }).isStored).toBe(true);
    expect(bench.declareQueue('d', { isDurable: true }).isStored).toBe(false);
    expect(bench.metadata.countOf('queue')).toBe(1);
  });

  it('gives every incarnation another storage id', () => {
    const bench = new Bench();
    const ids = new Set<number>();
    for (let round = 0; round < 5; round++) {
      ids.add(bench.declareQueue('q', { isDurable: round % 2 === 0 }).queue.storageId);
      bench.deleteQueue('q');
    }
    expect(ids.size).toBe(5);
  });

  it('makes up a name of 22 characters when asked to', () => {
    const bench = new Bench();
    const names = [bench.declareQueue(''), bench.declareQueue('\r\n')].map((one) => one.queue.name);
    for (const name of names) expect(name).toMatch(/^amq\.gen-[\w-]{22}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  it('needs configure on the name it made up', () => {
    const bench = new Bench();
    bench.access.denied.add('configure amq.gen-AQEBAQEBAQEBAQEBAQEBAQ');
    expect(refusal(() => bench.declareQueue(''))).toBe(
      "403 ACCESS_REFUSED - configure access to queue 'amq.gen-AQEBAQEBAQEBAQEBAQEBAQ' in vhost '/' refused for user 'ann'",
    );
  });

  it('removes CR and LF from the name', () => {
    const bench = new Bench();
    expect(bench.declareQueue('a\r b\n').queue.name).toBe('a b');
    expect(bench.topology.checkQueue(bench.actor, bench.vhost, 'a b\n').name).toBe('a b');
    expect(bench.deleteQueue('a b\r\n').messageCount).toBe(0);
    expect(bench.hasQueue('a b')).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'x'.repeat(255), '\u4e2d', ' '])('takes %s', (name) => {
    const bench = new Bench();
    bench.declareQueue(name);
    expect(bench.hasQueue(name)).toBe(true);
  });

  it('reserves amq. before permission and existence; passive is free', () => {
    const bench = new Bench();
    const { name } = bench.declareQueue('').queue;
    bench.access.denied.add(`configure ${name}`);
    expect(refusal(() => bench.declareQueue(name))).toBe(
      `403 ACCESS_REFUSED - queue name '${name}' contains reserved prefix 'amq.*'`,
    );
    expect(bench.topology.checkQueue(bench.actor, bench.vhost, name).name).toBe(name);
  });

  it('needs configure, also for what exists', () => {
    const bench = new Bench();
    bench.declareQueue('q');
    bench.access.denied.add('configure q');
    expect(refusal(() => bench.declareQueue('q'))).toBe(
      "403 ACCESS_REFUSED - configure access to queue 'q' in vhost '/' refused for user 'ann'",
    );
  });

  it('changes nothing when it is refused', () => {
    const bench = new Bench();
    bench.declareQueue('first');
    const before = bench.metadata.writeCount;
    const revision = bench.vhost.topologyRevision;
    refusal(() => bench.declareQueue('q', { isDurable: true, arguments: { 'x-expires': 0 } }));
    expect(bench.hasQueue('q')).toBe(false);
    expect(bench.metadata.writeCount).toBe(before);
    expect(bench.vhost.topologyRevision).toBe(revision);
  });
});

describe('redeclaring a queue otherwise', () => {
  it.each<[string, object, object, string]>([
    ['durable', { isDurable: true }, {}, "received 'false' but current is 'true'"],
    [
      'durable',
      {},
      { isDurable: true, isAutoDelete: true },
      "received 'true' but current is 'false'",
    ],
    ['auto_delete', {}, { isAutoDelete: true }, "received 'true' but current is 'false'"],
  ])('%s differs', (field, before, after, difference) => {
    const bench = new Bench();
    bench.declareQueue('q', before);
    expect(refusal(() => bench.declareQueue('q', after))).toBe(
      `406 PRECONDITION_FAILED - inequivalent arg '${field}' for queue 'q' in vhost '/': ${difference}`,
    );
  });

  it.each<[string, Plain, Plain, string]>([
    [
      'x-queue-mode',
      { 'x-queue-mode': 'lazy' },
      { 'x-queue-mode': 'default' },
      "received 'default' but current is 'lazy'",
    ],
    [
      'x-queue-mode',
      { 'x-queue-mode': 'lazy' },
      {},
      "received none but current is the value 'lazy' of type 'longstr'",
    ],
    [
      'x-message-ttl',
      {},
      { 'x-message-ttl': 1000 },
      "received the value '1000' of type 'signedint' but current is none",
    ],
    [
      'x-queue-version',
      { 'x-queue-version': 1 },
      { 'x-queue-version': 2 },
      "received '2' but current is '1'",
    ],
    [
      'x-queue-type',
      {},
      { 'x-queue-type': 'quorum' },
      "received the value 'quorum' of type 'longstr' but current is none",
    ],
    [
      'x-queue-type',
      { 'x-queue-type': 'classic' },
      { 'x-queue-type': 'quorum' },
      "received 'quorum' but current is 'classic'",
    ],
    [
      'x-queue-type',
      {},
      { 'x-queue-type': 'odd' },
      "received the value 'odd' of type 'longstr' but current is none",
    ],
  ])('%s: %o then %o', (name, before, after, difference) => {
    const bench = new Bench();
    bench.declareQueue('q', { arguments: before });
    expect(refusal(() => bench.declareQueue('q', { arguments: after }))).toBe(
      `406 PRECONDITION_FAILED - inequivalent arg '${name}' for queue 'q' in vhost '/': ${difference}`,
    );
  });

  it.each<[Plain, Plain]>([
    [{}, { 'x-queue-type': 'classic' }],
    [{ 'x-queue-type': 'classic' }, {}],
    [{ 'x-queue-type': '' }, { 'x-queue-type': 'undefined' }],
    [{ 'x-queue-version': 2 }, { 'x-queue-version': 2n }],
    [
      { 'x-queue-version': { type: 'b', value: 2 } },
      { 'x-queue-version': { type: 'L', value: 2n } },
    ],
    [{}, { mine: 1, 'x-mine': 2 }],
    [{ mine: 1 }, { mine: 'other' }],
    [{}, { 'x-max-age': '5D' }],
  ])('%o and %o are the same', (before, after) => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q', { arguments: before });
    expect(bench.declareQueue('q', { arguments: after }).queue).toBe(queue);
  });
});

describe('passive queue.declare', () => {
  it('answers for what exists and 404 otherwise, without any permission', () => {
    const bench = new Bench();
    bench.declareQueue('q');
    bench.access.asked.length = 0;
    expect(bench.topology.checkQueue(bench.actor, bench.vhost, 'q').name).toBe('q');
    expect(refusal(() => bench.topology.checkQueue(bench.actor, bench.vhost, 'none'))).toBe(
      "404 NOT_FOUND - no queue 'none' in vhost '/'",
    );
    expect(refusal(() => bench.topology.checkQueue(bench.actor, bench.vhost, ''))).toBe(
      "404 NOT_FOUND - no queue '' in vhost '/'",
    );
    expect(bench.access.asked).toEqual([]);
  });
});

describe('queue.delete', () => {
  it('returns the ready messages, ends the queue and takes its bindings', () => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q');
    bench.bindQueue('amq.fanout', 'q');
    queue.readyCount = 7;
    expect(bench.deleteQueue('q')).toEqual({ messageCount: 7, isStored: false });
    expect(queue.removedCount).toBe(1);
    expect(bench.hasQueue('q')).toBe(false);
    expect(bench.vhost.bindingCount).toBe(0);
    expect(bench.deleteQueue('q')).toEqual({ messageCount: 0, isStored: false });
  });

  it('takes the records of a durable queue and of its durable bindings', () => {
    const bench = new Bench();
    bench.declareQueue('q', { isDurable: true });
    bench.bindQueue('amq.fanout', 'q');
    expect(bench.metadata.countOf('binding')).toBe(1);
    expect(bench.deleteQueue('q').isStored).toBe(true);
    expect(bench.metadata.countOf('queue')).toBe(0);
    expect(bench.metadata.countOf('binding')).toBe(0);
  });

  it('keeps what is in use or not empty when asked to; empty is checked first', () => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q');
    queue.readyCount = 1;
    queue.consumerCount = 1;
    const both = { ifUnused: true, ifEmpty: true };
    expect(refusal(() => bench.deleteQueue('q', both))).toBe(
      "406 PRECONDITION_FAILED - queue 'q' in vhost '/' not empty",
    );
    queue.readyCount = 0;
    expect(refusal(() => bench.deleteQueue('q', both))).toBe(
      "406 PRECONDITION_FAILED - queue 'q' in vhost '/' in use",
    );
    bench.deleteQueue('q', { ifEmpty: true });
    expect(bench.hasQueue('q')).toBe(false);
  });

  it('needs configure, also for what does not exist', () => {
    const bench = new Bench();
    bench.access.denied.add('configure none');
    expect(refusal(() => bench.deleteQueue('none'))).toBe(
      "403 ACCESS_REFUSED - configure access to queue 'none' in vhost '/' refused for user 'ann'",
    );
  });
});

describe('queue.purge', () => {
  it('returns the ready messages', () => {
    const bench = new Bench();
    bench.declareQueue('q').queue.readyCount = 3;
    expect(bench.topology.purgeQueue(bench.actor, bench.vhost, 'q')).toBe(3);
    expect(bench.topology.purgeQueue(bench.actor, bench.vhost, 'q')).toBe(0);
  });

  it('needs read, then the queue', () => {
    const bench = new Bench();
    const purge = () => bench.topology.purgeQueue(bench.actor, bench.vhost, 'q');
    expect(refusal(purge)).toBe("404 NOT_FOUND - no queue 'q' in vhost '/'");
    bench.access.denied.add('read q');
    expect(refusal(purge)).toBe(
      "403 ACCESS_REFUSED - read access to queue 'q' in vhost '/' refused for user 'ann'",
    );
  });
});

describe('auto-delete queues', () => {
  it('go when they are said to be unused, if they are', () => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q', { isAutoDelete: true, isDurable: true });
    queue.consumerCount = 1;
    expect(bench.topology.queueUnused(queue)).toEqual({ isStored: false });
    expect(bench.hasQueue('q')).toBe(true);
    queue.consumerCount = 0;
    expect(bench.topology.queueUnused(queue)).toEqual({ isStored: true });
    expect(bench.hasQueue('q')).toBe(false);
    // The queue tells once more while it ends; a successor of that name stays.
    bench.declareQueue('q', { isAutoDelete: true });
    expect(bench.topology.queueUnused(queue)).toEqual({ isStored: false });
    expect(bench.hasQueue('q')).toBe(true);
    expect(queue.removedCount).toBe(1);
  });

  it('are the only ones that go', () => {
    const bench = new Bench();
    const { queue } = bench.declareQueue('q');
    bench.topology.queueUnused(queue);
    expect(bench.hasQueue('q')).toBe(true);
  });
});

describe('dead-letter exchange', () => {
  it('is checked for type and permissions before other arguments, only for a new queue', () => {
    const bench = new Bench();
    const declare = (value: Plain[string]) => () =>
      bench.declareQueue('q', { arguments: { 'x-dead-letter-exchange': value, 'x-expires': 0 } });
    expect(refusal(declare(5))).toBe(
      "406 PRECONDITION_FAILED - invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'",
    );
    bench.access.denied.add('write dlx');
    expect(refusal(declare('dlx'))).toBe(
      "403 ACCESS_REFUSED - write access to exchange 'dlx' in vhost '/' refused for user 'ann'",
    );
    bench.access.denied.add('read q');
    expect(refusal(declare('dlx'))).toBe(
      "403 ACCESS_REFUSED - read access to queue 'q' in vhost '/' refused for user 'ann'",
    );
    bench.access.denied.clear();
    bench.access.denied.add('write amq.default');
    expect(refusal(declare(''))).toContain("write access to exchange 'amq.default'");
  });
});

it.each<[object, string]>([
  [{ isAutoDelete: true, isDurable: true }, 'auto-delete'],
  [{ isExclusive: true, isDurable: true }, 'exclusive-owner'],
  [{}, 'non-durable'],
])('quorum queues with %j are refused for that', (overrides, property) => {
  const bench = new Bench();
  expect(
    refusal(() =>
      bench.declareQueue('q', { ...overrides, arguments: { 'x-queue-type': 'quorum' } }),
    ),
  ).toBe(`406 PRECONDITION_FAILED - invalid property '${property}' for queue 'q' in vhost '/'`);
});

it('server-named quorum queues are refused for their name', () => {
  const bench = new Bench();
  const declare = () => bench.declareQueue('', { arguments: { 'x-queue-type': 'quorum' } });
  expect(refusal(declare)).toBe(
    '406 PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_quorum_queue',
  );
});

it('queues per vhost are bounded', () => {
  const bench = new Bench({ queuesPerVhostMax: 2 });
  bench.declareQueue('one');
  bench.declareQueue('two');
  expect(refusal(() => bench.declareQueue('three'))).toBe(
    "406 PRECONDITION_FAILED - cannot declare queue 'three': queue limit in vhost '/' (2) is reached",
  );
  bench.declareQueue('two');
  bench.deleteQueue('two');
  bench.declareQueue('three');
});
