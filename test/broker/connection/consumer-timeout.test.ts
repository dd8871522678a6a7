import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BrokerSettings } from '../../../src/broker/broker-settings.ts';
import { LATE_TAGS_MAX } from '../../../src/broker/limits.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient, Received } from '../../support/core/memory-transport.ts';

type Plain = { readonly [name: string]: PlainValue };

const REQUEUE = { consumerTimeoutResponse: 'requeue' } as const;
/** Ends of turns let a little time pass: see CoreWorld.run. */
const TURNS_MS = 40;

async function opened(settings: Partial<BrokerSettings> = {}): Promise<[CoreWorld, MemoryClient]> {
  const world = new CoreWorld(settings);
  return [world, await world.open()];
}

function declare(client: MemoryClient, queue = 'q', queueArguments: Plain = {}): void {
  client.method('queue.declare', { queue, arguments: tableOf(queueArguments) });
}

function consume(
  client: MemoryClient,
  consumerTag = 'c',
  { queue = 'q', channel = 1, ...plain }: Plain & { queue?: string; channel?: number } = {},
): void {
  const consumerArguments = tableOf(plain as Plain);
  client.method('basic.consume', { queue, consumerTag, arguments: consumerArguments }, channel);
}

/** What is sent while the time passes. */
async function passing(world: CoreWorld, client: MemoryClient, ms: number): Promise<Received[]> {
  world.clock.advance(ms);
  await world.run();
  return client.take();
}

const names = (received: readonly Received[]) => received.map(({ name }) => name);
const bodies = (received: readonly Received[]) =>
  received.filter(({ body }) => body !== undefined).map(({ body }) => String(body));

function timedOut(channel: number, ms: number) {
  return {
    channel,
    name: 'channel.close',
    fields: {
      replyCode: 406,
      replyText: `PRECONDITION_FAILED - delivery acknowledgement on channel ${channel} timed out. Timeout value used: ${ms} ms. This timeout value can be configured, see consumers doc guide to learn more`,
      classId: 0,
      methodId: 0,
    },
  };
}

function countsIn(world: CoreWorld, name = 'q') {
  const queue = world.broker.vhosts.get('/')?.queues.get(name);
  return { ready: queue?.readyCount, unacked: queue?.unackedCount };
}

