// A message that is moved is in its source or in its target, whenever the node dies.
import { expect, test } from 'vitest';
import { LARGE_RECORD_BYTES } from '../../../src/broker/message/incoming-message.ts';
import { MessageTransfer } from '../../../src/broker/operator/message-transfer.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';

const NAMES = ['source', 'target'] as const;

function queueOf(world: CoreWorld, name: string): Queue {
  return world.broker.vhosts.existing('/').queues.get(name) as Queue;
}

const counts = (world: CoreWorld) => NAMES.map((name) => queueOf(world, name).readyCount);

/** Both are durable; the source holds persistent messages that are on the disk. */
async function opened(bodies: readonly Buffer[]): Promise<CoreWorld> {
  const world = new CoreWorld();
  const client = await world.open();
  for (const queue of NAMES) client.method('queue.declare', { queue, durable: true });
  for (const body of bodies) {
    const headers = tableOf({ h: 'v' });
    client.publish(body, { routingKey: 'source', properties: { deliveryMode: 2, headers } });
  }
  await world.run();
  return world;
}

function transferOf(world: CoreWorld, count: number): MessageTransfer {
  const { clock, turn } = world.broker;
  const target = queueOf(world, 'target');
  const request = {
    source: queueOf(world, 'source'),
    choose: () => target,
    count,
    rate: undefined,
  };
  return new MessageTransfer(clock, turn, request, () => {});
}

async function drained(world: CoreWorld, queue: string): Promise<string[]> {
  const client = await world.open();
  const bodies: string[] = [];
  for (;;) {
    client.method('basic.get', { queue, noAck: true });
    await world.run();
    const [answer] = client.take();
    if (answer?.name !== 'basic.get-ok') return bodies;
    bodies.push(String(answer.body));
  }
}

test.for([
  { size: 'small', bytes: 10 },
  { size: 'large', bytes: LARGE_RECORD_BYTES },
])('moves $size messages in one commit, whether it is written or not', async ({ bytes }) => {
  const bodies = [0, 1, 2].map((index) => Buffer.alloc(bytes, `${index}`));
  for (const isWritten of [false, true]) {
    const world = await opened(bodies);
    transferOf(world, 3).start();
    world.turn();
    world.clock.advance(5);
    world.turn();
    expect(world.journal.isCommitting).toBe(true);
    if (isWritten) await world.journal.finishUnreported();
    const after = world.restarted();
    expect(counts(after)).toEqual(isWritten ? [0, 3] : [3, 0]);
    const expected = bodies.map(String);
    expect(await drained(after, 'target')).toEqual(isWritten ? expected : []);
    expect(await drained(after, 'source')).toEqual(isWritten ? [] : expected);
  }
});

test('a long one takes many turns; what comes meanwhile is not moved', async () => {
  const world = await opened(Array.from({ length: 1_000 }, (_, index) => Buffer.from(`${index}`)));
  const transfer = transferOf(world, 1_000);
  transfer.start();
  expect(transfer.state).toBe('running');
  const client = await world.open();
  client.publish('late', { routingKey: 'source' });
  await world.run();
  expect([transfer.state, transfer.movedCount]).toEqual(['finished', 1_000]);
  expect(counts(world)).toEqual([1, 1_000]);
});

test.for(NAMES)('ends with its %s', async (name) => {
  const world = await opened(Array.from({ length: 1_000 }, (_, index) => Buffer.from(`${index}`)));
  const client = await world.open();
  const transfer = transferOf(world, 1_000);
  transfer.start();
  client.method('queue.delete', { queue: name });
  await world.run();
  expect([transfer.state, transfer.reason]).toEqual(['failed', `queue '${name}' is gone`]);
  // What was not moved is in its place.
  if (name === 'target') expect(queueOf(world, 'source').readyCount).toBe(800);
});

test('what stays is not counted as a return, and does not wait for a retry', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  const args = tableOf({
    'x-delivery-limit': 1,
    'x-delayed-retry-type': 'all',
    'x-delayed-retry-min': 1_000,
  });
  client.method('queue.declare', { queue: 'source', durable: true, arguments: args });
  client.publish('m', { routingKey: 'source' });
  await world.run();
  const source = queueOf(world, 'source');
  const { clock, turn } = world.broker;
  for (let times = 1; times <= 3; times++) {
    const request = { source, choose: () => undefined, count: 1, rate: undefined };
    const transfer = new MessageTransfer(clock, turn, request, () => {});
    transfer.start();
    await world.run();
    expect([transfer.stayedCount, source.readyCount]).toEqual([1, 1]);
  }
});

test('what is given back to the queue that saw its key is no duplicate', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  const args = tableOf({ 'x-message-deduplication': true });
  client.method('queue.declare', { queue: 'source', durable: true });
  client.method('queue.declare', { queue: 'target', durable: true, arguments: args });
  const headers = tableOf({ 'x-deduplication-header': 'key' });
  for (const routingKey of ['target', 'target', 'source']) {
    client.publish(routingKey, { routingKey, properties: { headers } });
  }
  await world.run();
  expect(counts(world)).toEqual([1, 1]);
  transferOf(world, 1).start();
  await world.run();
  expect(await drained(world, 'target')).toEqual(['target', 'source']);
});
