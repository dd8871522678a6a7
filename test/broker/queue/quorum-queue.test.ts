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
