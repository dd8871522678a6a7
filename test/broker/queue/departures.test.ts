// How often a message may be given back, whatever happens to the node and to the queue in between.
import { describe, expect, it, test } from 'vitest';
import { expectNoStoredCounts } from '../../support/core/stored-counts.ts';
import { DeliveryWorld, type Plain } from './delivery-world.ts';

const QUORUM = { 'x-queue-type': 'quorum' };
const DEFAULT_LIMIT = 20;

describe('the limit', () => {
  it.each<[string, Plain, number]>([
    ['a quorum queue has a default', QUORUM, DEFAULT_LIMIT],
    ['of a quorum queue', { ...QUORUM, 'x-delivery-limit': 3 }, 3],
    ['what is no integer is ignored', { ...QUORUM, 'x-delivery-limit': 'a' }, DEFAULT_LIMIT],
    ['of a classic queue', { 'x-delivery-limit': 1 }, 1],
    ['no return at all', { 'x-delivery-limit': 0 }, 0],
  ])('%s', async (_, plain, limit) => {
    const bench = await DeliveryWorld.open(plain);
    await bench.publish('m');
    await bench.getAndReturn(limit);
    expect(await bench.get()).toEqual(['m', limit]);
    await bench.nack();
    expect(await bench.get()).toBeUndefined();
    expect(bench.queue.unackedCount).toBe(0);
    // The dead letter begins anew: nothing tells how often it was delivered before.
    expect(await bench.drained('d')).toEqual([['m', 0]]);
    expect(await bench.storedCounts()).toEqual([]);
  });

  it.each<[string, Plain]>([
    ['a negative one', { ...QUORUM, 'x-delivery-limit': -1 }],
    ['a negative one of a classic queue', { 'x-delivery-limit': -3 }],
  ])('%s is none, and deliveries are counted', async (_, plain) => {
    const bench = await DeliveryWorld.open(plain);
    await bench.publish('m');
    await bench.getAndReturn(30);
    expect(await bench.get()).toEqual(['m', 30]);
  });

  test('a classic queue without one counts nothing', async () => {
    const bench = await DeliveryWorld.open();
    await bench.publish('m');
    await bench.getAndReturn(25);
    expect(await bench.get()).toEqual(['m', 0]);
    expect(bench.queue.messages.deliveryCounts).toBeUndefined();
  });

  test('of a policy and of an argument the smaller one holds, a negative one is none', async () => {
    const limitWith = async (policy: number, argument: number, operator?: number) => {
      const bench = await DeliveryWorld.open({ ...QUORUM, 'x-delivery-limit': argument });
      const set = (kind: 'policy' | 'operator_policy', limit: number) =>
        bench.world.broker.policies.set(kind, '/', 'p', {
          pattern: '',
          definition: { 'delivery-limit': limit },
          'apply-to': 'queues',
        });
      set('policy', policy);
      if (operator !== undefined) set('operator_policy', operator);
      return bench.queue.settings.deliveryLimit;
    };
    expect(await limitWith(5, 3)).toBe(3);
    expect(await limitWith(3, 5)).toBe(3);
    expect(await limitWith(-1, 5)).toBe(5);
    expect(await limitWith(5, -1)).toBe(5);
    expect(await limitWith(-1, -1)).toBe(Number.POSITIVE_INFINITY);
    expect(await limitWith(9, 7, 4)).toBe(4);
    expect(await limitWith(9, 7, -1)).toBe(7);
  });

  test('of a policy holds for what lies in a classic queue already', async () => {
    const bench = await DeliveryWorld.open();
    await bench.publish('m');
    await bench.getAndReturn(3);
    bench.world.broker.policies.set('policy', '/', 'p', {
      pattern: '^q$',
      definition: { 'delivery-limit': 1 },
    });
    // Nobody counted before.
    await bench.getAndReturn(1);
    expect(await bench.get()).toEqual(['m', 1]);
    await bench.nack();
    expect(await bench.drained('d')).toEqual([['m', 0]]);
  });
});

