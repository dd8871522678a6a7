import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

const PAGES = 'Overview Queues Exchanges Connections Channels Consumers Policies'.split(' ');

/** What a user may not do is not offered; a link to it says why. */
export async function roles(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('seen');
  const entries = () =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
  for (const tag of ['management', 'monitoring', 'policymaker']) {
    const name = `web-page-${tag}`;
    await broker.call('PUT', ['users', name], { password: 'p', tags: tag });
    const all = { configure: '.*', write: '.*', read: '.*' };
    await broker.call('PUT', ['permissions', VHOST, name], all);
    await visit.logIn(name, 'p');
    assert.deepEqual(await entries(), [...PAGES, 'Virtual hosts', 'Limits']);
    await visit.panel('Deepest queues').waitFor();
    if (tag === 'monitoring') await visit.panel('Node').waitFor();
    else assert.equal(await visit.panel('Node').count(), 0);
    for (const page_ of ['users', 'definitions']) {
      await visit.open([page_]);
      await visit.sees('Only a user with the tag administrator may see this.');
    }
    await visit.open(['queues']);
    await visit.row('seen').waitFor();
    await visit.open(['policies']);
    const add = visit.button('Add policy');
    assert.equal(await add.count(), tag === 'policymaker' ? 1 : 0, `${tag} and policies`);
    await visit.open(['operator-policies']);
    assert.equal(await visit.button('Add operator policy').count(), 0);
    await visit.open(['vhosts']);
    assert.equal(await visit.button('Add vhost').count(), 0);
    await visit.open(['consumers']);
    await visit.logOut();
    await broker.call('DELETE', ['users', name]);
  }
  await readers(visit, broker);
  await broker.call('DELETE', ['queues', VHOST, 'seen']);
}

/** Who may only read is offered to look, not to change. */
async function readers(visit: Visit, broker: Broker): Promise<void> {
  const name = 'web-page-reader';
  await broker.call('PUT', ['users', name], { password: 'p', tags: 'management' });
  await broker.call('PUT', ['permissions', VHOST, name], {
    configure: '',
    write: '',
    read: '^seen$',
  });
  await broker.declareQueue('unseen');
  await visit.logIn(name, 'p');
  await visit.open(['queues'], { vhost: VHOST });
  await visit.row('unseen').waitFor();
  assert.equal(await visit.button('Add queue').count(), 0);
  const tabs = visit.page.getByRole('navigation', { name: 'Sections' }).getByRole('link');
  await visit.open(['queues', VHOST, 'seen']);
  await tabs.filter({ hasText: 'Messages' }).waitFor();
  assert.deepEqual(await tabs.allTextContents(), ['Overview', 'Messages', 'Consumers', 'Bindings']);
  assert.equal(await visit.button('Delete…').count(), 0);
  await visit.button('Purge…').waitFor();
  await visit.open(['queues', VHOST, 'unseen']);
  await tabs.filter({ hasText: 'Bindings' }).waitFor();
  assert.deepEqual(await tabs.allTextContents(), ['Overview', 'Consumers', 'Bindings']);
  assert.equal(await visit.button('Purge…').count(), 0);
  await visit.open(['exchanges', VHOST, 'amq.topic']);
  await tabs.filter({ hasText: 'Test routing' }).waitFor();
  assert.deepEqual(await tabs.allTextContents(), ['Overview', 'Bindings', 'Test routing']);
  await visit.logOut();
  await broker.call('DELETE', ['users', name]);
  await broker.call('DELETE', ['queues', VHOST, 'unseen']);
}
