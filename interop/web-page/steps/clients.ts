import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

/** Connections, channels, consumers: looked at, closed, cancelled. */
export async function clients(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('work');
  const connection = await broker.connect('web-page-worker');
  const channel = await connection.createChannel();
  await channel.prefetch(7);
  let isCancelled = false;
  await channel.consume('work', (message) => (isCancelled ||= message === null), {
    consumerTag: 'the-worker',
  });

  await visit.logIn();
  await visit.open(['connections'], { vhost: VHOST });
  const row = visit.row('web-page-worker');
  await row.getByText('running').waitFor();
  await row.getByRole('link').click();
  await visit.panel('Facts').getByText('web-page-worker').waitFor();
  await visit.panel('Client properties').getByText('amqplib').first().waitFor();
  await visit.panel('Traffic').locator('canvas').waitFor();
  await visit.panel('Channels').first().getByRole('link').first().click();
  await page.waitForURL(/#\/channels\//);
  await visit.panel('Facts').getByText('7', { exact: true }).waitFor();
  await visit.panel('Consumers').first().getByText('the-worker').waitFor();

  await visit.open(['channels'], { vhost: VHOST });
  await visit.row(/\(1\)/).first().waitFor();

  await visit.open(['consumers'], { vhost: VHOST });
  await visit.button('Cancel the-worker').click();
  await visit.confirm('Cancel consumer', /gets no more messages from work/);
  await visit.sees('The consumer is cancelled.');
  await until('the client is told', async () => isCancelled);

  let isClosed = false;
  connection.on('close', () => {
    isClosed = true;
  });
  await visit.open(['connections'], { vhost: VHOST });
  await visit.row('web-page-worker').getByRole('checkbox').check();
  await visit.button('Close…').click();
  await visit.dialog.locator('input[name=typed]').fill('close 1');
  await visit.button('Close', visit.dialog.locator('form')).click();
  await visit.sees('1 of 1 done.');
  await until('the connection is closed', async () => isClosed);
  await broker.call('DELETE', ['queues', VHOST, 'work']);
}
