import { type Broker, VHOST } from '../broker.ts';
import { PHONE, type Visit, WIDE } from '../chromium.ts';
import { until } from '../until.ts';

const PAGES: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ['overview', [], {}],
  ['queues', ['queues'], { vhost: VHOST }],
  ['queue', ['queues', VHOST, 'orders.created'], {}],
  ['messages', ['queues', VHOST, 'orders.dlq'], { tab: 'messages' }],
  ['move', ['queues', VHOST, 'orders.dlq'], { tab: 'move' }],
  ['publish', ['queues', VHOST, 'orders.dlq'], { tab: 'publish' }],
  ['exchanges', ['exchanges'], { vhost: VHOST }],
  ['routing', ['exchanges', VHOST, 'orders'], { tab: 'route' }],
  ['bindings', ['exchanges', VHOST, 'orders'], { tab: 'bindings' }],
  ['connections', ['connections'], { vhost: VHOST }],
  ['channels', ['channels'], { vhost: VHOST }],
  ['consumers', ['consumers'], { vhost: VHOST }],
  ['policies', ['policies'], { vhost: VHOST }],
  ['users', ['users'], {}],
  ['user', ['users', 'guest'], {}],
  ['vhosts', ['vhosts'], {}],
  ['vhost', ['vhosts', VHOST], {}],
  ['limits', ['limits'], {}],
  ['definitions', ['definitions'], {}],
];

/** Every page in both widths and both themes, with a small shop's traffic: nothing is wider than its window. */
export async function screenshots(visit: Visit, broker: Broker): Promise<void> {
  const stop = await openShop(broker);
  try {
    await shootAll(visit);
  } finally {
    await stop();
  }
}

async function shootAll(visit: Visit): Promise<void> {
  const { page } = visit;
  await visit.logIn();
  for (const [width, size] of [
    ['1280', WIDE],
    ['390', PHONE],
  ] as const) {
    await page.setViewportSize(size);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const [name, segments, query] of PAGES) {
        await visit.open(segments, query);
        await page.locator('.panel, .tiles').first().waitFor();
        await visit.holds("document.querySelector('.waiting') === null");
        const overflow = await visit.overflow();
        if (overflow > 0) throw new Error(`${name} is ${overflow} px wider than ${width}`);
        await visit.shoot(`${name}-${width}-${scheme}`);
      }
    }
  }
  await visit.button('Menu').click();
  await visit.shoot('menu-390');
  await visit.link('Queues').click();
  await visit.button('Add queue').click();
  await visit.shoot('add-queue-390');
}

/** Orders, a worker that rejects some of them, a queue that nobody reads. Returns what closes it. */
async function openShop(broker: Broker): Promise<() => Promise<void>> {
  const shop = await broker.connect('orders-service');
  const channel = await shop.createConfirmChannel();
  await channel.assertExchange('orders', 'topic');
  await channel.assertExchange('dead-letters', 'fanout');
  await channel.assertQueue('orders.dlq');
  await channel.bindQueue('orders.dlq', 'dead-letters', '');
  for (const [queue, key] of [
    ['orders.created', 'order.created.#'],
    ['orders.paid', 'order.paid.*'],
    ['mail.outbox', 'order.*.eu'],
    ['search.index', '#'],
  ] as const) {
    await channel.assertQueue(queue, { deadLetterExchange: 'dead-letters' });
    await channel.bindQueue(queue, 'orders', key);
  }
  const policy = { pattern: '^orders', definition: { 'max-length': 50_000 }, 'apply-to': 'queues' };
  await broker.call('PUT', ['policies', VHOST, 'order-limits'], policy);
  const worker = await broker.connect('orders-worker');
  const receiving = await worker.createChannel();
  await receiving.prefetch(20);
  let received = 0;
  const take = (queue: string, rejectEach: number) =>
    receiving.consume(queue, (message) => {
      if (message === null) return;
      if (++received % rejectEach === 0) receiving.reject(message, false);
      else receiving.ack(message);
    });
  await take('orders.created', 20);
  await take('search.index', 1_000_000);
  let sent = 0;
  let isOpen = true;
  channel.on('close', () => {
    isOpen = false;
  });
  const timer = setInterval(() => {
    for (let number = 0; number < 8 && isOpen; number++) {
      const kind = ['created', 'created', 'paid'][sent % 3] ?? '';
      const order = {
        order: 10_000 + sent,
        kind,
        customer: { name: 'Ada Lovelace', vip: sent % 3 === 0 },
        note: null,
      };
      channel.publish(
        'orders',
        `order.${kind}.${sent % 2 === 0 ? 'eu' : 'us'}`,
        Buffer.from(JSON.stringify(order)),
        {
          persistent: true,
          contentType: 'application/json',
          messageId: `order-${sent}`,
          headers: { tenant: 'acme' },
        },
      );
      sent++;
    }
  }, 200);
  await until('there are dead letters and samples', async () => {
    const { messages } = await broker.get('queues', VHOST, 'orders.dlq');
    const { message_stats: stats } = await broker.get('overview');
    return messages > 3 && (stats?.publish_details?.rate ?? 0) > 0;
  });
  return async () => {
    clearInterval(timer);
    await shop.close();
    await worker.close();
    await broker.call('DELETE', ['policies', VHOST, 'order-limits']);
  };
}
