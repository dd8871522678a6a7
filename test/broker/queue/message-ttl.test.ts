// Expiry across a restart, with no client that asks: what was stored is due when it was due before.
import { describe, expect, it } from 'vitest';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

const TTL_MS = 10_000;
/** Longer than all turns of a test take, see CoreWorld.run. */
const TURNS_MS = 1_000;

interface Publish {
  readonly body: string;
  readonly expirationMs?: number;
  readonly isTransient?: boolean;
  readonly priority?: number;
}

/** A durable queue whose dead letters go to `dead`, with these messages in it. */
async function filled(
  plain: { readonly [name: string]: PlainValue },
  publishes: readonly Publish[],
): Promise<[CoreWorld, MemoryClient]> {
  const world = new CoreWorld();
  const client = await world.open();
  const deadLetter = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
  const queueArguments = tableOf({ ...deadLetter, ...plain });
  client.method('queue.declare', { queue: 'q', durable: true, arguments: queueArguments });
  client.method('queue.declare', { queue: 'dead', durable: true });
  for (const { body, expirationMs, isTransient, priority } of publishes) {
    const properties = {
      deliveryMode: isTransient === true ? 1 : 2,
      ...(expirationMs === undefined ? {} : { expiration: String(expirationMs) }),
      ...(priority === undefined ? {} : { priority }),
    };
    client.publish(body, { properties });
  }
  await world.run();
  client.take();
  return [world, client];
}

/** The node dies, and starts again after so long. */
function restarted(world: CoreWorld, downMs = 0): CoreWorld {
  const after = world.restarted();
  after.clock.advance(world.clock.nowMs() + downMs);
  return after;
}

async function passes(world: CoreWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.run();
}

function counts(world: CoreWorld): (number | undefined)[] {
  const queues = world.broker.vhosts.get('/')?.queues;
  return ['q', 'dead'].map((name) => queues?.get(name)?.readyCount);
}

async function bodies(world: CoreWorld, queue: string): Promise<string[]> {
  const client = await world.open();
  const taken: string[] = [];
  for (;;) {
    client.method('basic.get', { queue, noAck: true });
    await world.run();
    const [answer] = client.take();
    if (answer?.name !== 'basic.get-ok') return taken;
    taken.push(String(answer.body));
  }
}

const three = ['a', 'b', 'c'];
const WAYS_TO_EXPIRE = [
  {
    by: 'x-message-ttl',
    plain: { 'x-message-ttl': TTL_MS },
    publishes: three.map((body) => ({ body })),
  },
  {
    by: 'their expiration',
    plain: {},
    publishes: three.map((body) => ({ body, expirationMs: TTL_MS })),
  },
  {
    by: 'the shorter of both',
    plain: { 'x-message-ttl': 10 * TTL_MS },
    publishes: three.map((body) => ({ body, expirationMs: TTL_MS })),
  },
  {
    by: 'x-message-ttl in a queue with priorities',
    plain: { 'x-message-ttl': TTL_MS, 'x-max-priority': 3 },
    publishes: three.map((body, index) => ({ body, priority: 3 - index })),
  },
];

describe.each(WAYS_TO_EXPIRE)('messages that expire by $by', ({ plain, publishes }) => {
  it('expire after a restart when they would have without it', async () => {
    const [world] = await filled(plain, publishes);
    await passes(world, TTL_MS / 2);
    const after = restarted(world);
    await passes(after, TTL_MS / 2 - TURNS_MS);
    expect(counts(after)).toEqual([3, 0]);
    await passes(after, TURNS_MS);
    expect(counts(after)).toEqual([0, 3]);
    expect(await bodies(after.restarted(), 'dead')).toEqual(three);
  });

  it('are gone at the start when they expired while the node was down', async () => {
    const [world] = await filled(plain, publishes);
    const after = restarted(world, TTL_MS);
    expect(counts(after)).toEqual([3, 0]);
    await after.run();
    expect(counts(after)).toEqual([0, 3]);
    expect(await bodies(after, 'dead')).toEqual(three);
  });

  it.each([1, 2, 3])('expire also when %i of them were unacked at the crash', async (unacked) => {
    const [world, client] = await filled(plain, publishes);
    for (let i = 0; i < unacked; i++) client.method('basic.get', { queue: 'q' });
    await world.run();
    expect(client.takeNames()).toEqual(Array(unacked).fill('basic.get-ok'));
    await passes(world, 2 * TTL_MS);
    const after = restarted(world);
    await after.run();
    expect(counts(after)).toEqual([0, 3]);
    expect(new Set(await bodies(after, 'dead'))).toEqual(new Set(three));
  });

  it('expire also after a second restart before they are due', async () => {
    const [world] = await filled(plain, publishes);
    const between = restarted(world);
    await passes(between, TURNS_MS);
    const after = restarted(between);
    await after.run();
    expect(counts(after)).toEqual([3, 0]);
    await passes(after, TTL_MS);
    expect(counts(after)).toEqual([0, 3]);
  });
});

