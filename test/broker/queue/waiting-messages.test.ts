// Messages that were given back and come again later, whatever happens to node and queue in between.
import { describe, expect, it, test } from 'vitest';
import { Deadlines } from '../../../src/broker/deadlines.ts';
import { WaitingMessages } from '../../../src/broker/queue/waiting-messages.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';
import { DeliveryWorld, type Plain } from './delivery-world.ts';

const RETRY = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 100 };
const GROWING = { ...RETRY, 'x-delayed-retry-max': 10_000 };

/** `ms` of the node's time pass, but for what running it takes. */
async function pass(bench: DeliveryWorld, ms: number): Promise<void> {
  bench.world.clock.advance(ms);
  await bench.world.run();
}

const COUNTS = ['readyCount', 'unackedCount', 'waitingCount'] as const;
const counts = ({ queue }: DeliveryWorld) => COUNTS.map((name) => queue[name]);

describe.each<Plain>([{}, { 'x-queue-type': 'quorum' }, { 'x-max-priority': 3 }])('%o', (type) => {
  it('a message that waits is neither ready nor unacked, then it is in its place again', async () => {
    const bench = await DeliveryWorld.open({ ...RETRY, ...type });
    for (const body of ['a', 'b', 'c']) await bench.publish(body);
    await bench.get();
    await bench.nack();
    expect(counts(bench)).toEqual([2, 0, 1]);
    expect(await bench.get()).toEqual(['b', 0]);
    await pass(bench, 100);
    expect(counts(bench)).toEqual([2, 1, 0]);
    expect(await bench.drained('q')).toEqual([
      ['a', 1],
      ['c', 0],
    ]);
  });

  it('waits longer each time, and is a dead letter after the last attempt', async () => {
    const bench = await DeliveryWorld.open({ ...GROWING, 'x-delivery-limit': 2, ...type });
    await bench.publish('m');
    for (const delayMs of [100, 200]) {
      await bench.get();
      await bench.nack();
      await pass(bench, delayMs - 50);
      expect(counts(bench)).toEqual([0, 0, 1]);
      await pass(bench, 50);
      expect(counts(bench)).toEqual([1, 0, 0]);
    }
    expect(await bench.get()).toEqual(['m', 2]);
    await bench.nack();
    expect(counts(bench)).toEqual([0, 0, 0]);
    expect(await bench.drained('d')).toEqual([['m', 0]]);
  });

  it('is ready with its count after a restart', async () => {
    const bench = await DeliveryWorld.open({ ...GROWING, ...type });
    await bench.publish('a');
    await bench.publish('b');
    await bench.get();
    await bench.nack();
    expect(counts(bench)).toEqual([1, 0, 1]);
    const after = await bench.restarted();
    expect(counts(after)).toEqual([2, 0, 0]);
    expect(await after.drained('q')).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });
});

describe('a crash', () => {
  it.each([
    { crash: 'before', isWritten: false, count: 1 },
    { crash: 'after', isWritten: true, count: 2 },
  ])('$crash the commit of the return', async (crash) => {
    const bench = await DeliveryWorld.open(RETRY);
    await bench.publish('m');
    await bench.getAndReturn(1);
    await pass(bench, 100);
    await bench.get();
    bench.client.method('basic.reject', { deliveryTag: 2, requeue: true });
    bench.startCommit();
    expect(counts(bench)).toEqual([0, 0, 1]);
    const after = await bench.restarted(crash.isWritten);
    expect(await after.drained('q')).toEqual([['m', crash.count]]);
  });

  it.each([
    { crash: 'before', isWritten: false, q: [['m', 1]], d: [] },
    { crash: 'after', isWritten: true, q: [], d: [['m', 0]] },
  ])('$crash the commit of the last attempt', async (crash) => {
    const bench = await DeliveryWorld.open({ ...RETRY, 'x-delivery-limit': 1 });
    await bench.publish('m');
    await bench.getAndReturn(1);
    await pass(bench, 100);
    await bench.get();
    bench.client.method('basic.nack', { deliveryTag: 2, requeue: true });
    bench.startCommit();
    const after = await bench.restarted(crash.isWritten);
    expect(await after.drained('q')).toEqual(crash.q);
    expect(await after.drained('d')).toEqual(crash.d);
  });

  it('while a message waits that was published in the commit on its way', async () => {
    const bench = await DeliveryWorld.open(RETRY);
    bench.client.publish('m', { properties: { deliveryMode: 2 } });
    bench.client.method('basic.get', { queue: 'q' });
    bench.client.method('basic.nack', { deliveryTag: 1, requeue: true });
    bench.startCommit();
    expect(counts(bench)).toEqual([0, 0, 1]);
    expect((await bench.restarted(false)).queue.readyCount).toBe(0);
    const after = await bench.restarted(true);
    expect(await after.drained('q')).toEqual([['m', 1]]);
  });
});

