import { expect, test } from 'vitest';
import { CoreWorld } from '../../support/core/core-world.ts';

function queueIn(world: CoreWorld, name = 'q') {
  const queue = world.broker.vhosts.get('/')?.queues.get(name);
  if (queue === undefined) throw new Error(`no queue ${name}`);
  return queue;
}

test('an alarm blocks publishers when they publish, tells them once, and unblocks all', async () => {
  const world = new CoreWorld();
  const publisher = await world.open({ 'connection.blocked': true });
  const silent = await world.open();
  const consumer = await world.open({ 'connection.blocked': true });
  consumer.method('queue.declare', { queue: 'q' });
  consumer.method('basic.consume', { queue: 'q', consumerTag: 'c' });
  await world.run();
  consumer.take();
  world.broker.setMemoryAlarm(true);
  world.broker.setDiskAlarm(true);
  world.turn();
  expect(publisher.take()).toEqual([]);
  publisher.publish('1');
  publisher.publish('2');
  silent.publish('3');
  world.turn();
  const blocked = publisher.take();
  expect(blocked.map(({ name }) => name)).toEqual(['connection.blocked']);
  expect(blocked[0]?.fields).toEqual({ reason: 'low on memory & low on disk' });
  expect(publisher.isPaused).toBe(true);
  expect(silent.isPaused).toBe(true);
  expect(silent.take()).toEqual([]);
  expect(consumer.take().map(({ body }) => String(body))).toEqual(['1', '3']);
  consumer.method('basic.ack', { deliveryTag: 1 });
  world.turn();
  expect(queueIn(world).unackedCount).toBe(1);
  world.broker.setMemoryAlarm(false);
  world.turn();
  expect(publisher.isPaused).toBe(true);
  world.broker.setDiskAlarm(false);
  world.turn();
  expect(publisher.takeNames()).toEqual(['connection.unblocked']);
  expect(publisher.isPaused).toBe(false);
  expect(silent.take()).toEqual([]);
  expect(consumer.take().map(({ body }) => String(body))).toEqual(['2']);
});

test('a publisher that is ahead of the disk is not read until the disk caught up', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  client.method('queue.declare', { queue: 'q', durable: true });
  await world.run();
  client.take();
  const body = Buffer.alloc(1 << 20);
  for (let i = 0; i < 40; i++) client.publish(body, { properties: { deliveryMode: 2 } });
  world.turn();
  expect(client.isPaused).toBe(true);
  expect(client.waitingInputBytes).toBeGreaterThan(4 << 20);
  const accepted = queueIn(world).readyCount;
  expect(accepted).toBeLessThan(36);
  await world.run();
  expect(client.isPaused).toBe(false);
  expect(queueIn(world).readyCount).toBe(40);
});

test('a peer that reads slowly gets no more deliveries until it has read, others do', async () => {
  const world = new CoreWorld();
  const slow = await world.open();
  slow.method('queue.declare', { queue: 'q' });
  slow.method('basic.consume', { queue: 'q', consumerTag: 'slow', noAck: true });
  await world.run();
  slow.take();
  slow.isSlow = true;
  for (let i = 0; i < 400; i++) slow.publish(Buffer.alloc(10_000, i & 0xff));
  world.turn();
  const pendingBytes = slow.pendingBytes;
  expect(pendingBytes).toBeLessThan(400_000);
  expect(queueIn(world).readyCount).toBeGreaterThan(350);
  const other = await world.open();
  other.publish('more');
  world.turn();
  expect(slow.pendingBytes).toBe(pendingBytes);
  slow.drain();
  world.turn();
  const received = slow.take();
  expect(queueIn(world).readyCount).toBe(0);
  expect(received).toHaveLength(401);
  received.slice(0, 400).forEach(({ body }, index) => {
    expect(body?.equals(Buffer.alloc(10_000, index & 0xff))).toBe(true);
  });
});

test('heartbeats leave when nothing else does; a silent peer is dropped after two intervals', async () => {
  const world = new CoreWorld();
  const client = world.connect();
  const sendTuneOk = client.method.bind(client);
  client.method = (name, fields, channel) =>
    sendTuneOk(
      name,
      name === 'connection.tune-ok' ? { ...fields, heartbeat: 10 } : (fields ?? {}),
      channel,
    );
  client.startConnection();
  world.turn();
  client.take();
  // The first half interval still counts the handshake.
  world.clock.advance(5000);
  world.turn();
  client.take();
  world.clock.advance(5000);
  world.turn();
  expect(client.takeNames()).toEqual(['heartbeat']);
  client.raw(Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xce]));
  world.clock.advance(19_999);
  expect(client.isDestroyed).toBe(false);
  world.clock.advance(10_001);
  expect(client.isDestroyed).toBe(true);
  client.close();
  expect(world.clock.timerCount).toBe(0);
});

test('a heartbeat of 0 is none: nothing is sent, and silence is no fault', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  world.clock.advance(3_600_000);
  world.turn();
  expect(client.takeNames()).toEqual([]);
  expect(client.isDestroyed).toBe(false);
});

test('a peer that is not read is not taken for silent', async () => {
  const world = new CoreWorld();
  const client = world.connect();
  const sendTuneOk = client.method.bind(client);
  client.method = (name, fields, channel) =>
    sendTuneOk(
      name,
      name === 'connection.tune-ok' ? { ...fields, heartbeat: 10 } : (fields ?? {}),
      channel,
    );
  client.startConnection();
  client.method('channel.open');
  world.broker.setMemoryAlarm(true);
  client.publish('m');
  world.turn();
  expect(client.isPaused).toBe(true);
  world.clock.advance(100_000);
  expect(client.isDestroyed).toBe(false);
});