describe('close_channel', () => {
  test('a delivery that is held too long closes its channel, and all of its messages go back', async () => {
    const [world, client] = await opened({ consumerTimeoutMs: 1_000 });
    declare(client);
    consume(client);
    client.publish('1');
    client.publish('2');
    await world.run();
    expect(bodies(client.take())).toEqual(['1', '2']);
    expect(await passing(world, client, 1_000 - TURNS_MS)).toEqual([]);
    expect(await passing(world, client, TURNS_MS)).toMatchObject([timedOut(1, 1_000)]);
    expect(countsIn(world)).toEqual({ ready: 2, unacked: 0 });
    expect(world.broker.deadlines.count).toBe(0);
    client.method('channel.open', {}, 2);
    await world.run();
    expect(client.takeNames()).toEqual(['channel.open-ok']);
  });

  test('so does one of basic.get', async () => {
    const [world, client] = await opened({ consumerTimeoutMs: 1_000 });
    declare(client);
    client.publish('1');
    client.method('basic.get', { queue: 'q' });
    await world.run();
    client.take();
    expect(await passing(world, client, 1_000)).toMatchObject([timedOut(1, 1_000)]);
  });

  test('what is acknowledged in time does not, and what needs no acknowledgement neither', async () => {
    const [world, client] = await opened({ consumerTimeoutMs: 1_000 });
    declare(client);
    declare(client, 'n');
    consume(client);
    client.method('basic.consume', { queue: 'n', consumerTag: 'n', noAck: true });
    for (let tag = 1; tag <= 100; tag += 2) {
      client.publish('m');
      client.publish('n', { routingKey: 'n' });
      expect(names(await passing(world, client, 900))).not.toContain('channel.close');
      client.method('basic.ack', { deliveryTag: 0, multiple: true });
    }
    expect(await passing(world, client, 10_000)).toEqual([]);
  });

  test('nothing ticks while nothing is unacknowledged', async () => {
    const [world, client] = await opened();
    declare(client);
    consume(client);
    await world.run();
    expect(world.broker.deadlines.count).toBe(0);
    client.publish('m');
    client.publish('m');
    await world.run();
    expect(world.broker.deadlines.count).toBe(1);
    client.method('basic.ack', { deliveryTag: 2, multiple: true });
    await passing(world, client, 60_000);
    expect(world.broker.deadlines.count).toBe(0);
    client.publish('m');
    await world.run();
    expect(world.broker.deadlines.count).toBe(1);
    client.method('channel.close');
    await world.run();
    expect(world.broker.deadlines.count).toBe(0);
  });

  test('a cancelled consumer still has to acknowledge', async () => {
    const [world, client] = await opened({ consumerTimeoutMs: 0 });
    declare(client);
    consume(client, 'c', { 'x-consumer-timeout': 1_000 });
    client.publish('1');
    client.method('basic.cancel', { consumerTag: 'c' });
    await world.run();
    consume(client);
    await world.run();
    client.publish('2');
    client.method('basic.cancel', { consumerTag: 'c' });
    consume(client, 'd', { 'x-consumer-timeout': 1_000 });
    client.publish('3');
    await world.run();
    client.method('basic.cancel', { consumerTag: 'd' });
    client.method('basic.ack', { deliveryTag: 1, multiple: false });
    await world.run();
    client.take();
    expect(await passing(world, client, 1_300)).toMatchObject([timedOut(1, 1_000)]);
  });

  test('what a transaction has acknowledged is not late; what it took back is', async () => {
    const [world, client] = await opened({ consumerTimeoutMs: 1_000 });
    declare(client);
    client.method('tx.select');
    consume(client);
    client.publish('m', { channel: 1 });
    client.method('tx.commit');
    await world.run();
    client.method('basic.ack', { deliveryTag: 1 });
    await world.run();
    client.take();
    expect(await passing(world, client, 5_000)).toEqual([]);
    client.method('tx.rollback');
    expect(names(await passing(world, client, 1_300))).toEqual(['tx.rollback-ok', 'channel.close']);
  });
});

describe('whose timeout counts', () => {
  test.each<[string, number, Plain, Plain, number | undefined]>([
    ['the node', 1_000, {}, {}, 1_000],
    ['the queue', 1_000, { 'x-consumer-timeout': 3_000 }, {}, 3_000],
    ['the queue, shorter', 9_000, { 'x-consumer-timeout': 3_000 }, {}, 3_000],
    ['the consumer', 1_000, { 'x-consumer-timeout': 3_000 }, { 'x-consumer-timeout': 500 }, 500],
    ['the consumer, longer', 1_000, {}, { 'x-consumer-timeout': 7_000 }, 7_000],
    ['none by the node', 0, {}, {}, undefined],
    ['none by the node in words', Number.POSITIVE_INFINITY, {}, {}, undefined],
    ['none by the queue', 1_000, { 'x-consumer-timeout': 0 }, {}, undefined],
    ['none by the consumer', 1_000, {}, { 'x-consumer-timeout': 0 }, undefined],
  ])('%s', async (_title, consumerTimeoutMs, queueArguments, consumerArguments, expectedMs) => {
    const [world, client] = await opened({ consumerTimeoutMs });
    declare(client, 'q', queueArguments);
    consume(client, 'c', consumerArguments);
    client.publish('m');
    await world.run();
    client.take();
    const ms = expectedMs ?? 1_000_000;
    expect(await passing(world, client, ms - TURNS_MS)).toEqual([]);
    const [close] = await passing(world, client, TURNS_MS);
    if (expectedMs === undefined) expect(close).toBeUndefined();
    else expect(close).toMatchObject(timedOut(1, expectedMs));
  });

  test('a short one that comes while a long one is watched is not overlooked', async () => {
    const [world, client] = await opened();
    declare(client);
    declare(client, 's', { 'x-consumer-timeout': 100 });
    client.publish('long');
    client.publish('short', { routingKey: 's' });
    client.method('basic.get', { queue: 'q' });
    await passing(world, client, 30_000);
    client.method('basic.get', { queue: 's' });
    await world.run();
    client.take();
    expect(await passing(world, client, 120)).toMatchObject([timedOut(1, 100)]);
  });
});

