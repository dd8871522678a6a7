import assert from 'node:assert/strict';
import type { Broker } from '../broker.ts';
import type { Visit } from '../chromium.ts';
import { until } from '../until.ts';

export async function overview(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('lonely');
  await broker.declareQueue('lonely.dlq');
  await broker.publish('lonely', 'a', 'b', 'c');
  await broker.publish('lonely.dlq', 'dead');
  await visit.logIn();
  assert.equal(await page.locator('canvas').count(), 2);
  const problems = visit.panel('Needs attention');
  await problems.getByText('3 ready and nobody takes them.').waitFor();
  await problems.getByText('1 wait. Look at them, then redrive or purge.').waitFor();
  await visit.panel('Node').getByText('Memory').first().waitFor();
  await visit.link('lonely', visit.panel('Deepest queues')).waitFor();

  const tile = page.getByRole('link', { name: /^Queues \d/ });
  await until('the tile has the number of queues', async () => {
    const shown = (await tile.locator('.tile-value').textContent())?.replaceAll(',', '');
    return Number(shown) === (await broker.get('overview')).object_totals.queues;
  });

  const legend = visit.panel('Message rates').getByRole('button', { name: /^Publish/ });
  await legend.click();
  assert.equal(await legend.getAttribute('aria-pressed'), 'false');
  for (const range of ['1m', '1h', '8h', '24h', '10m']) {
    await page.getByText(range, { exact: true }).click();
    await page.waitForURL(range === '10m' ? /#\/$/ : new RegExp(`range=${range}$`));
  }
  assert.equal(await legend.getAttribute('aria-pressed'), 'false', 'a range keeps the lines');

  // An alarm stands above everything; the memory of the test's machine is not to be filled for it.
  await page.route('**/api/nodes?*', async (route) => {
    const nodes: object[] = await (await route.fetch()).json();
    await route.fulfill({ json: nodes.map((node) => ({ ...node, mem_alarm: true })) });
  });
  await page.getByRole('alert').getByText('Memory alarm: publishers are blocked').waitFor();
  await page.unroute('**/api/nodes?*');
  await page.getByText('Memory alarm').waitFor({ state: 'detached' });

  const scheme = () =>
    page.evaluate<string>('getComputedStyle(document.documentElement).colorScheme');
  for (const [theme, expected] of [
    ['dark', 'dark'],
    ['light', 'light'],
    ['auto', 'light dark'],
  ] as const) {
    await visit.field('Theme').selectOption(theme);
    await page.reload();
    await page.locator('canvas').first().waitFor();
    assert.equal(await scheme(), expected);
  }

  await visit.link('lonely', problems).click();
  await page.waitForURL(/#\/queues\/web-page\/lonely$/);
  // The page of a queue that is gone says so.
  visit.expectRefusals(404, 404, 404);
  await broker.call('DELETE', ['queues', 'web-page', 'lonely']);
  await broker.call('DELETE', ['queues', 'web-page', 'lonely.dlq']);
  await visit.sees(/Not Found/);
}
