import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

/** An exchange from its declaration to its end: bindings, routing test, publishing. */
export async function exchanges(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('paid');
  await broker.declareQueue('all');
  await visit.logIn();
  await visit.open(['exchanges'], { vhost: VHOST });
  await visit.button('Add exchange').click();
  await visit.field('Name', visit.dialog).fill('orders');
  await visit.field('Type', visit.dialog).selectOption('topic');
  await visit.button('Alternate exchange', visit.dialog).click();
  await visit.field('Value 1', visit.dialog).fill('amq.fanout');
  await visit.button('Add exchange', visit.dialog).click();
  await visit.sees('The exchange orders is there.');
  const made = await broker.get('exchanges', VHOST, 'orders');
  assert.deepEqual(
    [made.type, made.durable, made.arguments],
    ['topic', true, { 'alternate-exchange': 'amq.fanout' }],
  );

  await visit.link('orders').click();
  await visit.follow('Bindings');
  for (const [queue, key] of [
    ['paid', 'order.paid.*'],
    ['all', '#'],
  ] as const) {
    await visit.button('Add binding').click();
    await visit.field('Its name', visit.dialog).fill(queue);
    await visit.field('Routing key', visit.dialog).fill(key);
    await visit.button('Add binding', visit.dialog).click();
    await visit.row(key).waitFor();
  }
  // What the server refuses is said in the form, which keeps what was typed.
  await visit.button('Add binding').click();
  await visit.field('Its name', visit.dialog).fill('nowhere');
  visit.expectRefusals(404);
  await visit.button('Add binding', visit.dialog).click();
  await visit.dialog.getByRole('alert').waitFor();
  assert.equal(await visit.field('Its name', visit.dialog).inputValue(), 'nowhere');
  await visit.button('Close', visit.dialog).click();

  await visit.follow('Test routing');
  await visit.field('Routing key').fill('order.paid.eu');
  await visit.button('Which queues?').click();
  await visit.panel('Result').getByText('2 queues get “order.paid.eu”:').waitFor();
  await visit.field('Routing key').fill('order.new');
  await visit.button('Which queues?').click();
  await visit.panel('Result').getByText('One queue gets “order.new”:').waitFor();
  await visit.link('all', visit.panel('Result')).waitFor();

  await visit.follow('Publish');
  // First what only this form has: the routing tester, which goes, has a routing key, too.
  await visit.field('Payload').fill('{"id": 1}');
  await visit.field('Routing key').fill('order.paid.us');
  await visit.button('Publish').click();
  await visit.sees('Published.');
  assert.equal((await broker.get('queues', VHOST, 'paid')).messages, 1);
  assert.equal((await broker.get('queues', VHOST, 'all')).messages, 1);

  await visit.follow('Bindings');
  await visit.button('Unbind #').click();
  await visit.confirm('Unbind', /no longer go from orders to all/);
  await visit.row('#').waitFor({ state: 'detached' });

  // What is asked while it goes may find it gone.
  visit.expectRefusals(404, 404);
  await visit.button('Delete…').click();
  await visit.confirm('Delete exchange', /All its bindings go too/, 'orders');
  await page.waitForURL(/#\/exchanges$/);
  assert.equal(await broker.find('exchanges', VHOST, 'orders'), undefined);
  await visit.open(['exchanges', VHOST, 'amq.default'], { tab: 'bindings' });
  await visit.row('paid').getByText('always there').waitFor();
  for (const queue of ['paid', 'all']) await broker.call('DELETE', ['queues', VHOST, queue]);
}