describe('the count', () => {
  it('is that of each message, and its settlement takes it off the disk and out of memory', async () => {
    const bench = await DeliveryWorld.open(QUORUM);
    for (const body of ['a', 'b', 'c']) await bench.publish(body);
    await bench.getAndReturn(2);
    expect(await bench.get()).toEqual(['a', 2]);
    expect(await bench.get()).toEqual(['b', 0]);
    await bench.nack();
    expect(await bench.storedCounts()).toEqual([3, 1]);
    expect(bench.queue.messages.deliveryCounts?.size).toBe(2);
    expect(await bench.drained('q')).toEqual([
      ['a', 3],
      ['b', 1],
      ['c', 0],
    ]);
    expect(await bench.storedCounts()).toEqual([]);
    expect(bench.queue.messages.deliveryCounts?.size).toBe(0);
  });

  it('goes on behind a restart, also of messages that nobody had looked at again', async () => {
    let bench = await DeliveryWorld.open({ ...QUORUM, 'x-delivery-limit': 3 });
    await bench.publish('a');
    await bench.publish('b');
    await bench.getAndReturn(2);
    bench = await bench.restarted();
    bench = await bench.restarted();
    expect(await bench.get()).toEqual(['a', 2]);
    await bench.nack();
    bench = await bench.restarted();
    expect(await bench.get()).toEqual(['a', 3]);
    await bench.nack();
    expect(await bench.drained('d')).toEqual([['a', 0]]);
    expect(await bench.get()).toEqual(['b', 0]);
  });

  it.each([
    { crash: 'before', isWritten: false, count: 1 },
    { crash: 'after', isWritten: true, count: 2 },
  ])('is written with the commit of the return: a crash $crash it', async (crash) => {
    const bench = await DeliveryWorld.open(QUORUM);
    await bench.publish('m');
    await bench.getAndReturn(1);
    await bench.get();
    bench.client.method('basic.reject', { deliveryTag: 2, requeue: true });
    bench.startCommit();
    const after = await bench.restarted(crash.isWritten);
    expect(await after.get()).toEqual(['m', crash.count]);
  });

  it.each([
    { crash: 'before', isWritten: false, q: [['m', 1]], d: [] },
    { crash: 'after', isWritten: true, q: [], d: [['m', 0]] },
  ])('a message over the limit moves in one commit: a crash $crash it', async (crash) => {
    const bench = await DeliveryWorld.open({ 'x-delivery-limit': 1 });
    await bench.publish('m');
    await bench.getAndReturn(1);
    await bench.get();
    bench.client.method('basic.reject', { deliveryTag: 2, requeue: true });
    bench.startCommit();
    const after = await bench.restarted(crash.isWritten);
    expect(await after.drained('q')).toEqual(crash.q);
    expect(await after.drained('d')).toEqual(crash.d);
    expect(await after.storedCounts()).toEqual([]);
  });

  it('dies with a purge and with the queue', async () => {
    const bench = await DeliveryWorld.open(QUORUM);
    for (const body of ['a', 'b']) await bench.publish(body);
    await bench.getAndReturn(1);
    const after = await bench.restarted();
    expect(await after.get()).toEqual(['a', 1]);
    await after.nack();
    after.client.method('queue.purge', { queue: 'q' });
    await after.world.run();
    expect(after.queue.messages.deliveryCounts?.size).toBe(0);
    await after.publish('c');
    expect(await after.storedCounts()).toEqual([]);
    await after.getAndReturn(1);
    const { queue } = after;
    after.client.method('queue.delete', { queue: 'q' });
    await after.world.run();
    expect(queue.messages.deliveryCounts).toBeUndefined();
    expect(await after.world.journal.storedChunks(queue.storageId)).toEqual([]);
  });

  it('of what is not durable stays in memory only', async () => {
    const bench = await DeliveryWorld.open({ 'x-delivery-limit': 9 });
    await bench.publish('m', { deliveryMode: 1 });
    await bench.getAndReturn(2);
    expect(await bench.get()).toEqual(['m', 2]);
    expect(await bench.storedCounts()).toEqual([]);
    bench.client.method('basic.ack', { deliveryTag: 3 });
    await bench.world.run();
    expect(bench.queue.messages.deliveryCounts?.size).toBe(0);
  });

  it('comes back with messages that left memory twice', async () => {
    const memory = { messageMemoryBytes: 300_000 };
    const bench = await DeliveryWorld.open(QUORUM, memory);
    const body = (name: string) => name.padEnd(60_000, '.');
    const names = Array.from({ length: 40 }, (_, i) => String(i));
    for (const name of names) await bench.publish(body(name));
    // All of them are taken and given back, then lie on the disk only.
    for (const _ of names) await bench.get();
    await bench.nack();
    let after = await bench.restarted();
    expect(await after.get()).toEqual([body('0'), 1]);
    // Those behind the head are read ahead, and leave again while others come in.
    for (const name of names) await after.publish(body(`later ${name}`));
    await after.nack();
    after = await after.restarted();
    const all = await after.drained('q');
    expect(all.slice(0, 41).map(([text, count]) => [text.replaceAll('.', ''), count])).toEqual([
      ['0', 2],
      ...names.slice(1).map((name) => [name, 1]),
      ['later 0', 0],
    ]);
    expect(await after.storedCounts()).toEqual([]);
    expect(after.queue.messages.deliveryCounts?.size).toBe(0);
  });
});

