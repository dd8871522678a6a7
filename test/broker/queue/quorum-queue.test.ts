// Quorum queues keep everything on the disk, whatever its publisher said of it.

import { expect, it } from 'vitest';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';

/** One that lies in a slab, and one whose record all queues share. */
it.each([4, 100_000])('a transient message of %i octets is there after a restart', async (size) => {
  const world = new CoreWorld();
  const client = await world.open();
  const declare = (queue: string, type: string) =>
    client.method('queue.declare', {
      queue,
      durable: true,
      arguments: tableOf({ 'x-queue-type': type }),
    });
  for (const [queue, type] of [
    ['kept', 'quorum'],
    ['lost', 'classic'],
  ] as const) {
    declare(queue, type);
    client.method('queue.bind', { queue, exchange: 'amq.fanout', routingKey: '' });
  }
  client.method('confirm.select');
  await world.run();
  client.take();
  client.publish(Buffer.alloc(size, 7), {
    exchange: 'amq.fanout',
    properties: { deliveryMode: 1 },
  });
  world.turn();
  expect(client.takeNames()).toEqual([]);
  await world.run();
  expect(client.takeNames()).toEqual(['basic.ack']);

  const after = world.restarted();
  const other = await after.open();
  other.method('basic.get', { queue: 'kept', noAck: true });
  other.method('basic.get', { queue: 'lost', noAck: true });
  await after.run();
  const [kept, lost] = other.take();
  expect(kept?.name).toBe('basic.get-ok');
  expect(kept?.body).toEqual(Buffer.alloc(size, 7));
  expect(kept?.properties?.deliveryMode).toBe(1);
  expect(lost?.name).toBe('basic.get-empty');
});

it('a consumer without a prefetch count holds 2000 messages at most', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  const declared = { durable: true, arguments: tableOf({ 'x-queue-type': 'quorum' }) };
  client.method('queue.declare', { queue: 'q', ...declared });
  client.method('basic.consume', { queue: 'q' });
  await world.run();
  client.take();
  for (let i = 0; i < 2_002; i++) client.publish('m', { routingKey: 'q' });
  await world.run();
  expect(client.take()).toHaveLength(2_000);
  client.method('basic.ack', { deliveryTag: 1 });
  await world.run();
  expect(client.take()).toHaveLength(1);
});

it('the levels of priority survive a restart, and cost an id each', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  const declare = (queue: string) => {
    const declared = { durable: true, arguments: tableOf({ 'x-queue-type': 'quorum' }) };
    client.method('queue.declare', { queue, ...declared });
  };
  declare('q');
  declare('other');
  const priorities = [0, undefined, 31, 4, 5, 200, 3];
  for (const queue of ['q', 'other']) {
    for (const priority of priorities) {
      const properties = priority === undefined ? {} : { priority };
      client.publish(`${queue} ${priority}`, { routingKey: queue, properties });
    }
  }
  await world.run();
  // Levels 0, 3, 4, 5 and 31 of both.
  expect(world.journal.loadQueueStates().size).toBe(10);

  const after = world.restarted();
  const other = await after.open();
  for (const _ of priorities) other.method('basic.get', { queue: 'q', noAck: true });
  await after.run();
  const bodies = other.take().map(({ body }) => String(body));
  expect(bodies).toEqual(['q 31', 'q 200', 'q 5', 'q undefined', 'q 4', 'q 3', 'q 0']);
  other.method('queue.delete', { queue: 'other' });
  other.method('queue.delete', { queue: 'q' });
  await after.run();
  expect(after.journal.loadQueueStates().size).toBe(0);
});
