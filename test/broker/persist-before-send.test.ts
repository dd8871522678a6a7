// What leaves the broker only when it is durable, seen by clients while the disk is held back.
import type { Message } from 'amqplib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrokerFixture, openBroker } from './broker-fixture.ts';

/** Class and method id. */
const TX_SELECT = (90 << 16) | 10;
const TX_COMMIT = (90 << 16) | 20;

let fixture: BrokerFixture;

beforeEach(async () => {
  fixture = await openBroker();
});
afterEach(() => fixture.close());

/** The broker takes several turns: what it has to say to others has left before this ends. */
async function roundTrips(): Promise<void> {
  const client = await fixture.connect();
  const channel = await client.createChannel();
  for (let i = 0; i < 5; i++) await channel.prefetch(1);
  await client.close();
}

async function confirmChannel(queue: string, durable = true) {
  const client = await fixture.connect();
  const channel = await client.createConfirmChannel();
  await channel.assertQueue(queue, { durable });
  const confirmed: string[] = [];
  const publish = (body: string, persistent: boolean, target = queue) =>
    channel.sendToQueue(target, Buffer.from(body), { persistent }, () => confirmed.push(body));
  return { channel, confirmed, publish };
}

describe('while the disk is held back', () => {
  it('a persistent message is delivered, but not confirmed', async () => {
    const { channel, confirmed, publish } = await confirmChannel('q');
    const delivered = new Promise<string>((resolve) => {
      void channel.consume('q', (message) => resolve(String(message?.content)));
    });
    const held = fixture.disk.hold();
    publish('one', true);
    await held;
    expect(await delivered).toBe('one');
    await roundTrips();
    expect(confirmed).toEqual([]);
    fixture.disk.release();
    await channel.waitForConfirms();
    expect(confirmed).toEqual(['one']);
  });

  it('nothing published later on the channel is confirmed first', async () => {
    const { channel, confirmed, publish } = await confirmChannel('q');
    const held = fixture.disk.hold();
    publish('persistent', true);
    await held;
    publish('transient', false);
    publish('unroutable', false, 'nowhere');
    await roundTrips();
    expect(confirmed).toEqual([]);
    fixture.disk.release();
    await channel.waitForConfirms();
    expect(confirmed).toEqual(['persistent', 'transient', 'unroutable']);
  });

  it('another channel is not kept waiting for messages that need no disk', async () => {
    const one = await confirmChannel('q');
    const other = await confirmChannel('transient', false);
    const held = fixture.disk.hold();
    one.publish('persistent', true);
    await held;
    other.publish('transient', true);
    await other.channel.waitForConfirms();
    expect(one.confirmed).toEqual([]);
  });

  it('the declaration of a durable queue is not answered', async () => {
    const client = await fixture.connect();
    const channel = await client.createChannel();
    const held = fixture.disk.hold();
    let isAnswered = false;
    const answer = channel.assertQueue('q', { durable: true }).then(() => {
      isAnswered = true;
    });
    await held;
    await roundTrips();
    expect(isAnswered).toBe(false);
    fixture.disk.release();
    await answer;
  });

  it('the commit of a transaction is not answered', async () => {
    const client = await fixture.connect();
    const channel = await client.createChannel();
    await channel.assertQueue('q', { durable: true });
    // amqplib has the methods of class tx, but no functions for them.
    const { rpc } = channel as unknown as {
      rpc: (id: number, fields: object, ok: number) => Promise<object>;
    };
    await rpc.call(channel, TX_SELECT, {}, TX_SELECT + 1);
    channel.sendToQueue('q', Buffer.from('one'), { persistent: true });
    const held = fixture.disk.hold();
    let isAnswered = false;
    const answer = rpc.call(channel, TX_COMMIT, {}, TX_COMMIT + 1).then(() => {
      isAnswered = true;
    });
    await held;
    await roundTrips();
    expect(isAnswered).toBe(false);
    fixture.disk.release();
    await answer;
  });
});

it('a message settled before its commit is never written, and confirmed all the same', async () => {
  const { channel, confirmed, publish } = await confirmChannel('q');
  const other = await confirmChannel('other');
  const taken: Message[] = [];
  await channel.consume('q', (message) => message !== null && taken.push(message));
  const held = fixture.disk.hold();
  other.publish('keeps the disk busy', true);
  await held;
  const storedBytes = fixture.disk.storedBytes;
  for (let i = 0; i < 100; i++) publish(`${i} `.padEnd(1000), true);
  while (taken.length < 100) await roundTrips();
  // All but the last, so that the queue has one message to store.
  for (const message of taken.slice(0, 99)) channel.ack(message);
  // The acknowledgements have arrived when what follows them on the channel is answered.
  await channel.prefetch(0);
  expect(confirmed).toEqual([]);
  fixture.disk.release();
  await channel.waitForConfirms();
  expect(confirmed.length).toBe(100);
  expect(fixture.disk.storedBytes - storedBytes).toBeGreaterThan(1000);
  expect(fixture.disk.storedBytes - storedBytes).toBeLessThan(1200);
});