test('counts of messages that leave memory are on the disk only, and go with a purge', async () => {
  const bench = await DeliveryWorld.open({ 'x-delivery-limit': 9 });
  // Far enough from each other that each comes back in a segment of its own.
  const kept = 6;
  const step = 1100;
  for (let i = 0; i < kept; i++) {
    for (let other = 1; other < step; other++) bench.client.publish('other');
    await bench.world.run();
    await bench.publish('m');
  }
  for (let i = 0; i < kept * step; i++) bench.client.method('basic.get', { queue: 'q' });
  await bench.world.run();
  for (let tag = 1; tag <= kept * step; tag++) {
    if (tag % step !== 0) bench.client.method('basic.ack', { deliveryTag: tag });
  }
  await bench.nack();
  expect(await bench.storedCounts()).toEqual([1, 1, 1, 1, 1, 1]);
  const after = await bench.restarted(false, { messageMemoryBytes: 300_000 });
  expect(await after.get()).toEqual(['m', 1]);
  expect(after.queue.messages.deliveryCounts?.size).toBe(kept);
  // What is published now takes the memory; those far from the head leave it.
  for (let i = 0; i < 60; i++) await after.publish('x'.repeat(20_000));
  expect(after.queue.messages.cold?.count).toBeGreaterThan(0);
  const left = after.queue.messages.deliveryCounts?.size;
  expect(left).toBeLessThan(kept);
  expect(await after.get()).toEqual(['m', 1]);
  await after.nack();
  after.client.method('queue.purge', { queue: 'q' });
  await after.world.run();
  expect(after.queue.messages.deliveryCounts?.size).toBe(0);
  const { storageId, messages } = after.queue;
  await expectNoStoredCounts(after.world.journal, storageId, messages.nextPosition);
});

describe('together with', () => {
  test('priorities: each level keeps its own counts, across a restart', async () => {
    const bench = await DeliveryWorld.open({ 'x-max-priority': 2, 'x-delivery-limit': 5 });
    await bench.publish('low', { priority: 0 });
    await bench.publish('high', { priority: 2 });
    await bench.getAndReturn(2);
    await bench.get();
    await bench.get();
    await bench.nack();
    const after = await bench.restarted();
    expect(await after.drained('q')).toEqual([
      ['high', 3],
      ['low', 1],
    ]);
  });

  test('message groups: the group goes on with the next message', async () => {
    const bench = await DeliveryWorld.open({ 'x-group-by': 'key', 'x-delivery-limit': 1 });
    const headers = new Map([['key', { type: 'S', value: Buffer.from('k') }]]);
    await bench.publish('poison', { headers });
    await bench.publish('next', { headers });
    await bench.getAndReturn(1);
    expect(await bench.get()).toEqual(['poison', 1]);
    expect(await bench.get()).toBeUndefined();
    await bench.nack();
    expect(await bench.get()).toEqual(['next', 0]);
    expect(await bench.drained('d')).toEqual([['poison', 0]]);
  });

  test('transactions: what is given back counts at the commit', async () => {
    const bench = await DeliveryWorld.open({ 'x-delivery-limit': 1 });
    await bench.publish('m');
    bench.client.method('tx.select');
    await bench.get();
    await bench.nack();
    bench.client.method('tx.rollback');
    await bench.world.run();
    expect(bench.queue.unackedCount).toBe(1);
    for (const expected of [1, undefined]) {
      await bench.nack();
      expect(bench.queue.unackedCount).toBe(1);
      bench.client.method('tx.commit');
      await bench.world.run();
      expect((await bench.get())?.[1]).toBe(expected);
    }
    expect(await bench.drained('d')).toEqual([['m', 0]]);
  });

  test('a time to live: the message expires in its place, whatever its count', async () => {
    const bench = await DeliveryWorld.open({ ...QUORUM, 'x-message-ttl': 1000 });
    await bench.publish('m');
    await bench.getAndReturn(2);
    bench.world.clock.advance(1000);
    await bench.world.run();
    expect(await bench.get()).toBeUndefined();
    expect(await bench.drained('d')).toEqual([['m', 0]]);
    expect(await bench.storedCounts()).toEqual([]);
  });

  test('the end of a channel or connection, and a late acknowledgement', async () => {
    const bench = await DeliveryWorld.open(QUORUM, { consumerTimeoutResponse: 'requeue' });
    await bench.publish('m');
    await bench.get();
    bench.client.method('channel.close', {
      replyCode: 200,
      replyText: '',
      classId: 0,
      methodId: 0,
    });
    bench.client.method('channel.open');
    await bench.world.run();
    expect(await bench.get()).toEqual(['m', 1]);
    bench.client.close();
    await bench.world.run();
    const other = await bench.world.open();
    other.method('basic.get', { queue: 'q' });
    await bench.world.run();
    expect(bench.queue.unackedCount).toBe(1);
    bench.world.clock.advance(2_000_000);
    await bench.world.run();
    expect(bench.queue.readyCount).toBe(1);
    expect(bench.queue.messages.deliveryCountAt(0)).toBe(3);
  });
});
