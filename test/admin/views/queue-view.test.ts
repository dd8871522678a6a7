import { expect, it } from 'vitest';
import { Samples } from '../../../src/admin/statistics/samples.ts';
import { queueView } from '../../../src/admin/views/queue-view.ts';
import { counts, die, opened, queueOf } from '../../broker/queue/undelivered-world.ts';

it('tells of dead letters that nobody took, beside the ready messages', async () => {
  const { world, client } = await opened();
  await die(world, client, 'five!');
  client.publish('ready', { routingKey: 'source' });
  await world.run();
  expect(counts(world)).toEqual([1, 1]);
  expect(queueView(world.broker, new Samples(0), queueOf(world, 'source'))).toMatchObject({
    messages_ready: 1,
    messages_dlx: 1,
    message_bytes_dlx: 5,
  });
});