describe('what waits', () => {
  const REASONS: readonly [string, (bench: DeliveryWorld) => void, 'failed' | 'returned'][] = [
    [
      'reject',
      ({ client }) => client.method('basic.reject', { deliveryTag: 1, requeue: true }),
      'failed',
    ],
    [
      'nack',
      ({ client }) => client.method('basic.nack', { deliveryTag: 1, requeue: true }),
      'returned',
    ],
    ['recover', ({ client }) => client.method('basic.recover', { requeue: true }), 'returned'],
    ['the end of the connection', ({ client }) => client.close(), 'failed'],
    [
      'a late acknowledgement',
      ({ world }) => {
        world.clock.advance(1_000_000);
        world.turn();
        world.clock.advance(1_000_000);
      },
      'failed',
    ],
  ];
  it.each(REASONS)('%s', async (_, giveBack, reason) => {
    for (const type of ['all', 'failed', 'returned', 'disabled']) {
      const bench = await DeliveryWorld.open(
        { 'x-delayed-retry-type': type, 'x-delayed-retry-min': 50_000_000 },
        { consumerTimeoutResponse: 'requeue' },
      );
      await bench.publish('m');
      await bench.get();
      giveBack(bench);
      await bench.world.run();
      const isWaiting = type === 'all' || type === reason;
      expect([type, ...counts(bench)]).toEqual([type, isWaiting ? 0 : 1, 0, isWaiting ? 1 : 0]);
    }
  });

  it.each<Plain>([{ 'x-delayed-retry-min': 100 }, { 'x-delayed-retry-type': 'all' }])(
    'nothing with %o alone',
    async (plain) => {
      const bench = await DeliveryWorld.open(plain);
      await bench.publish('m');
      await bench.getAndReturn(1);
      expect(counts(bench)).toEqual([1, 0, 0]);
    },
  );

  it('is shorter by chance, with jitter', async () => {
    const bench = await DeliveryWorld.open({ ...RETRY, 'x-delayed-retry-jitter': 100 });
    await bench.publish('m');
    await bench.getAndReturn(1);
    // The chance of the test's node is small, but not zero.
    await pass(bench, 99);
    expect(counts(bench)).toEqual([1, 0, 0]);
  });
});