describe('requeue', () => {
  test('only the late message goes back, its channel and consumer go on', async () => {
    const [world, client] = await opened({ ...REQUEUE, consumerTimeoutMs: 1_000 });
    declare(client);
    client.method('basic.qos', { prefetchCount: 2 });
    consume(client);
    for (const body of ['1', '2', '3']) client.publish(body);
    await world.run();
    client.method('basic.ack', { deliveryTag: 2 });
    expect(bodies(await passing(world, client, 500))).toEqual(['1', '2', '3']);
    const again = await passing(world, client, 600);
    expect(names(again)).toEqual(['basic.deliver']);
    expect(again[0]).toMatchObject({ fields: { deliveryTag: 4, redelivered: true } });
    expect(bodies(again)).toEqual(['1']);
    expect(world.warnings).toEqual([
      'delivery acknowledgement timed out: the messages are requeued',
    ]);
    client.method('basic.ack', { deliveryTag: 3 });
    client.method('basic.ack', { deliveryTag: 4 });
    await world.run();
    expect(client.take()).toEqual([]);
    expect(countsIn(world)).toEqual({ ready: 0, unacked: 0 });
  });

  test('each delivery by its own timeout', async () => {
    const [world, client] = await opened(REQUEUE);
    declare(client, 'q', { 'x-consumer-timeout': 1_000 });
    declare(client, 'l', { 'x-consumer-timeout': 5_000 });
    client.publish('long', { routingKey: 'l' });
    client.publish('short');
    client.method('basic.get', { queue: 'l' });
    client.method('basic.get', { queue: 'q' });
    await passing(world, client, 1_300);
    expect(countsIn(world)).toEqual({ ready: 1, unacked: 0 });
    expect(countsIn(world, 'l')).toEqual({ ready: 0, unacked: 1 });
    await passing(world, client, 5_000);
    expect(countsIn(world, 'l')).toEqual({ ready: 1, unacked: 0 });
  });

  test('the window that consumers share has room again for all of them', async () => {
    const [world, client] = await opened(REQUEUE);
    declare(client, 'q', { 'x-consumer-timeout': 1_000 });
    declare(client, 'other');
    client.method('basic.qos', { prefetchCount: 1, global: true });
    client.method('basic.get', { queue: 'q' });
    consume(client, 'c', { queue: 'other' });
    client.publish('held');
    client.method('basic.get', { queue: 'q' });
    client.publish('waits', { routingKey: 'other' });
    await world.run();
    expect(names(client.take())).not.toContain('basic.deliver');
    expect(bodies(await passing(world, client, 1_300))).toEqual(['waits']);
  });

  /** A delivery with tag 1 that is late and gone. */
  async function late(): Promise<[CoreWorld, MemoryClient]> {
    const [world, client] = await opened({ ...REQUEUE, consumerTimeoutMs: 1_000 });
    declare(client);
    client.publish('m');
    client.method('basic.get', { queue: 'q' });
    await passing(world, client, 1_300);
    expect(countsIn(world)).toEqual({ ready: 1, unacked: 0 });
    client.take();
    return [world, client];
  }

  test.each(['basic.ack', 'basic.nack', 'basic.reject'])(
    'a late %s is taken without effect, a second one is an error',
    async (method) => {
      const [world, client] = await late();
      client.method(method, { deliveryTag: 1 });
      await world.run();
      expect(client.take()).toEqual([]);
      expect(countsIn(world).ready).toBe(1);
      client.method(method, { deliveryTag: 1 });
      await world.run();
      expect(client.take()).toMatchObject([
        { fields: { replyText: 'PRECONDITION_FAILED - unknown delivery tag 1' } },
      ]);
    },
  );

  test('a late acknowledgement of several takes those that are not late', async () => {
    const [world, client] = await opened(REQUEUE);
    declare(client, 'q', { 'x-consumer-timeout': 1_000 });
    declare(client, 'l');
    client.publish('long', { routingKey: 'l' });
    client.publish('short');
    client.method('basic.get', { queue: 'l' });
    client.method('basic.get', { queue: 'q' });
    await passing(world, client, 1_300);
    client.take();
    client.method('basic.ack', { deliveryTag: 2, multiple: true });
    await world.run();
    expect(client.take()).toEqual([]);
    expect(countsIn(world, 'l')).toEqual({ ready: 0, unacked: 0 });
    expect(countsIn(world)).toEqual({ ready: 1, unacked: 0 });
  });

  test('tags that never were are errors', async () => {
    for (const deliveryTag of [0, 2]) {
      const [world, client] = await late();
      client.method('basic.ack', { deliveryTag });
      await world.run();
      expect(client.takeNames()).toEqual(['channel.close']);
    }
  });

  test('late tags are remembered up to a bound, and forgiven beyond it', async () => {
    const [world, client] = await opened({ ...REQUEUE, consumerTimeoutMs: 1_000 });
    declare(client);
    for (let i = 0; i < LATE_TAGS_MAX + 10; i++) client.publish('m');
    consume(client);
    await world.run();
    client.method('basic.cancel', { consumerTag: 'c' });
    await passing(world, client, 1_300);
    expect(countsIn(world).ready).toBe(LATE_TAGS_MAX + 10);
    for (const deliveryTag of [1, 1, 10, 11, LATE_TAGS_MAX + 10]) {
      client.method('basic.ack', { deliveryTag });
    }
    await world.run();
    expect(client.takeNames().filter((name) => name === 'channel.close')).toEqual([]);
    client.method('basic.ack', { deliveryTag: 11 });
    await world.run();
    expect(client.takeNames()).toEqual(['channel.close']);
  });

  test('never early and a few ticks late at most, whatever was delivered when', async () => {
    const step = fc.record({ ms: fc.integer({ min: 0, max: 2_000 }), count: fc.nat(3) });
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.constantFrom(300, 5_000, 20_000),
      async (steps, consumerTimeoutMs) => {
        const [world, client] = await opened({ ...REQUEUE, consumerTimeoutMs });
        declare(client);
        consume(client);
        await world.run();
        const deliveredMs = new Map<string, number>();
        const note = async () => {
          await world.run();
          const nowMs = world.clock.nowMs();
          for (const body of bodies(client.take())) {
            const heldMs = nowMs - (deliveredMs.get(body) ?? nowMs - consumerTimeoutMs);
            expect(heldMs).toBeGreaterThanOrEqual(consumerTimeoutMs - TURNS_MS);
            expect(heldMs).toBeLessThanOrEqual(consumerTimeoutMs * 1.25 + 2 * TURNS_MS);
            deliveredMs.set(body, nowMs);
          }
        };
        let id = 0;
        for (const { ms, count } of steps) {
          for (let i = 0; i < count; i++) client.publish(String(id++));
          await note();
          for (let passed = 0; passed < ms; passed += 20) {
            world.clock.advance(20);
            await note();
          }
        }
        expect(world.broker.deadlines.count).toBeLessThanOrEqual(1);
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  test('a message that is held very long beside many short ones is found out all the same', async () => {
    const [world, client] = await opened(REQUEUE);
    declare(client, 'long', { 'x-consumer-timeout': 20_000 });
    declare(client, 'short', { 'x-consumer-timeout': 100 });
    client.publish('long', { routingKey: 'long' });
    client.method('basic.get', { queue: 'long' });
    consume(client, 'c', { queue: 'short' });
    await world.run();
    for (let tag = 2; world.clock.nowMs() < 19_000; tag++) {
      client.publish('short', { routingKey: 'short' });
      await passing(world, client, 20);
      client.method('basic.ack', { deliveryTag: tag });
    }
    await world.run();
    expect(countsIn(world, 'long').unacked).toBe(1);
    expect(countsIn(world, 'short').unacked).toBe(0);
    await passing(world, client, 3_000);
    expect(countsIn(world, 'long')).toEqual({ ready: 1, unacked: 0 });
  });
});
