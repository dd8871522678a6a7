import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

/** Everything can be reached and left without a mouse, and the focus never gets lost. */
export async function keyboard(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  const focused = () =>
    page.evaluate<string>(
      "document.activeElement?.textContent || document.activeElement?.getAttribute('name') || ''",
    );
  await broker.declareQueue('typed');
  await page.goto(visit.url);
  await visit.field('User').waitFor();
  assert.equal(await focused(), 'username', 'the form is ready to type');
  await page.keyboard.type('guest');
  await page.keyboard.press('Tab');
  await page.keyboard.type('guest');
  await page.keyboard.press('Enter');
  await page.locator('h1#title').waitFor();

  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'Overview');
  await visit.link('Queues').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/queues$/);
  await visit.holds("document.activeElement?.textContent === 'Queues'");

  await page.keyboard.press('/');
  await page.keyboard.type('typed');
  await visit.sees('1–1 of 1');
  await visit.link('typed').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`#/queues/${VHOST}/typed$`));
  const purge = visit.button('Purge…');
  await purge.focus();
  await page.keyboard.press('Enter');
  await visit.dialog.waitFor();
  // The focus stays inside of the window, and comes back with Escape.
  for (let press = 0; press < 8; press++) await page.keyboard.press('Tab');
  assert.ok(
    await page.evaluate(
      "document.activeElement === document.body || document.activeElement.closest('dialog') !== null",
    ),
  );
  await page.keyboard.press('Escape');
  await visit.dialog.waitFor({ state: 'detached' });
  await visit.holds("document.activeElement?.textContent === 'Purge…'");
  await broker.call('DELETE', ['queues', VHOST, 'typed']);
}
