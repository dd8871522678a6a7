// A backlog larger than the memory for messages leaves it, and comes back whole and in order.
import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type BrokerFixture, openBroker } from './broker-fixture.ts';

const MEMORY_BYTES = 4 << 20;
const BODY_BYTES = 1024;
const COUNT = 16_000;

let fixture: BrokerFixture;
afterEach(() => fixture.close());

it.each([
  ['transient messages in a transient queue', false],
  ['persistent messages in a durable queue', true],
])(
  'a backlog of %s stays within the memory for messages',
  async (_, isDurable) => {
    fixture = await openBroker(MEMORY_BYTES);
    const { memory } = fixture.broker;
    const client = await fixture.connect();
    const channel = await client.createConfirmChannel();
    await channel.assertQueue('q', { durable: isDurable });
    for (let i = 0; i < COUNT; i++) {
      const body = Buffer.alloc(BODY_BYTES, `${i} `);
      channel.sendToQueue('q', body, { persistent: isDurable });
      if (i % 1000 === 999) await channel.waitForConfirms();
    }
    // Twice: one slab may be about to leave while the next is filled.
    await expect.poll(() => memory.residentBytes).toBeLessThan(2 * MEMORY_BYTES);
    const order: number[] = [];
    let redeliveredCount = 0;
    let peakBytes = 0;
    await channel.prefetch(500);
    await new Promise<void>((done) => {
      void channel.consume('q', (message) => {
        if (message === null) return;
        order.push(Number.parseInt(message.content.toString('latin1', 0, 8), 10));
        if (message.fields.redelivered) redeliveredCount++;
        peakBytes = Math.max(peakBytes, memory.residentBytes);
        channel.ack(message);
        if (order.length === COUNT) done();
      });
    });
    expect(order).toEqual(Array.from({ length: COUNT }, (_value, index) => index));
    expect(redeliveredCount).toBe(0);
    expect(peakBytes).toBeLessThan(2 * MEMORY_BYTES);
    await client.close();
  },
  60_000,
);

it('a client that does not read leaves its messages in the queue, and disturbs nobody', async () => {
  fixture = await openBroker();
  const stuck = await fixture.connect();
  const stuckChannel = await stuck.createChannel();
  await stuckChannel.assertQueue('stuck');
  await stuckChannel.consume('stuck', () => {}, { noAck: true });
  const { stream } = stuck.connection as unknown as { stream: Socket };
  // Without a reader Node takes a little from the kernel and then stops.
  stream.removeAllListeners('readable');
  const client = await fixture.connect();
  const channel = await client.createConfirmChannel();
  const body = Buffer.alloc(16 * BODY_BYTES);
  for (let i = 0; i < 2000; i++) channel.sendToQueue('stuck', body);
  await channel.waitForConfirms();
  await channel.assertQueue('other');
  channel.sendToQueue('other', body);
  await channel.waitForConfirms();
  expect(await channel.get('other')).not.toBe(false);
  const pendingBytes = [...fixture.broker.connections].map(
    ({ transport }) => transport.pendingBytes,
  );
  expect(Math.max(...pendingBytes)).toBeLessThan(2 << 20);
  expect((await channel.checkQueue('stuck')).messageCount).toBeGreaterThan(1000);
  stream.destroy();
  await client.close();
});
