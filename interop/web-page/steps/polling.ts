import assert from 'node:assert/strict';
import type { Request } from 'playwright-core';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

const HIDE = `(isHidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event('visibilitychange'));
}`;

/** Figures move by themselves; forms, focus and place do not; nothing is asked twice at once, or while nobody looks. */
export async function polling(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('live');
  await visit.logIn();
  await visit.field('Refresh').selectOption('2');
  await visit.open(['queues'], { vhost: VHOST });
  await visit.row('live').waitFor();

  const underWay = new Set<Request>();
  let most = 0;
  let asked = 0;
  page.on('request', (request) => {
    if (!request.url().includes(`/api/queues/${VHOST}?`)) return;
    asked++;
    most = Math.max(most, underWay.add(request).size);
  });
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));

  await visit.button('Add queue').click();
  await visit.field('Name', visit.dialog).fill('half a na');
  await visit.button('Message TTL (ms)', visit.dialog).click();
  await visit.field('Value 1', visit.dialog).fill('123');
  await broker.publish('live', 'a', 'b', 'c');
  const before = asked;
  await until('the list was asked for again, twice', async () => asked >= before + 2);
  await visit.holds("document.querySelector('tbody')?.textContent.includes('3')");
  assert.equal(await visit.field('Name', visit.dialog).inputValue(), 'half a na');
  assert.equal(await visit.field('Value 1', visit.dialog).inputValue(), '123');
  const focus = await page.evaluate("document.activeElement.getAttribute('aria-label')");
  assert.equal(focus, 'Value 1', 'the focus stays');
  await page.keyboard.press('Escape');

  await page.evaluate(`(${HIDE})(true)`);
  await until('what was under way is over', async () => underWay.size === 0);
  const hidden = asked;
  // A time in which a page that is looked at would have asked: there is no event for what does not happen.
  await page.waitForTimeout(4500);
  assert.equal(asked, hidden, 'a hidden page asks nothing');
  await page.evaluate(`(${HIDE})(false)`);
  await until('a page that is shown again asks at once', async () => asked > hidden);
  assert.equal(most, 1, 'never two requests for the same at once');

  // The server does not answer: the page says so, keeps what it has, and recovers by itself.
  await page.route('**/api/queues/**', (route) => route.abort());
  visit.expectNetworkErrors();
  await visit.sees('The server does not answer.');
  await visit.row('live').waitFor();
  await page.unroute('**/api/queues/**');
  await visit.doesNotSee('The server does not answer.');
  await broker.call('DELETE', ['queues', VHOST, 'live']);
}
