// What leaves the broker only when it is durable, seen by clients while the disk is held back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrokerFixture, openBroker } from './broker-fixture.ts';

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
});

it('a message settled before its commit is never written, and confirmed all the same', async () => {
  const { channel, confirmed, publish } = await confirmChannel('q');
  const other = await confirmChannel('other');
  const taken: string[] = [];
  await channel.consume('q', (message) => taken.push(String(message?.content)), { noAck: true });
  const held = fixture.disk.hold();
  other.publish('keeps the disk busy', true);
  await held;
  const chunkCount = fixture.disk.chunkCount;
  for (let i = 0; i < 100; i++) publish(`${i}`, true);
  while (taken.length < 100) await roundTrips();
  expect(confirmed).toEqual([]);
  fixture.disk.release();
  await channel.waitForConfirms();
  expect(confirmed.length).toBe(100);
  expect(fixture.disk.chunkCount).toBe(chunkCount);
});
