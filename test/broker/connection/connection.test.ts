import { expect, test } from 'vitest';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

async function opened(
  capabilities: Record<string, boolean> = {},
): Promise<[CoreWorld, MemoryClient]> {
  const world = new CoreWorld();
  return [world, await world.open(capabilities)];
}

function queueIn(world: CoreWorld, name: string) {
  return world.broker.vhosts.get('/')?.queues.get(name);
}

test('a soft error closes its channel only, names the method, and the number is free again', async () => {
  const [world, client] = await opened();
  client.method('channel.open', {}, 2);
  client.method('queue.declare', { queue: 'missing', passive: true });
  client.publish('ignored');
  client.method('queue.declare', { queue: 'other' }, 2);
  await world.run();
  const [open, close, declared] = client.take();
  expect(open?.name).toBe('channel.open-ok');
  expect(close).toMatchObject({ channel: 1, name: 'channel.close' });
  expect(close?.fields).toMatchObject({ replyCode: 404, classId: 50, methodId: 10 });
  expect(declared).toMatchObject({ channel: 2, name: 'queue.declare-ok' });
  client.method('channel.close-ok');
  client.method('channel.open');
  await world.run();
  expect(client.takeNames()).toEqual(['channel.open-ok']);
});

test('a hard error closes the connection; everything it held is released at once', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'mine', exclusive: true });
  client.method('queue.declare', { queue: 'q' });
  client.publish('m');
  client.method('basic.consume', { queue: 'q', consumerTag: 'c' });
  await world.run();
  expect(queueIn(world, 'q')?.unackedCount).toBe(1);
  client.take();
  client.method('queue.declare', { queue: 'x' }, 9);
  world.turn();
  const [close] = client.take();
  expect(close).toMatchObject({ channel: 0, name: 'connection.close' });
  expect(close?.fields).toMatchObject({ replyCode: 504, classId: 50, methodId: 10 });
  expect(queueIn(world, 'mine')).toBeUndefined();
  expect(queueIn(world, 'q')?.unackedCount).toBe(0);
  expect(queueIn(world, 'q')?.readyCount).toBe(1);
  expect(world.broker.openConnectionCount).toBe(0);
  client.method('basic.qos', { prefetchCount: 1 });
  client.method('connection.close-ok', {}, 0);
  world.turn();
  expect(client.take()).toEqual([]);
  expect(client.isEnded).toBe(true);
});

test('a peer that does not answer our close is dropped', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'x' }, 9);
  world.turn();
  world.clock.advance(30_000);
  expect(client.isDestroyed).toBe(true);
  client.close();
  expect(world.clock.timerCount).toBe(0);
});

test('malformed frames close with 501 and name no method', async () => {
  const [world, client] = await opened();
  client.raw(Buffer.from([1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 10, 0]));
  world.turn();
  const [close] = client.take();
  expect(close?.fields).toMatchObject({ replyCode: 501, classId: 0, methodId: 0 });
});

test('exclusive queues are gone before close-ok', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'mine', exclusive: true });
  await world.run();
  client.take();
  client.method('connection.close', {}, 0);
  expect(queueIn(world, 'mine')).toBeUndefined();
  world.turn();
  expect(client.takeNames()).toEqual(['connection.close-ok']);
  expect(client.isEnded).toBe(true);
});

test('declare-ok of durable things waits for their commit, and nothing overtakes it', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'd', durable: true });
  client.method('basic.qos', { prefetchCount: 1 });
  world.turn();
  expect(client.take()).toEqual([]);
  expect(client.isPaused).toBe(true);
  await world.journal.finishCommit();
  world.turn();
  expect(client.takeNames()).toEqual(['queue.declare-ok', 'basic.qos-ok']);
  const restarted = world.restarted();
  expect(queueIn(restarted, 'd')?.isDurable).toBe(true);
});

test("declaring what another client's commit has not stored yet waits for it", async () => {
  const world = new CoreWorld();
  const first = await world.open();
  const second = await world.open();
  first.method('queue.declare', { queue: 'd', durable: true });
  world.turn();
  second.method('queue.declare', { queue: 'd', durable: true });
  world.turn();
  expect(second.take()).toEqual([]);
  await world.run();
  expect(first.takeNames()).toEqual(['queue.declare-ok']);
  expect(second.takeNames()).toEqual(['queue.declare-ok']);
});

test('a crash before the commit forgets what was not confirmed', async () => {
  const [world, client] = await opened();
  client.method('confirm.select');
  client.method('queue.declare', { queue: 'd', durable: true });
  await world.run();
  client.take();
  client.publish('one', { routingKey: 'd', properties: { deliveryMode: 2 } });
  await world.run();
  expect(client.take().map(({ fields }) => fields)).toEqual([{ deliveryTag: 1, multiple: false }]);
  client.publish('two', { routingKey: 'd', properties: { deliveryMode: 2 } });
  world.turn();
  expect(client.take()).toEqual([]);
  expect(queueIn(world.restarted(), 'd')?.readyCount).toBe(1);
});

