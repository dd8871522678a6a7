// A dead letter is in its source or in its targets, whenever the node dies.
import { describe, expect, it } from 'vitest';
import { LARGE_RECORD_BYTES } from '../../../src/broker/message/incoming-message.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

type Plain = { readonly [name: string]: PlainValue };

const PERSISTENT = { deliveryMode: 2 };
const TTL_MS = 1_000;

function declare(client: MemoryClient, queue: string, plain: Plain = {}, durable = true): void {
  client.method('queue.declare', { queue, durable, arguments: tableOf(plain) });
}

/** `source` and its dead-letter target, both durable. */
async function opened(plain: Plain = {}): Promise<[CoreWorld, MemoryClient]> {
  const world = new CoreWorld();
  const client = await world.open();
  const deadLetter = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'target' };
  declare(client, 'source', { ...deadLetter, ...plain });
  declare(client, 'target');
  await world.run();
  return [world, client];
}

async function publish(world: CoreWorld, client: MemoryClient, body: Buffer | string) {
  client.publish(body, { routingKey: 'source', properties: PERSISTENT });
  await world.run();
}

/** Turns end until a commit is on its way; it is held back. */
function startCommit(world: CoreWorld): void {
  world.turn();
  world.clock.advance(5);
  world.turn();
  expect(world.journal.isCommitting).toBe(true);
}

/** The node dies while that commit is on its way: with it, or before it reached the disk. */
async function crashed(world: CoreWorld, isWritten: boolean): Promise<CoreWorld> {
  if (isWritten) await world.journal.finishUnreported();
  return world.restarted();
}

/** Takes all messages out of the queues. */
async function drained(
  world: CoreWorld,
  ...queues: string[]
): Promise<Readonly<Record<string, readonly string[]>>> {
  const client = await world.open();
  const contents: Record<string, string[]> = {};
  for (const queue of queues) {
    const bodies: string[] = [];
    contents[queue] = bodies;
    for (;;) {
      client.method('basic.get', { queue, noAck: true });
      await world.run();
      const [answer] = client.take();
      if (answer?.name !== 'basic.get-ok') break;
      bodies.push(String(answer.body));
    }
  }
  return contents;
}

function readyCount(world: CoreWorld, queue: string): number | undefined {
  return world.broker.vhosts.get('/')?.queues.get(queue)?.readyCount;
}

function reject(world: CoreWorld, client: MemoryClient): void {
  client.method('basic.get', { queue: 'source' });
  world.turn();
  client.method('basic.reject', { deliveryTag: 1, requeue: false });
}

const WAYS_TO_DIE: readonly {
  readonly way: string;
  readonly arguments: Plain;
  readonly die: (world: CoreWorld, client: MemoryClient) => void;
}[] = [
  { way: 'rejected', arguments: {}, die: reject },
  {
    way: 'expired',
    arguments: { 'x-message-ttl': TTL_MS },
    die: (world) => world.clock.advance(TTL_MS),
  },
  {
    way: 'found expired by basic.get',
    arguments: { 'x-message-ttl': TTL_MS },
    die: (world, client) => {
      world.clock.advance(TTL_MS);
      client.method('basic.get', { queue: 'source' });
    },
  },
  {
    way: 'dropped by x-max-length',
    arguments: { 'x-max-length': 1 },
    die: (_world, client) => client.publish('transient', { routingKey: 'source' }),
  },
  {
    way: 'dropped by x-max-length-bytes',
    arguments: { 'x-max-length-bytes': 9 },
    die: (_world, client) => client.publish('transient', { routingKey: 'source' }),
  },
];

describe.each(WAYS_TO_DIE)('a message that is $way', ({ arguments: plain, die }) => {
  it.each([
    { crash: 'before', isWritten: false, expected: { source: ['m'], target: [] } },
    { crash: 'after', isWritten: true, expected: { source: [], target: ['m'] } },
  ])('moves in one commit: a crash $crash it', async ({ isWritten, expected }) => {
    const [world, client] = await opened(plain);
    await publish(world, client, 'm');
    die(world, client);
    startCommit(world);
    expect(readyCount(world, 'target')).toBe(1);
    const after = await crashed(world, isWritten);
    expect(readyCount(after, 'source')).toBe(expected.source.length);
    expect(readyCount(after, 'target')).toBe(expected.target.length);
    expect(await drained(after, 'source', 'target')).toEqual(expected);
    const empty = after.restarted();
    expect(await drained(empty, 'source', 'target')).toEqual({ source: [], target: [] });
  });

  it('is in its source when the node dies before any commit began', async () => {
    const [world, client] = await opened(plain);
    await publish(world, client, 'm');
    die(world, client);
    world.clock.endTurn();
    expect(world.journal.isCommitting).toBe(false);
    expect(await drained(world.restarted(), 'source', 'target')).toEqual({
      source: ['m'],
      target: [],
    });
  });
});

describe('a message that dies while the commit of its publish is on its way', () => {
  async function dyingEarly(): Promise<[CoreWorld, MemoryClient]> {
    const [world, client] = await opened();
    client.method('confirm.select');
    client.publish('m', { routingKey: 'source', properties: PERSISTENT });
    startCommit(world);
    reject(world, client);
    world.turn();
    client.take();
    return [world, client];
  }

  it('is in its source when only that commit was written', async () => {
    const [world] = await dyingEarly();
    const after = await crashed(world, true);
    expect(await drained(after, 'source', 'target')).toEqual({ source: ['m'], target: [] });
  });

  it('is in its target once the next one was', async () => {
    const [world, client] = await dyingEarly();
    await world.journal.finishCommit();
    world.turn();
    expect(client.takeNames()).toEqual(['basic.ack']);
    startCommit(world);
    const after = await crashed(world, true);
    expect(await drained(after, 'source', 'target')).toEqual({ source: [], target: ['m'] });
  });
});