describe('after a restart', () => {
  it('a message behind one that lives longer waits for it', async () => {
    const [world] = await filled({}, [{ body: 'lives' }, { body: 'short', expirationMs: TTL_MS }]);
    const after = restarted(world);
    await passes(after, 2 * TTL_MS);
    expect(counts(after)).toEqual([2, 0]);
    expect(await bodies(after, 'q')).toEqual(['lives']);
    expect(await bodies(after, 'dead')).toEqual(['short']);
  });

  it('a message does not wait for a transient one before it, which the crash took', async () => {
    const [world] = await filled({}, [
      { body: 'transient', expirationMs: 10 * TTL_MS, isTransient: true },
      { body: 'short', expirationMs: TTL_MS },
    ]);
    const after = restarted(world);
    await after.run();
    expect(counts(after)).toEqual([1, 0]);
    await passes(after, TTL_MS);
    expect(counts(after)).toEqual([0, 1]);
  });

  it('what expired lately goes first, one by one as each is due', async () => {
    const [world] = await filled({}, [
      { body: 'a', expirationMs: TTL_MS },
      { body: 'b', expirationMs: 2 * TTL_MS },
      { body: 'c' },
    ]);
    const after = restarted(world, TTL_MS);
    await after.run();
    expect(counts(after)).toEqual([2, 1]);
    await passes(after, TTL_MS);
    expect(counts(after)).toEqual([1, 2]);
    expect(await bodies(after, 'dead')).toEqual(['a', 'b']);
    expect(await bodies(after, 'q')).toEqual(['c']);
  });

  it('nothing is read from the disk before it is due, and one timer waits for all queues', async () => {
    const [world, client] = await filled({ 'x-message-ttl': TTL_MS }, [{ body: 'a' }]);
    for (let i = 0; i < 100; i++) {
      const queueArguments = tableOf({ 'x-message-ttl': TTL_MS });
      const queue = `q${i}`;
      client.method('queue.declare', { queue, durable: true, arguments: queueArguments });
      client.publish('m', { routingKey: queue, properties: { deliveryMode: 2 } });
    }
    await world.run();
    const after = restarted(world);
    after.turn();
    expect(after.clock.timerCount).toBe(1);
    expect(after.journal.pendingReadCount).toBe(0);
    after.clock.advance(TTL_MS);
    after.turn();
    expect(after.journal.pendingReadCount).toBe(101);
    await after.run();
    expect(counts(after)).toEqual([0, 1]);
    expect(counts(after.restarted())).toEqual([0, 1]);
    expect(after.clock.timerCount).toBe(0);
  });

  it('more than a turn may drop go all the same', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ body: String(i) }));
    const [world] = await filled({ 'x-message-ttl': TTL_MS }, many);
    const after = restarted(world, TTL_MS);
    await passes(after, 0);
    for (let turns = 0; turns < 5; turns++) await passes(after, 1);
    expect(counts(after)).toEqual([0, 5_000]);
    expect(after.clock.timerCount).toBe(0);
  });
});

describe('without a message that could expire no timer is left', () => {
  const WAYS_TO_EMPTY = {
    'a get': { name: 'basic.get', arguments: { queue: 'q', noAck: true } },
    'a consumer': { name: 'basic.consume', arguments: { queue: 'q', noAck: true } },
    'a purge': { name: 'queue.purge', arguments: { queue: 'q' } },
  } as const;

  it.each(Object.entries(WAYS_TO_EMPTY))('after %s', async (_name, way) => {
    const [world, client] = await filled({ 'x-message-ttl': TTL_MS }, [{ body: 'a' }]);
    expect(world.clock.timerCount).toBe(1);
    client.method(way.name, way.arguments);
    await world.run();
    expect(counts(world)).toEqual([0, 0]);
    expect(world.clock.timerCount).toBe(0);
  });

  it('but one that is given back expires in its time', async () => {
    const [world, client] = await filled({ 'x-message-ttl': TTL_MS }, [{ body: 'a' }]);
    client.method('basic.get', { queue: 'q' });
    await world.run();
    client.method('basic.nack', { deliveryTag: 1, requeue: true });
    await world.run();
    await passes(world, TTL_MS + TURNS_MS);
    expect(counts(world)).toEqual([0, 1]);
  });
});
