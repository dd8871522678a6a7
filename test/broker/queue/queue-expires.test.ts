import { describe, expect, it, test } from 'vitest';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

const EXPIRES_MS = 10_000;
/** Ends of turns let a little time pass: see CoreWorld.run. */
const TURNS_MS = 100;

async function opened(): Promise<[CoreWorld, MemoryClient]> {
  const world = new CoreWorld();
  const client = await world.open();
  declare(client, 'q');
  await world.run();
  client.take();
  return [world, client];
}

function declare(
  client: MemoryClient,
  queue: string,
  plain: Record<string, PlainValue> = {},
): void {
  const queueArguments = tableOf({ 'x-expires': EXPIRES_MS, ...plain });
  client.method('queue.declare', { queue, durable: true, arguments: queueArguments });
}

async function passes(world: CoreWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.run();
}

function exists(world: CoreWorld, queue = 'q'): boolean {
  return world.broker.vhosts.get('/')?.queues.has(queue) === true;
}

test('a queue that nobody uses is deleted, with its messages and for good', async () => {
  const [world, client] = await opened();
  client.publish('m', { properties: { deliveryMode: 2 } });
  await passes(world, EXPIRES_MS - TURNS_MS);
  expect(exists(world)).toBe(true);
  await passes(world, TURNS_MS);
  expect(exists(world)).toBe(false);
  expect(world.journal.loadQueueStates().size).toBe(0);
  expect(exists(world.restarted())).toBe(false);
  expect(world.clock.timerCount).toBe(0);
});

describe('its time begins again', () => {
  it.each([
    { use: 'basic.get', fields: { queue: 'q' } },
    { use: 'queue.declare', fields: { queue: 'q', passive: true } },
  ])('with $use', async ({ use, fields }) => {
    const [world, client] = await opened();
    await passes(world, EXPIRES_MS / 2);
    client.method(use, fields);
    await passes(world, EXPIRES_MS - TURNS_MS);
    expect(exists(world)).toBe(true);
    await passes(world, 2 * TURNS_MS);
    expect(exists(world)).toBe(false);
  });

  it('when the last consumer leaves; while there is one it does not pass', async () => {
    const [world, client] = await opened();
    client.method('basic.consume', { queue: 'q', consumerTag: 'one' });
    client.method('basic.consume', { queue: 'q', consumerTag: 'two' });
    await passes(world, 3 * EXPIRES_MS);
    client.method('basic.cancel', { consumerTag: 'one' });
    await passes(world, 3 * EXPIRES_MS);
    expect(exists(world)).toBe(true);
    client.method('basic.cancel', { consumerTag: 'two' });
    await passes(world, EXPIRES_MS - TURNS_MS);
    expect(exists(world)).toBe(true);
    await passes(world, 2 * TURNS_MS);
    expect(exists(world)).toBe(false);
  });

  it('with a restart of the node', async () => {
    const [world] = await opened();
    await passes(world, EXPIRES_MS / 2);
    const after = world.restarted();
    await passes(after, EXPIRES_MS - TURNS_MS);
    expect(exists(after)).toBe(true);
    await passes(after, 2 * TURNS_MS);
    expect(exists(after)).toBe(false);
  });
});

it('what is published to it is no use', async () => {
  const [world, client] = await opened();
  for (let i = 0; i < 4; i++) {
    client.publish('m');
    await passes(world, EXPIRES_MS / 4);
  }
  expect(exists(world)).toBe(false);
});

it('a deleted queue leaves no deadline behind', async () => {
  const [world, client] = await opened();
  declare(client, 'with-ttl', { 'x-message-ttl': EXPIRES_MS });
  client.publish('m', { routingKey: 'with-ttl' });
  await world.run();
  expect(world.clock.timerCount).toBe(1);
  for (const queue of ['q', 'with-ttl']) client.method('queue.delete', { queue });
  await world.run();
  expect(world.clock.timerCount).toBe(0);
});

test('100,000 queues that wait to expire, each with a message that does, hold one timer', async () => {
  const [world, client] = await opened();
  const count = 100_000;
  for (let i = 1; i < count; i++) {
    const queueArguments = tableOf({ 'x-expires': 2 * EXPIRES_MS, 'x-message-ttl': EXPIRES_MS });
    client.method('queue.declare', { queue: `q${i}`, noWait: true, arguments: queueArguments });
    client.publish('m', { routingKey: `q${i}` });
  }
  await world.run();
  const queues = world.broker.vhosts.get('/')?.queues;
  expect(queues?.size).toBe(count);
  expect(world.clock.timerCount).toBe(1);
  await passes(world, EXPIRES_MS);
  expect([...(queues?.values() ?? [])].filter(({ readyCount }) => readyCount > 0)).toEqual([]);
  expect(world.clock.timerCount).toBe(1);
  await passes(world, EXPIRES_MS);
  expect(queues?.size).toBe(0);
  expect(world.clock.timerCount).toBe(0);
});

test('100,000 messages that wait to expire hold one timer', async () => {
  const [world, client] = await opened();
  const properties = { expiration: String(EXPIRES_MS / 2) };
  for (let i = 0; i < 100_000; i++) client.publish('m', { properties });
  await world.run();
  const queue = world.broker.vhosts.get('/')?.queues.get('q');
  expect(queue?.readyCount).toBe(100_000);
  expect(world.clock.timerCount).toBe(1);
  world.clock.advance(EXPIRES_MS / 2);
  // A few thousand per turn.
  for (let turns = 0; turns < 100 && queue?.readyCount !== 0; turns++) await passes(world, 1);
  expect(queue?.readyCount).toBe(0);
});
