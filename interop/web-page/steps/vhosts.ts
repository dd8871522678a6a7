import assert from 'node:assert/strict';
import type { Broker } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

const NAME = 'web-page-second';

export async function vhosts(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.call('DELETE', ['vhosts', NAME], undefined, [204, 404]);
  await visit.logIn();
  await visit.follow('Virtual hosts');
  await visit.button('Add vhost').click();
  await visit.field('Name', visit.dialog).fill(NAME);
  await visit.field('Description', visit.dialog).fill('for the browser tests');
  await visit.button('Save vhost', visit.dialog).click();
  await visit.row(NAME).waitFor();
  assert.equal((await broker.get('vhosts', NAME)).description, 'for the browser tests');

  await visit.link(NAME).click();
  await visit.field('Description').fill('changed');
  await visit.button('Save vhost').click();
  // That it is saved may still be said of the first time.
  await until('the description is changed', async () => {
    return (await broker.get('vhosts', NAME)).description === 'changed';
  });
  const limits = visit.panel('Limits').first();
  await visit.field('Limit', limits).selectOption('max-queues');
  await visit.field('At most', limits).fill('3');
  await visit.button('Set limit').click();
  await limits.getByRole('row').filter({ hasText: 'max-queues' }).waitFor();

  await visit.follow('Limits');
  await visit.row(NAME).getByText('max-queues').waitFor();
  await visit.button(`Clear max-queues of ${NAME}`).click();
  await visit.confirm('Clear', /no longer bounds/);
  await visit.row(NAME).waitFor({ state: 'detached' });

  await visit.open(['vhosts', NAME]);
  // What is asked while it goes may find it gone.
  visit.expectRefusals(404, 404);
  await visit.button('Delete…').click();
  await visit.confirm('Delete vhost', /All its queues go, with 0 messages/, NAME);
  await page.waitForURL(/#\/vhosts$/);
  assert.equal(await broker.find('vhosts', NAME), undefined);

  // A list of a vhost that is gone goes back to all.
  visit.expectRefusals(404, 404);
  await visit.open(['queues'], { vhost: NAME });
  await page.waitForURL(/#\/queues$/);
  await visit.field('Filter by name').waitFor();
}
