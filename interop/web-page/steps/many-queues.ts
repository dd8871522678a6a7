import assert from 'node:assert/strict';
import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

const COUNT = 10_000;
const CHANNELS = 10;

/** Ten thousand queues: the page asks for what it shows, and holds as many rows. */
export async function manyQueues(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  const connection = await broker.connect('many');
  const channels = await Promise.all(
    Array.from({ length: CHANNELS }, () => connection.createChannel()),
  );
  await Promise.all(
    channels.map(async (channel, at) => {
      for (let number = at; number < COUNT; number += CHANNELS) {
        await channel.assertQueue(`many.${String(number).padStart(5, '0')}`, { durable: false });
      }
    }),
  );
  await visit.logIn();
  await visit.open(['queues'], { vhost: VHOST });
  await visit.sees('1–50 of 10,000');
  const startMs = Date.now();
  for (let turn = 0; turn < 10; turn++) {
    await visit.button('Next page').click();
    await visit.sees(`${turn * 50 + 51}–${turn * 50 + 100} of 10,000`);
  }
  const turnMs = (Date.now() - startMs) / 10;
  assert.ok(turnMs < 1000, `a page takes ${turnMs} ms`);
  await visit.field('Filter by name').fill('many.0777');
  await visit.sees('1–10 of 10');
  await visit.field('Filter by name').fill('');
  await visit.button('Ready').click();
  await visit.sees('1–50 of 10,000');
  await visit.field('Rows per page').selectOption('500');
  await visit.sees('1–500 of 10,000');
  assert.equal(await page.locator('tbody tr').count(), 500);
  const nodes = await page.evaluate<number>("document.querySelectorAll('*').length");
  assert.ok(nodes < 25_000, `${nodes} elements`);
  await visit.open([]);
  await visit.panel('Deepest queues').waitFor();
  await connection.close();
}
