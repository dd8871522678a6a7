import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

const COUNT = 1_200;

/** Dead letters go back to where they died, with progress; messages move to another queue. */
export async function moving(visit: Visit, broker: Broker): Promise<void> {
  await broker.declareQueue('work.dlq');
  await broker.declareQueue('work', {
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'work.dlq',
  });
  await broker.publish('work', ...Array.from({ length: COUNT }, (_, number) => `m${number}`));
  const connection = await broker.connect('rejecter');
  const channel = await connection.createChannel();
  await channel.consume('work', (message) => message !== null && channel.reject(message, false));
  const count = async (queue: string) => (await broker.get('queues', VHOST, queue)).messages;
  await until('all are dead letters', async () => (await count('work.dlq')) === COUNT);
  await connection.close();

  await visit.logIn();
  await visit.open(['queues', VHOST, 'work.dlq'], { tab: 'move' });
  const redrive = visit.panel('Redrive dead letters');
  await redrive.locator('input[name=count]').fill('700');
  await visit.button('Redrive…').click();
  await visit.confirm('Redrive', /700 messages leave work\.dlq/, 'work.dlq');
  await redrive.getByText('700 of 700 moved.').waitFor();
  assert.deepEqual([await count('work'), await count('work.dlq')], [700, 500]);

  const move = visit.panel('Move messages');
  await visit.field('To the queue', move).fill('nowhere');
  await visit.button('Move…').click();
  visit.expectRefusals(404);
  await visit.confirm('Move', /messages leave work\.dlq and join the end of nowhere/, 'work.dlq');
  await move.getByRole('alert').waitFor();
  assert.equal(await count('work.dlq'), 500, 'nothing is lost on the way to nowhere');

  await broker.declareQueue('parked');
  await visit.field('To the queue', move).fill('parked');
  await visit.button('Move…').click();
  await visit.confirm('Move', /500 messages leave work\.dlq/, 'work.dlq');
  await move.getByText('500 of 500 moved.').waitFor();
  assert.deepEqual([await count('parked'), await count('work.dlq')], [500, 0]);

  // The first that moved is the first there: its payload is shown.
  await visit.open(['queues', VHOST, 'parked'], { tab: 'messages' });
  await visit.page.locator('.message').first().getByText('m700', { exact: true }).first().waitFor();
  for (const queue of ['work', 'work.dlq', 'parked']) {
    await broker.call('DELETE', ['queues', VHOST, queue]);
  }
}