it('a message that dies before its commit began is confirmed when it is durable in its target', async () => {
  const [world, client] = await opened({ 'x-max-length': 0 });
  client.method('confirm.select');
  await world.run();
  client.take();
  client.publish('m', { routingKey: 'source', properties: PERSISTENT });
  world.turn();
  expect(world.journal.isCommitting).toBe(true);
  expect(client.takeNames()).toEqual([]);
  const lost = world.restarted();
  expect(await drained(lost, 'source', 'target')).toEqual({ source: [], target: [] });
  await world.run();
  expect(client.takeNames()).toEqual(['basic.ack']);
  expect(await drained(world.restarted(), 'source', 'target')).toEqual({
    source: [],
    target: ['m'],
  });
});

describe('with reject-publish-dlx', () => {
  const full = { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' };

  it.each([
    { crash: 'before', isWritten: false, target: [] },
    { crash: 'after', isWritten: true, target: ['refused'] },
  ])('what is refused is in the target alone: a crash $crash the commit', async (crash) => {
    const [world, client] = await opened(full);
    await publish(world, client, 'm');
    client.publish('refused', { routingKey: 'source', properties: PERSISTENT });
    startCommit(world);
    const after = await crashed(world, crash.isWritten);
    expect(await drained(after, 'source', 'target')).toEqual({
      source: ['m'],
      target: crash.target,
    });
  });

  it('what a full target refuses goes on to the next in the same commit', async () => {
    const [world, client] = await opened(full);
    const onward = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'target' };
    declare(client, 'between', { ...full, 'x-max-length': 0, ...onward });
    client.method('queue.delete', { queue: 'source' });
    declare(client, 'source', { ...full, ...onward, 'x-dead-letter-routing-key': 'between' });
    await publish(world, client, 'm');
    client.publish('refused', { routingKey: 'source', properties: PERSISTENT });
    startCommit(world);
    const lost = await crashed(world, false);
    const queues = ['source', 'between', 'target'];
    expect(queues.map((queue) => readyCount(lost, queue))).toEqual([1, 0, 0]);
    const after = await crashed(world, true);
    expect(await drained(after, ...queues)).toEqual({
      source: ['m'],
      between: [],
      target: ['refused'],
    });
  });
});

it.each([
  { crash: 'before', isWritten: false, expected: { source: ['m'], one: [], two: [] } },
  { crash: 'after', isWritten: true, expected: { source: [], one: ['m'], two: ['m'] } },
])('a dead letter is in both of two targets or in none: a crash $crash', async (crash) => {
  const [world, client] = await opened({ 'x-dead-letter-exchange': 'amq.fanout' });
  for (const queue of ['one', 'two']) {
    declare(client, queue);
    client.method('queue.bind', { queue, exchange: 'amq.fanout' });
  }
  await publish(world, client, 'm');
  reject(world, client);
  startCommit(world);
  const after = await crashed(world, crash.isWritten);
  expect(await drained(after, 'source', 'one', 'two')).toEqual(crash.expected);
});

it('a transient target does not outlive the node, a durable one beside it does', async () => {
  const [world, client] = await opened({ 'x-dead-letter-exchange': 'amq.fanout' });
  declare(client, 'transient', {}, false);
  for (const queue of ['target', 'transient']) {
    client.method('queue.bind', { queue, exchange: 'amq.fanout' });
  }
  await publish(world, client, 'm');
  reject(world, client);
  startCommit(world);
  expect(['target', 'transient'].map((queue) => readyCount(world, queue))).toEqual([1, 1]);
  const after = await crashed(world, true);
  expect(readyCount(after, 'transient')).toBeUndefined();
  expect(await drained(after, 'source', 'target')).toEqual({ source: [], target: ['m'] });
});

it.each([
  { crash: 'before', isWritten: false, source: ['m'] },
  { crash: 'after', isWritten: true, source: [] },
])(
  'a message whose only target is transient: a crash $crash the commit',
  async ({ isWritten, source }) => {
    const [world, client] = await opened({ 'x-dead-letter-routing-key': 'transient' });
    declare(client, 'transient', {}, false);
    await publish(world, client, 'm');
    reject(world, client);
    startCommit(world);
    expect(readyCount(world, 'transient')).toBe(1);
    const after = await crashed(world, isWritten);
    expect(readyCount(after, 'transient')).toBeUndefined();
    expect(await drained(after, 'source', 'target')).toEqual({ source, target: [] });
  },
);

it('a transient message that dies is as transient in its target', async () => {
  const [world, client] = await opened();
  client.publish('transient', { routingKey: 'source' });
  world.turn();
  reject(world, client);
  await world.run();
  expect(readyCount(world, 'target')).toBe(1);
  expect(readyCount(world.restarted(), 'target')).toBe(0);
});

it.each([0, 1, LARGE_RECORD_BYTES, 3 * 131_072])(
  'a body of %i octets is the same after its death and a restart',
  async (bodyBytes) => {
    const body = Buffer.alloc(bodyBytes, 'a body that has no period of a power of two');
    const [world, client] = await opened();
    await publish(world, client, body);
    reject(world, client);
    await world.run();
    const { target } = await drained(world.restarted(), 'target');
    expect(target).toHaveLength(1);
    expect(target?.[0] === String(body)).toBe(true);
  },
);
