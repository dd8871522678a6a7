import assert from 'node:assert/strict';
import { visibleName } from '../../../src/management/ui/format/visible-text.ts';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

/** Names and values that try to be something else than text. Each ends with a word by which it is found. */
const CORPUS = [
  '<img src=x onerror=globalThis.caught=1>',
  '"><script>globalThis.caught=1</script>',
  `'"\`&amp;&lt;`,
  'javascript:globalThis.caught=1//',
  '{{constructor.constructor("globalThis.caught=1")()}}',
  '\u202Egnp.exe\u202C',
  'line\nbreak\r\ttab',
  ' spaces at the ends ',
  'a/b%2Fc?d#e&f=g+h',
  '100%',
  '\u0000\u0007\u001b[31m',
  'שלום العالم',
  '👩‍👧 zero\u200Bwidth',
  'ü'.repeat(127),
  '__proto__',
  'x'.repeat(255),
];

/** RabbitMQ takes line breaks out of the names of queues and exchanges; elsewhere they stay. */
const objectName = (name: string) => name.replaceAll(/[\r\n]/g, '');

/** Whatever a name is, it is shown, found, opened and deleted as that name, and never anything else. */
export async function hostileNames(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  const connection = await broker.connect('<img src=x onerror=globalThis.caught=1>');
  const channel = await connection.createConfirmChannel();
  for (const name of CORPUS) await fillWith(broker, channel, name);
  await visit.logIn();
  for (const segments of [
    [],
    ['queues'],
    ['exchanges'],
    ['users'],
    ['vhosts'],
    ['policies'],
    ['connections'],
    ['consumers'],
    ['limits'],
    ['operator-policies'],
  ]) {
    await visit.open(segments, segments.length > 0 ? { vhost: VHOST, size: '100' } : {});
    await page.locator('.panel, .tiles').first().waitFor();
    await isClean(visit, segments.join('/'));
  }
  for (const name of CORPUS.map(objectName)) {
    await visit.open(['exchanges', VHOST, name], { tab: 'bindings' });
    await isShown(visit, name);
    for (const tab of ['overview', 'messages', 'bindings', 'consumers', 'move']) {
      await visit.open(['queues', VHOST, name], tab === 'overview' ? {} : { tab });
      await page.locator('.tabs').waitFor();
      await isShown(visit, name);
    }
    visit.expectRefusals(404, 404);
    await visit.button('Delete…').click();
    await visit.dialog.waitFor();
    const shown = (await visit.dialog.locator('.typed').textContent()) ?? '';
    await visit.dialog.locator('input[name=typed]').fill(shown);
    await visit.button('Delete queue', visit.dialog).click();
    await page.waitForURL(/#\/queues$/);
    assert.equal(
      await broker.find('queues', VHOST, name),
      undefined,
      `${JSON.stringify(name)} is deleted`,
    );
  }
  await isClean(visit, 'the end');
  await connection.close();
  for (const name of CORPUS) {
    await broker.call('DELETE', ['users', name]);
    await broker.call('DELETE', ['vhosts', name]);
    await broker.call('DELETE', ['policies', VHOST, name]);
  }
}

type Channel = Awaited<ReturnType<Awaited<ReturnType<Broker['connect']>>['createConfirmChannel']>>;

/** The name in every field that a client or an operator can fill. */
async function fillWith(broker: Broker, channel: Channel, name: string): Promise<void> {
  const object = objectName(name);
  await broker.declareQueue(object);
  await broker.call('PUT', ['exchanges', VHOST, object], { type: 'topic', durable: true });
  const key = name.slice(0, 120);
  await broker.call('POST', ['bindings', VHOST, 'e', object, 'q', object], {
    routing_key: key,
    arguments: { [key]: name },
  });
  await broker.call('PUT', ['users', name], { password: name, tags: [name.replaceAll(',', ' ')] });
  await broker.call('PUT', ['vhosts', name], { description: name });
  const policy = { pattern: '^never$', definition: { 'max-length': 1 }, 'apply-to': 'queues' };
  await broker.call('PUT', ['policies', VHOST, name], policy);
  await channel.consume(object, () => undefined, { consumerTag: name.replaceAll('\u0000', '') });
  channel.publish('', object, Buffer.from(name), {
    headers: {
      [key]: name,
      'x-death': [{ queue: name, reason: name, exchange: name, 'routing-keys': [name], count: 2 }],
    },
    contentType: key,
    appId: key,
    messageId: key,
    type: key,
  });
  channel.publish('', object, Buffer.from(JSON.stringify({ [name]: name })));
  await channel.waitForConfirms();
}

/** The heading is the name; what cannot be seen is an escape, so that no two look the same. */
async function isShown(visit: Visit, name: string): Promise<void> {
  const title = (await visit.page.locator('h1#title').textContent()) ?? '';
  assert.equal(title, visibleName(name));
  assert.doesNotMatch(title, /[\p{Cc}\u200b\u202e]/u);
  await isClean(visit, JSON.stringify(name));
}

async function isClean(visit: Visit, where: string): Promise<void> {
  const found = await visit.page.evaluate<string[]>(
    '[...document.querySelectorAll(\'img, iframe, object, embed, script:not([src]), [onerror], a[href^="javascript:" i]\')].map((one) => one.outerHTML)',
  );
  assert.deepEqual(found, [], `markup in ${where}`);
  assert.equal(await visit.page.evaluate('globalThis.caught'), undefined, `script ran in ${where}`);
  assert.ok((await visit.overflow()) <= 0, `${where} is wider than the window`);
}
