import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

/** Policies of both kinds: added, in effect, edited, deleted. */
export async function policies(visit: Visit, broker: Broker): Promise<void> {
  await broker.declareQueue('bounded', { 'x-message-ttl': 5000 });
  await visit.logIn();
  await visit.open(['policies'], { vhost: VHOST });
  await visit.button('Add policy').click();
  await visit.field('Name', visit.dialog).fill('limits');
  await visit.field('Pattern', visit.dialog).fill('^bounded$');
  await visit.button('Max length', visit.dialog).click();
  await visit.field('Value 1', visit.dialog).fill('1000');
  await visit.field('Priority', visit.dialog).fill('3');
  await visit.button('Save', visit.dialog).click();
  await visit.sees('The policy limits holds.');
  const saved = await broker.get('policies', VHOST, 'limits');
  assert.deepEqual(
    [saved.pattern, saved['apply-to'], saved.priority, saved.definition],
    ['^bounded$', 'queues', 3, { 'max-length': 1000 }],
  );

  await visit.button('Add policy').click();
  await visit.field('Name', visit.dialog).fill('broken');
  await visit.field('Pattern', visit.dialog).fill('(');
  await visit.button('Max length', visit.dialog).click();
  await visit.field('Value 1', visit.dialog).fill('1');
  visit.expectRefusals(400);
  await visit.button('Save', visit.dialog).click();
  await visit.dialog
    .getByRole('alert')
    .getByText(/Validation failed/)
    .waitFor();
  await visit.button('Close', visit.dialog).click();

  await visit.open(['queues', VHOST, 'bounded']);
  const settings = visit.panel('Settings in effect').first();
  await settings
    .getByRole('row')
    .filter({ hasText: 'max-length' })
    .getByText('policy limits')
    .waitFor();
  await settings
    .getByRole('row')
    .filter({ hasText: 'message-ttl' })
    .getByText('argument')
    .waitFor();

  await visit.open(['policies'], { vhost: VHOST });
  await visit.button('Edit limits').click();
  await visit.field('Value 1', visit.dialog).fill('2000');
  await visit.button('Save', visit.dialog).click();
  await until('the policy is changed', async () => {
    return (await broker.get('policies', VHOST, 'limits')).definition['max-length'] === 2000;
  });
  await visit.button('Delete limits').click();
  await visit.confirm('Delete policy', /Its settings end at once/, 'limits');
  await visit.sees('There is no policy.');

  await visit.follow('Operator policies');
  await visit.button('Add operator policy').click();
  await visit.field('Name', visit.dialog).fill('cap');
  await visit.field('Pattern', visit.dialog).fill('.*');
  await visit.button('Max length', visit.dialog).click();
  await visit.field('Value 1', visit.dialog).fill('50');
  await visit.button('Save', visit.dialog).click();
  await visit.row('cap').waitFor();
  assert.deepEqual((await broker.get('operator-policies', VHOST, 'cap')).definition, {
    'max-length': 50,
  });
  await visit.button('Delete cap').click();
  await visit.confirm('Delete policy', /Limits, expiry/, 'cap');
  await visit.sees('There is no operator policy.');
  await broker.call('DELETE', ['queues', VHOST, 'bounded']);
}