describe('together with', () => {
  test('length limits: what waits counts, and what is ready is dropped for it', async () => {
    const bench = await DeliveryWorld.open({ ...RETRY, 'x-max-length': 2 });
    for (const body of ['a', 'b']) await bench.publish(body);
    await bench.get();
    await bench.nack();
    await bench.publish('c');
    expect(counts(bench)).toEqual([1, 0, 1]);
    expect(await bench.drained('d')).toEqual([['b', 0]]);
    await bench.publish('d');
    await pass(bench, 100);
    expect(await bench.drained('q')).toEqual([
      ['a', 1],
      ['d', 0],
    ]);
  });

  test('a limit of octets, and reject-publish', async () => {
    const bench = await DeliveryWorld.open({
      ...RETRY,
      'x-max-length-bytes': 10,
      'x-overflow': 'reject-publish',
    });
    await bench.publish('123456');
    await bench.get();
    await bench.publish('12345678');
    expect(counts(bench)).toEqual([1, 1, 0]);
    await bench.nack();
    expect(counts(bench)).toEqual([1, 0, 1]);
    await bench.publish('');
    expect(counts(bench)).toEqual([1, 0, 1]);
    await pass(bench, 100);
    expect((await bench.drained('q')).map(([body]) => body)).toEqual(['123456', '12345678']);
    await bench.publish('1234567890');
    expect(counts(bench)).toEqual([1, 0, 0]);
  });

  test('a time to live: it expires where it was once it is ready again', async () => {
    const bench = await DeliveryWorld.open({ ...RETRY, 'x-message-ttl': 50 });
    await bench.publish('m');
    await bench.get();
    await bench.nack();
    await pass(bench, 60);
    expect(counts(bench)).toEqual([0, 0, 1]);
    await pass(bench, 40);
    expect(counts(bench)).toEqual([0, 0, 0]);
    expect(await bench.drained('d')).toEqual([['m', 0]]);
  });

  test('a purge and a deletion: it goes with the others', async () => {
    const bench = await DeliveryWorld.open(RETRY);
    for (const body of ['a', 'b', 'c']) await bench.publish(body);
    await bench.get();
    await bench.get();
    bench.client.method('basic.nack', { deliveryTag: 1, requeue: true });
    bench.client.method('queue.purge', { queue: 'q' });
    await bench.world.run();
    expect(bench.client.take().map(({ fields }) => fields['messageCount'])).toEqual([2]);
    expect(counts(bench)).toEqual([0, 1, 0]);
    expect(await bench.storedCounts()).toEqual([]);
    await bench.nack();
    expect(counts(bench)).toEqual([0, 0, 1]);
    expect(bench.world.broker.deadlines.count).toBeGreaterThan(0);
    for (const ifEmpty of [true, false]) {
      bench.client.method('queue.delete', { queue: 'q', ifEmpty });
      await bench.world.run();
      const [answer] = bench.client.take();
      expect(answer?.name).toBe(ifEmpty ? 'channel.close' : 'queue.delete-ok');
      if (ifEmpty) bench.client.method('channel.close-ok');
      if (ifEmpty) bench.client.method('channel.open');
      await bench.world.run();
      bench.client.take();
    }
    expect(bench.world.broker.deadlines.count).toBe(0);
    expect(bench.world.broker.vhosts.get('/')?.queues.has('q')).toBe(false);
  });

  test('message groups: nothing of the group goes before it, others go on', async () => {
    const bench = await DeliveryWorld.open({ ...RETRY, 'x-group-by': 'key' });
    const of = (key: string) => ({
      headers: new Map([['key', { type: 'S', value: Buffer.from(key) }]]),
    });
    await bench.publish('k1', of('k'));
    await bench.publish('k2', of('k'));
    await bench.publish('o1', of('o'));
    expect(await bench.get()).toEqual(['k1', 0]);
    await bench.nack();
    expect(await bench.get()).toEqual(['o1', 0]);
    expect(await bench.get()).toBeUndefined();
    expect(counts(bench)).toEqual([1, 1, 1]);
    await pass(bench, 100);
    expect(await bench.drained('q')).toEqual([
      ['k1', 1],
      ['k2', 0],
    ]);
    // A purge ends the wait of a group, too.
    await bench.publish('k3', of('k'));
    await bench.get();
    bench.client.method('basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
    bench.client.method('queue.purge', { queue: 'q' });
    await bench.publish('k4', of('k'));
    expect(await bench.get()).toEqual(['k4', 0]);
  });

  test('a single active consumer: the next one gets it after its time', async () => {
    const bench = await DeliveryWorld.open({ ...RETRY, 'x-single-active-consumer': true });
    await bench.publish('m');
    const [first, second] = [await bench.world.open(), await bench.world.open()];
    for (const client of [first, second]) {
      client?.method('basic.consume', { queue: 'q' });
      await bench.world.run();
    }
    expect(first?.takeNames()).toEqual(['basic.consume-ok', 'basic.deliver']);
    first?.close();
    await bench.world.run();
    expect(second?.takeNames()).toEqual(['basic.consume-ok']);
    await pass(bench, 100);
    expect(second?.takeNames()).toEqual(['basic.deliver']);
  });

  test('transactions: the wait begins at the commit', async () => {
    const bench = await DeliveryWorld.open(RETRY);
    await bench.publish('m');
    bench.client.method('tx.select');
    await bench.get();
    await bench.nack();
    await pass(bench, 1000);
    expect(counts(bench)).toEqual([0, 1, 0]);
    bench.client.method('tx.commit');
    await bench.world.run();
    expect(counts(bench)).toEqual([0, 0, 1]);
  });

  test('policies: one that ends delayed retry leaves what waits already', async () => {
    const bench = await DeliveryWorld.open();
    const { policies } = bench.world.broker;
    policies.set('policy', '/', 'p', {
      pattern: '^q$',
      definition: {
        'delayed-retry-type': 'returned',
        'delayed-retry-min': 100,
        'delayed-retry-max': 5000,
        'delayed-retry-backoff': 'exponential',
        'delayed-retry-jitter': 0,
      },
    });
    await bench.publish('a');
    await bench.publish('b');
    await bench.get();
    await bench.nack();
    policies.clear('policy', '/', 'p');
    await bench.get();
    await bench.nack();
    expect(counts(bench)).toEqual([1, 0, 1]);
    await pass(bench, 100);
    expect((await bench.drained('q')).map(([body]) => body)).toEqual(['a', 'b']);
  });
});

test('many that are due at once take several turns and one timer', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  let due = 0;
  const waiting = new WaitingMessages(clock, deadlines, () => due++);
  for (let i = 0; i < 5000; i++) waiting.add(i, 10);
  expect(deadlines.count).toBe(1);
  clock.advance(10);
  expect(due).toBeLessThan(5000);
  while (due < 5000) clock.advance(1);
  expect(waiting.count).toBe(0);
  expect(deadlines.count).toBe(0);
});