test('basic.get of a message on the disk is answered once it was read, in order', async () => {
  const world = new CoreWorld();
  const publisher = await world.open();
  publisher.method('queue.declare', { queue: 'q', durable: true });
  for (const body of ['a', 'b']) publisher.publish(body, { properties: { deliveryMode: 2 } });
  await world.run();
  const restarted = world.restarted();
  const client = await restarted.open();
  client.method('basic.get', { queue: 'q' });
  client.method('basic.qos', { prefetchCount: 1 });
  client.method('basic.get', { queue: 'q' });
  client.method('basic.get', { queue: 'q' });
  restarted.turn();
  expect(client.take()).toEqual([]);
  expect(client.isPaused).toBe(true);
  await restarted.run();
  const received = client.take();
  expect(received.map(({ name }) => name)).toEqual([
    'basic.get-ok',
    'basic.qos-ok',
    'basic.get-ok',
    'basic.get-empty',
  ]);
  expect(received.map(({ body }) => body?.toString())).toEqual(['a', undefined, 'b', undefined]);
  expect(received[0]?.fields).toMatchObject({ messageCount: 1, redelivered: false });
});

test.each(['queue.purge', 'queue.delete'])(
  'basic.get that waits for the disk is answered when a %s comes in between',
  async (name) => {
    const world = new CoreWorld();
    const publisher = await world.open();
    publisher.method('queue.declare', { queue: 'q', durable: true });
    publisher.publish('a', { properties: { deliveryMode: 2 } });
    await world.run();
    const restarted = world.restarted();
    const client = await restarted.open();
    const other = await restarted.open();
    client.method('basic.get', { queue: 'q' });
    client.method('basic.qos', { prefetchCount: 1 });
    other.method(name, { queue: 'q' });
    await restarted.run();
    expect(client.takeNames()).toEqual(['basic.get-empty', 'basic.qos-ok']);
    expect(client.isPaused).toBe(false);
  },
);

test('a connection that ends while its basic.get waits for the disk leaves the message', async () => {
  const world = new CoreWorld();
  const publisher = await world.open();
  publisher.method('queue.declare', { queue: 'q', durable: true });
  publisher.publish('a', { properties: { deliveryMode: 2 } });
  await world.run();
  const restarted = world.restarted();
  const client = await restarted.open();
  client.method('basic.get', { queue: 'q', noAck: true });
  client.close();
  await restarted.run();
  expect(queueIn(restarted)).toMatchObject({ readyCount: 1, unackedCount: 0 });
});

test('a consumer of a recovered backlog gets all of it, flagged as it was delivered before', async () => {
  const world = new CoreWorld();
  const first = await world.open();
  first.method('queue.declare', { queue: 'q', durable: true });
  for (let i = 0; i < 50; i++) first.publish(`${i}`, { properties: { deliveryMode: 2 } });
  first.method('basic.qos', { prefetchCount: 5 });
  first.method('basic.consume', { queue: 'q' });
  await world.run();
  const restarted = world.restarted();
  const client = await restarted.open();
  client.method('basic.consume', { queue: 'q', noAck: true });
  await restarted.run();
  const delivered = client.take().filter(({ name }) => name === 'basic.deliver');
  expect(delivered.map(({ body }) => Number(body))).toEqual(
    Array.from({ length: 50 }, (_, i) => i),
  );
  expect(delivered.map(({ fields }) => fields['redelivered'])).toEqual(
    Array.from({ length: 50 }, (_, i) => i < 5),
  );
});

test('closing the broker tells every client and waits until everything is durable', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  client.method('queue.declare', { queue: 'q', durable: true });
  await world.run();
  client.take();
  client.publish('m', { properties: { deliveryMode: 2 } });
  let isClosed = false;
  const closed = world.broker.close().then(() => {
    isClosed = true;
  });
  world.turn();
  const [close] = client.take();
  expect(close).toMatchObject({ name: 'connection.close', fields: { replyCode: 320 } });
  await Promise.resolve();
  expect(isClosed).toBe(false);
  await world.run();
  client.method('connection.close-ok', {}, 0);
  world.turn();
  client.close();
  await Promise.resolve();
  world.clock.advance(10);
  await closed;
  expect(queueIn(world.restarted()).readyCount).toBe(1);
  const late = world.connect();
  expect(late.isDestroyed).toBe(true);
});

test('what waits for the disk when a connection is forced to close is not answered', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  client.method('queue.declare', { queue: 'q', durable: true });
  world.turn();
  const closed = world.broker.close();
  await world.run();
  expect(client.takeNames()).toEqual(['connection.close']);
  world.clock.advance(3000);
  await Promise.resolve();
  world.clock.advance(3000);
  await closed;
  expect(client.isDestroyed).toBe(true);
});

test('a client that asks on and on without reading the answers is not read any more', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  client.method('queue.declare', { queue: 'q' });
  client.publish(Buffer.alloc(1 << 20));
  await world.run();
  client.take();
  client.isSlow = true;
  for (let tag = 1; tag <= 200; tag++) {
    client.method('basic.get', { queue: 'q' });
    client.method('basic.reject', { deliveryTag: tag, requeue: true });
  }
  world.turn();
  expect(client.isPaused).toBe(true);
  expect(client.pendingBytes).toBeLessThan(64 << 20);
  client.drain();
  await world.run();
  expect(client.takeNames()).toHaveLength(200);
  expect(queueIn(world)).toMatchObject({ readyCount: 1, unackedCount: 0 });
});
