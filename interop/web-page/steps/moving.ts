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
  const transfers = visit.panel('Transfers');
  await visit.field('How many', redrive).fill('700');
  await visit.button('Redrive…').click();
  await visit.confirm('Redrive', /700 messages leave work\.dlq/, 'work.dlq');
  await until('they are back', async () => (await count('work')) === 700);
  assert.equal(await count('work.dlq'), 500);
  const latest = transfers.getByRole('listitem').first();
  await latest.getByText('700 of 700 moved').waitFor();
  await latest.getByText('finished').waitFor();

  const move = visit.panel('Move messages');
  await move.getByPlaceholder('all (500 now)').waitFor();
  await visit.field('To the queue', move).fill('nowhere');
  await visit.button('Move…').click();
  visit.expectRefusals(404);
  await visit.confirm('Move', /messages leave work\.dlq and join the end of nowhere/, 'work.dlq');
  await move.getByRole('alert').waitFor();
  assert.equal(await count('work.dlq'), 500, 'nothing is lost on the way to nowhere');

  // One per second: there is time to cancel it, and what moved has moved.
  await broker.declareQueue('parked');
  await visit.field('To the queue', move).fill('parked');
  await visit.field('At most per second', move).fill('1');
  await visit.button('Move…').click();
  await visit.confirm('Move', /500 messages leave work\.dlq/, 'work.dlq');
  await visit.button('Cancel', transfers).click();
  await latest.getByText('cancelled').waitFor();
  const moved = await count('parked');
  assert.equal(moved + (await count('work.dlq')), 500, 'nothing is lost by cancelling');

  await visit.field('At most per second', move).fill('');
  await visit.button('Move…').click();
  await visit.confirm('Move', /messages leave work\.dlq/, 'work.dlq');
  await until('all are moved', async () => (await count('parked')) === 500);
  assert.equal(await count('work.dlq'), 0);

  // The first that moved is the first there: its payload is shown.
  await visit.open(['queues', VHOST, 'parked'], { tab: 'messages' });
  await visit.page.locator('.message').first().getByText('m700', { exact: true }).first().waitFor();
  for (const queue of ['work', 'work.dlq', 'parked']) {
    await broker.call('DELETE', ['queues', VHOST, queue]);
  }
}
