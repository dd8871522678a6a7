import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

/** The list of queues: adding, searching, sorting, paging, purging and deleting many. */
export async function queues(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  for (let number = 0; number < 30; number++)
    await broker.declareQueue(`bulk.${String(number).padStart(2, '0')}`);
  await broker.publish('bulk.07', 'a', 'b');
  await visit.logIn();
  await visit.open(['queues'], { vhost: VHOST });

  await visit.button('Add queue').click();
  await visit.field('Name', visit.dialog).fill('added');
  await visit.field('Type', visit.dialog).selectOption('classic');
  await visit.button('Message TTL (ms)', visit.dialog).click();
  await visit.field('Value 1', visit.dialog).fill('60000');
  await visit.button('Dead letter exchange', visit.dialog).click();
  await visit.field('Value 2', visit.dialog).fill('amq.fanout');
  await visit.button('Add queue', visit.dialog).click();
  await visit.sees('The queue added is there.');
  assert.deepEqual((await broker.get('queues', VHOST, 'added')).arguments, {
    'x-message-ttl': 60_000,
    'x-dead-letter-exchange': 'amq.fanout',
    'x-queue-type': 'classic',
  });
  // A refusal stays in the window.
  await visit.button('Add queue').click();
  await visit.field('Name', visit.dialog).fill('added');
  visit.expectRefusals(400);
  await visit.button('Add queue', visit.dialog).click();
  await visit.dialog.getByText(/inequivalent arg/).waitFor();
  await visit.button('Close', visit.dialog).click();

  await visit.field('Filter by name').fill('BULK.0');
  await visit.sees('1–10 of 10');
  await page.waitForURL(/name=BULK\.0/);
  await visit.field('Regex').check();
  await visit.field('Filter by name').fill('^bulk\\.[12]5$');
  await visit.sees('1–2 of 2');
  visit.expectRefusals(400, 400, 400);
  await visit.field('Filter by name').fill('(');
  await visit.sees('The filter is no regular expression that the broker takes.');
  await visit.field('Filter by name').fill('');
  await visit.field('Regex').uncheck();
  await visit.sees(/of 31/);

  await visit.button('Ready').click();
  await page.getByRole('row').nth(1).filter({ hasText: 'bulk.07' }).waitFor();
  assert.equal(
    await page.getByRole('columnheader', { name: 'Ready' }).getAttribute('aria-sort'),
    'descending',
  );

  await page.locator('summary', { hasText: 'Columns' }).click();
  await visit.field('Bytes').check();
  await page.getByRole('columnheader', { name: 'Bytes' }).waitFor();
  await visit.field('State').uncheck();
  await page.reload();
  await page.getByRole('columnheader', { name: 'Bytes' }).waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'State' }).count(), 0);

  await visit.field('Rows per page').selectOption('25');
  await visit.sees('1–25 of 31');
  await visit.button('Next page').click();
  await visit.sees('26–31 of 31');
  await page.reload();
  await visit.sees('26–31 of 31');

  await visit.open(['queues'], { vhost: VHOST, name: 'bulk.', size: '25' });
  await visit.sees('1–25 of 30');
  await visit.field('Select this page').check();
  await visit.sees('25 selected');
  await visit.button('Purge…').click();
  await visit.dialog.getByText('2 ready messages are lost for good.').waitFor();
  await visit.dialog.locator('input[name=typed]').fill('purge 25');
  await visit.button('Purge', visit.dialog).click();
  await visit.sees('25 of 25 done.');
  await visit.button('Close', visit.dialog.locator('.modal-foot')).click();
  assert.equal((await broker.get('queues', VHOST, 'bulk.07')).messages, 0);

  // One of them is gone before its turn: its row says so, the others are deleted.
  await visit.field('Select this page').check();
  await broker.call('DELETE', ['queues', VHOST, 'bulk.03']);
  await visit.button('Delete…').click();
  await visit.dialog.locator('input[name=typed]').fill('delete 25');
  visit.expectRefusals(404);
  await visit.button('Delete', visit.dialog).click();
  await visit.sees('24 of 25 done.');
  assert.equal(await visit.dialog.locator('.failed').count(), 1);
  await visit.button('Close', visit.dialog.locator('.modal-foot')).click();
  await visit.sees('1–5 of 5');
  const left: { name: string }[] = await broker.get('queues', VHOST);
  for (const { name } of left) await broker.call('DELETE', ['queues', VHOST, name]);
}
