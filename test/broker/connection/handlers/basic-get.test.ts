import { expect, test } from 'vitest';
import { QUEUE_TYPES, type QueueType } from '../../../../src/broker/queue/queue-types.ts';
import { tableOf } from '../../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../../support/core/core-world.ts';

test('a quorum queue with single active consumer refuses basic.get', async () => {
  const world = new CoreWorld();
  const client = await world.open();
  const singleActive = tableOf({ 'x-single-active-consumer': true });
  client.method('queue.declare', { queue: 'q', arguments: singleActive });
  client.method('basic.get', { queue: 'q' });
  await world.run();
  expect(client.takeNames()).toEqual(['queue.declare-ok', 'basic.get-empty']);
  // As it will be declared once that type is supported.
  const queue = world.broker.vhosts.get('/')?.queues.get('q') as { type: QueueType };
  queue.type = QUEUE_TYPES.get('quorum') as QueueType;
  client.method('basic.get', { queue: 'q' });
  await world.run();
  const [close] = client.take();
  expect(close).toMatchObject({
    name: 'channel.close',
    fields: {
      replyCode: 405,
      replyText:
        "RESOURCE_LOCKED - cannot obtain access to locked queue 'q' in vhost '/'. basic.get operations are not supported by quorum queues with single active consumer",
      classId: 60,
      methodId: 70,
    },
  });
});