test('prefetch bounds what is unacknowledged, per consumer and per channel', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'q' });
  for (let i = 0; i < 10; i++) client.publish(`${i}`);
  client.method('basic.qos', { prefetchCount: 2 });
  client.method('basic.consume', { queue: 'q', consumerTag: 'a' });
  await world.run();
  const delivered = () => client.take().filter(({ name }) => name === 'basic.deliver');
  expect(delivered().map(({ body }) => String(body))).toEqual(['0', '1']);
  client.method('basic.ack', { deliveryTag: 1 });
  world.turn();
  expect(delivered().map(({ body }) => String(body))).toEqual(['2']);
  client.method('basic.qos', { prefetchCount: 3, global: true });
  client.method('basic.consume', { queue: 'q', consumerTag: 'b' });
  world.turn();
  expect(delivered().map(({ fields }) => fields['consumerTag'])).toEqual(['b']);
  client.method('basic.ack', { deliveryTag: 0, multiple: true });
  world.turn();
  expect(delivered()).toHaveLength(3);
});

test('consumers are told when their queue goes, behind the reply of who deleted it', async () => {
  const [world, client] = await opened({ consumer_cancel_notify: true });
  const other = await world.open();
  client.method('queue.declare', { queue: 'q' });
  client.method('basic.consume', { queue: 'q', consumerTag: 'c' });
  other.method('basic.consume', { queue: 'q', consumerTag: 'o' });
  await world.run();
  client.take();
  other.take();
  client.method('queue.delete', { queue: 'q' });
  world.turn();
  expect(client.takeNames()).toEqual(['queue.delete-ok', 'basic.cancel']);
  expect(other.take()).toEqual([]);
});

test('acknowledging what was never delivered is a 406', async () => {
  const [world, client] = await opened();
  client.method('basic.ack', { deliveryTag: 5 });
  world.turn();
  expect(client.take()[0]?.fields).toMatchObject({
    replyCode: 406,
    replyText: 'PRECONDITION_FAILED - unknown delivery tag 5',
    classId: 60,
    methodId: 80,
  });
});

test('direct reply-to: request and reply between two clients', async () => {
  const [world, requester] = await opened();
  const responder = await world.open();
  const pseudo = 'amq.rabbitmq.reply-to';
  responder.method('queue.declare', { queue: 'rpc' });
  responder.method('basic.consume', { queue: 'rpc', noAck: true });
  await world.run();
  requester.method('basic.consume', { queue: pseudo, noAck: true, consumerTag: 'r' });
  requester.publish('question', { routingKey: 'rpc', properties: { replyTo: pseudo } });
  world.turn();
  const request = responder.take().at(-1);
  const replyTo = request?.properties?.replyTo as string;
  expect(replyTo.startsWith(`${pseudo}.`)).toBe(true);
  responder.publish('answer', { routingKey: replyTo });
  world.turn();
  const reply = requester.take().at(-1);
  expect(reply).toMatchObject({ name: 'basic.deliver', fields: { consumerTag: 'r' } });
  expect(String(reply?.body)).toBe('answer');
  requester.close();
  responder.method('queue.declare', { queue: replyTo, passive: true });
  world.turn();
  expect(responder.take()[0]?.fields).toMatchObject({ replyCode: 404 });
});

test('tx: nothing counts before commit, rollback undoes acknowledgements', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'd', durable: true });
  await world.run();
  client.publish('old', { routingKey: 'd', properties: { deliveryMode: 2 } });
  client.method('tx.select');
  client.method('basic.get', { queue: 'd' });
  client.publish('new', { routingKey: 'd', properties: { deliveryMode: 2 } });
  client.method('basic.ack', { deliveryTag: 1 });
  await world.run();
  expect(queueIn(world, 'd')).toMatchObject({ readyCount: 0, unackedCount: 1 });
  client.method('tx.rollback');
  client.method('basic.ack', { deliveryTag: 1 });
  client.publish('newer', { routingKey: 'd', properties: { deliveryMode: 2 } });
  await world.run();
  client.take();
  client.method('tx.commit');
  world.turn();
  expect(client.take()).toEqual([]);
  await world.run();
  expect(client.takeNames()).toEqual(['tx.commit-ok']);
  expect(queueIn(world, 'd')).toMatchObject({ readyCount: 1, unackedCount: 0 });
  expect(queueIn(world.restarted(), 'd')?.readyCount).toBe(1);
});

test('a channel that closes with a transaction open gives its deliveries back', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'q' });
  client.publish('m');
  client.method('tx.select');
  client.method('basic.get', { queue: 'q' });
  client.method('basic.ack', { deliveryTag: 1 });
  client.method('channel.close');
  await world.run();
  expect(queueIn(world, 'q')).toMatchObject({ readyCount: 1, unackedCount: 0 });
});

test('mandatory messages come back before their confirm', async () => {
  const [world, client] = await opened();
  client.method('confirm.select');
  client.publish('lost', { routingKey: 'nowhere', mandatory: true });
  await world.run();
  const received = client.take();
  expect(received.map(({ name }) => name)).toEqual([
    'confirm.select-ok',
    'basic.return',
    'basic.ack',
  ]);
  expect(String(received[1]?.body)).toBe('lost');
});

test('headers with BCC reach all and show none', async () => {
  const [world, client] = await opened();
  client.method('queue.declare', { queue: 'a' });
  client.method('queue.declare', { queue: 'b' });
  const headers = tableOf({ BCC: ['b'], kept: 1 });
  client.publish('m', { routingKey: 'a', properties: { headers } });
  client.method('basic.get', { queue: 'a', noAck: true });
  client.method('basic.get', { queue: 'b', noAck: true });
  await world.run();
  const got = client.take().filter(({ name }) => name === 'basic.get-ok');
  expect(got.map(({ properties }) => [...(properties?.headers?.keys() ?? [])])).toEqual([
    ['kept'],
    ['kept'],
  ]);
});
