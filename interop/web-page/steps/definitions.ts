import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

/** Exported, looked into, imported. */
export async function definitions(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('kept', { 'x-max-length': 5 });
  await visit.logIn();
  await visit.follow('Definitions');
  const exporting = visit.panel('Export').first();
  await visit.field('What', exporting).selectOption(VHOST);
  const download = page.waitForEvent('download');
  await visit.button('Download').click();
  const file = JSON.parse(await readFile(await (await download).path(), 'utf8'));
  assert.deepEqual(
    file.queues.map(({ name }: { name: string }) => name),
    ['kept'],
  );

  const importing = visit.panel('Import').first();
  await visit.field('What', importing).selectOption(VHOST);
  const choose = (name: string, content: string) =>
    visit
      .field('File')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
  await choose('broken.json', '{"queues":');
  await visit.button('Try without changing').click();
  await importing.getByText(/The file is no JSON/).waitFor();

  const queue = { durable: true, auto_delete: false, arguments: {} };
  const wanted = {
    ...file,
    queues: [...file.queues, { ...queue, name: 'new.1' }, { ...queue, name: 'new.2' }],
  };
  await choose('more.json', JSON.stringify(wanted));
  await visit.button('Try without changing').click();
  await importing.getByText('2 new or changed').waitFor();
  assert.equal(await broker.find('queues', VHOST, 'new.1'), undefined, 'a look changes nothing');
  await visit.button('Import').click();
  await visit.sees('The definitions are imported.');
  await importing.getByText('more.json: what was done').waitFor();
  // What cannot be is named, and the rest is done.
  const wrong = { ...queue, name: 'wrong', arguments: { 'x-max-length': 'many' } };
  await choose('wrong.json', JSON.stringify({ queues: [wrong, { ...queue, name: 'right' }] }));
  await visit.button('Try without changing').click();
  await importing.getByText('wrong.json: what an import would do').waitFor();
  visit.expectRefusals(400);
  await visit.button('Import').click();
  await importing.getByText('Errors (1)').waitFor();
  await importing.getByText(/invalid arg 'x-max-length'/).waitFor();
  for (const name of ['new.1', 'new.2', 'kept', 'right']) {
    assert.notEqual(await broker.find('queues', VHOST, name), undefined);
    await broker.call('DELETE', ['queues', VHOST, name]);
  }
}
