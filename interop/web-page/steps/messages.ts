import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

/** A queue's messages: published, peeked at in every look, got, purged; then the queue is deleted. */
export async function messages(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('box');
  await visit.logIn();
  await visit.open(['queues', VHOST, 'box'], { tab: 'publish' });
  await visit.field('Payload').fill('{"order":17,"note":"first\nline"}'.replace('\n', '\\n'));
  await visit.field('Name 1').fill('tenant');
  await visit.field('Value 1').fill('acme');
  await page.getByText('More properties').click();
  await visit.field('Content type').fill('application/json');
  await visit.button('Publish').click();
  await visit.sees('Published.');
  await visit.field('Payload is').selectOption('base64');
  await visit.field('Payload').fill('/wABAg==');
  await visit.button('Publish').click();
  await until('both are there', async () => {
    return (await broker.get('queues', VHOST, 'box')).messages === 2;
  });
  await visit.follow('Messages');

  const first = page.locator('.message').nth(0);
  await first.getByText('"order"').waitFor();
  await first.getByText('acme').waitFor();
  await first.getByText('application/json').waitFor();
  await visit.button('Text', first).click();
  await first.getByText('{"order":17,"note":"first\\nline"}').waitFor();
  await visit.button('Hex', first).click();
  await first.getByText(/7b 22 6f 72 64 65 72 22/).waitFor();
  const second = page.locator('.message').nth(1);
  await second.locator('summary').click();
  await second.getByText(/ff 00 01 02/).waitFor();
  assert.equal(await second.getByRole('button', { name: 'JSON', exact: true }).count(), 0);
  assert.equal(await second.getByText('redelivered').count(), 0);
  const download = page.waitForEvent('download');
  await visit.button('Download', second).click();
  assert.equal((await download).suggestedFilename(), 'message-2.bin');

  await visit.field('Containing').fill('order');
  await visit.button('Look').click();
  await second.waitFor({ state: 'detached' });
  const { messages_ready: ready } = await broker.get('queues', VHOST, 'box');
  assert.equal(ready, 2, 'peeking takes nothing');

  await visit.field('Then').selectOption('ack_requeue_false');
  await visit.button('Get').click();
  await visit.confirm('Take out', /Up to 1 messages leave box for good/);
  await visit.sees('The messages below are out of the queue.');
  assert.equal((await broker.get('queues', VHOST, 'box')).messages, 1);

  await visit.button('Purge…').click();
  await visit.confirm('Purge queue', /1 ready messages \(4 B\) are lost for good/, 'box');
  await visit.sees('box is purged.');
  assert.equal((await broker.get('queues', VHOST, 'box')).messages, 0);

  const sections = page.getByRole('navigation', { name: 'Sections' });
  await visit.follow('Bindings', sections);
  await visit.button('Add binding').click();
  await visit.field('From exchange', visit.dialog).fill('amq.topic');
  await visit.field('Routing key', visit.dialog).fill('box.#');
  await visit.button('Add binding', visit.dialog).click();
  await visit.row('box.#').waitFor();
  await visit.follow('Consumers', sections);
  await visit.sees('Nobody consumes here.');
  await visit.follow('Overview', sections);
  await visit.panel('Messages').locator('canvas').waitFor();

  // What is asked while it goes may find it gone.
  visit.expectRefusals(404, 404);
  await visit.button('Delete…').click();
  await visit.confirm('Delete queue', /0 messages \(0 B\) are lost for good/, 'box');
  await page.waitForURL(/#\/queues$/);
  assert.equal(await broker.find('queues', VHOST, 'box'), undefined);
}
