import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

const NAME = 'web-page-ada';

/** A user from the first password to the end: tags, permissions of both kinds, limits. */
export async function users(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.call('DELETE', ['users', NAME], undefined, [204, 404]);
  await visit.logIn();
  await visit.follow('Users');
  await visit.button('Add user').click();
  await visit.field('Name', visit.dialog).fill(NAME);
  await visit.field('Password', visit.dialog).fill('secret');
  await visit.field('Password again', visit.dialog).fill('other');
  await visit.button('Add user', visit.dialog).click();
  await visit.dialog.getByText('The two passwords differ.').waitFor();
  await visit.field('Password again', visit.dialog).fill('secret');
  await visit.dialog.getByLabel(/^monitoring/).check();
  await visit.field('Other tags, with commas', visit.dialog).fill('night-shift');
  await visit.button('Add user', visit.dialog).click();
  await visit.row(NAME).getByText('no vhost').waitFor();
  assert.deepEqual((await broker.get('users', NAME)).tags, ['monitoring', 'night-shift']);

  await visit.link(NAME).click();
  const permissions = visit.panel('Permissions').first();
  await visit.field('Vhost', permissions).selectOption(VHOST);
  await visit.field('Configure', permissions).fill('^own\\.');
  await visit.field('Write', permissions).fill('');
  await visit.button('Set permission').click();
  await until('the permission is set', async () => {
    const all = await broker.get('users', NAME, 'permissions');
    return all[0]?.configure === '^own\\.' && all[0]?.write === '' && all[0]?.read === '.*';
  });
  const topics = visit.panel('Topic permissions').first();
  await visit.field('Vhost', topics).selectOption(VHOST);
  await visit.field('Write keys', topics).fill('^ada\\.');
  await visit.button('Set topic permission').click();
  await topics.getByRole('row').filter({ hasText: 'amq.topic' }).waitFor();
  await visit.button(`Clear for ${VHOST}`, topics).click();
  await visit.confirm('Clear', /may use every routing key of amq\.topic again/);
  await visit.sees('None: every key is allowed.');

  await visit.follow('Limits', page.getByRole('navigation', { name: 'Sections' }));
  await visit.field('At most').fill('5');
  await visit.button('Set limit').click();
  await visit.row('max-connections').waitFor();
  assert.deepEqual((await broker.get('user-limits', NAME))[0].value, { 'max-connections': 5 });

  await visit.follow('Tags & password');
  const before = (await broker.get('users', NAME)).password_hash;
  await page.getByLabel(/^policymaker/).check();
  await visit.button('Save tags').click();
  await visit.sees('The tags are saved.');
  const tagged = await broker.get('users', NAME);
  assert.deepEqual(tagged.tags, ['monitoring', 'policymaker', 'night-shift']);
  assert.equal(tagged.password_hash, before, 'tags leave the password alone');
  await visit.field('Password').fill('new');
  await visit.field('Password again').fill('new');
  await visit.button('Change password').click();
  await visit.sees('The password is changed.');
  const changed = await broker.get('users', NAME);
  assert.notEqual(changed.password_hash, before);
  assert.deepEqual(changed.tags, tagged.tags, 'a password leaves the tags alone');

  // What is asked while it goes may find it gone.
  visit.expectRefusals(404, 404);
  await visit.button('Delete…').click();
  await visit.confirm('Delete user', /Nobody can log in with this name/, NAME);
  await page.waitForURL(/#\/users$/);
  assert.equal(await broker.find('users', NAME), undefined);
}
