// Queues that delay and look for duplicates, across restarts of the node, with policies that come and go.

import { describe, expect, it } from 'vitest';
import { intakeSettingsOf } from '../../src/broker/intake.ts';
import { type PlainValue, tableOf } from '../../src/protocol/field-value.ts';
import { CoreWorld } from '../support/core/core-world.ts';
import type { MemoryClient } from '../support/core/memory-transport.ts';

type Plain = { readonly [name: string]: PlainValue };

async function declare(world: CoreWorld, plain: Plain, durable = true): Promise<MemoryClient> {
  const client = await world.open();
  client.method('queue.declare', { queue: 'q', durable, arguments: tableOf(plain) });
  client.method('confirm.select');
  await world.run();
  expect(client.takeNames()).toEqual(['queue.declare-ok', 'confirm.select-ok']);
  return client;
}

function publish(client: MemoryClient, body: string, headers: Plain, deliveryMode = 2): void {
  client.publish(body, {
    routingKey: 'q',
    properties: { deliveryMode, headers: tableOf(headers) },
  });
}

const queueOf = (world: CoreWorld) => world.broker.vhosts.get('/')?.queues.get('q');

async function pass(world: CoreWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.run();
}

describe('the settings of an intake', () => {
  it('ask for nothing without their arguments', () => {
    const nothing = { isDelaying: false, deduplication: undefined };
    expect(intakeSettingsOf(tableOf({ 'x-cache-size': 7 }), false)).toEqual(nothing);
    const off = tableOf({ 'x-message-deduplication': false });
    expect(intakeSettingsOf(off, false)).toEqual(nothing);
  });
});

describe('a queue with x-delayed', () => {
  it('holds messages back over a restart, but transient ones', async () => {
    const world = new CoreWorld();
    const client = await declare(world, { 'x-delayed': true });
    publish(client, 'one', { 'x-delay': 5000 });
    publish(client, 'transient', { 'x-delay': 5000 }, 1);
    await world.run();
    expect(queueOf(world)?.intake?.delayed.messageCount).toBe(2);
    expect(queueOf(world)?.readyCount).toBe(0);

    const after = world.restarted();
    await after.run();
    expect(queueOf(after)?.intake?.delayed.messageCount).toBe(1);
    await pass(after, 4000);
    expect(queueOf(after)?.readyCount).toBe(0);
    await pass(after, 2000);
    expect(queueOf(after)?.readyCount).toBe(1);
    expect(queueOf(after)?.intake?.delayed.messageCount).toBe(0);
    const again = after.restarted();
    await again.run();
    expect(queueOf(again)?.readyCount).toBe(1);
  });

  it('confirms what it holds when that is durable', async () => {
    const world = new CoreWorld();
    const client = await declare(world, { 'x-delayed': true });
    publish(client, 'one', { 'x-delay': 5000 });
    world.turn();
    expect(world.journal.isCommitting).toBe(true);
    expect(client.takeNames()).toEqual([]);
    await world.journal.finishCommit();
    world.turn();
    expect(client.takeNames()).toEqual(['basic.ack']);
    publish(client, 'transient', { 'x-delay': 5000 }, 1);
    world.turn();
    expect(client.takeNames()).toEqual(['basic.ack']);
  });

  it('counts the life of a message from its release', async () => {
    const world = new CoreWorld();
    const client = await declare(world, { 'x-delayed': true });
    const headers = tableOf({ 'x-delay': 1000 });
    client.publish('one', { routingKey: 'q', properties: { headers, expiration: '500' } });
    await pass(world, 1100);
    expect(queueOf(world)?.readyCount).toBe(1);
    await pass(world, 500);
    expect(queueOf(world)?.readyCount).toBe(0);
  });

  it('that is full refuses a message before it holds it back', async () => {
    const world = new CoreWorld();
    const full = { 'x-max-length': 0, 'x-overflow': 'reject-publish' };
    const client = await declare(world, { 'x-delayed': true, ...full });
    publish(client, 'one', { 'x-delay': 1000 });
    await world.run();
    expect(client.takeNames()).toEqual(['basic.nack']);
    expect(queueOf(world)?.intake?.delayed.messageCount).toBe(0);
  });
});

describe.each([
  { overflow: 'reject-publish', deadLetters: 0 },
  { overflow: 'reject-publish-dlx', deadLetters: 1 },
])('a queue that is full when a delay is over, with $overflow', ({ overflow, deadLetters }) => {
  it.each([1, 100_000])('refuses the message of %i octets like any other', async (bodyBytes) => {
    const world = new CoreWorld();
    const client = await declare(world, {
      ...{ 'x-delayed': true, 'x-max-length': 1, 'x-overflow': overflow },
      ...{ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' },
    });
    client.method('queue.declare', { queue: 'dead', durable: true });
    publish(client, Buffer.alloc(bodyBytes, 'd').toString(), { 'x-delay': 1000 });
    publish(client, 'fills', {});
    await world.run();
    await pass(world, 1100);
    expect(queueOf(world)?.intake?.delayed.messageCount).toBe(0);
    expect(queueOf(world)?.readyCount).toBe(1);
    const after = world.restarted();
    await after.run();
    expect(queueOf(after)?.intake?.delayed.messageCount ?? 0).toBe(0);
    expect(queueOf(after)?.readyCount).toBe(1);
    expect(after.broker.vhosts.get('/')?.queues.get('dead')?.readyCount).toBe(deadLetters);
    const other = await after.open();
    other.method('basic.get', { queue: 'dead' });
    await after.run();
    const [dead] = other.take();
    const reason = dead?.properties?.headers?.get('x-first-death-reason');
    expect(reason?.value?.toString()).toBe(deadLetters === 0 ? undefined : 'maxlen');
  });
});

describe('a queue that looks for duplicates', () => {
  it('remembers over a restart, and confirms a duplicate when its message is durable', async () => {
    const world = new CoreWorld();
    const client = await declare(world, { 'x-message-deduplication': true });
    const key = { 'x-deduplication-header': 'a' };
    publish(client, 'one', key);
    world.turn();
    publish(client, 'again', key);
    world.turn();
    // The commit in flight holds the first; the second waits for one of its own.
    expect(client.takeNames()).toEqual([]);
    await world.run();
    expect(queueOf(world)?.readyCount).toBe(1);

    const after = world.restarted();
    const other = await after.open();
    publish(other, 'once more', key);
    publish(other, 'new', { 'x-deduplication-header': 'b' });
    await after.run();
    expect(queueOf(after)?.readyCount).toBe(2);
  });

  it('forgets the key with the message when a crash comes before the commit', async () => {
    const world = new CoreWorld();
    const client = await declare(world, { 'x-message-deduplication': true });
    publish(client, 'lost', { 'x-deduplication-header': 'a' });
    world.turn();
    const after = world.restarted();
    const other = await after.open();
    publish(other, 'again', { 'x-deduplication-header': 'a' });
    await after.run();
    expect(queueOf(after)?.readyCount).toBe(1);
  });
});

describe('a policy', () => {
  const policy = { pattern: '', definition: { delayed: true, 'message-deduplication': true } };

  it('takes effect on a queue that is there, and what is held comes out when it ends', async () => {
    const world = new CoreWorld();
    const client = await declare(world, {});
    const headers = { 'x-delay': 1000, 'x-deduplication-header': 'a' };
    publish(client, 'at once', headers);
    await world.run();
    expect(queueOf(world)?.readyCount).toBe(1);
    world.broker.policies.set('policy', '/', 'p', policy);
    publish(client, 'held', headers);
    publish(client, 'again', headers);
    await world.run();
    expect(queueOf(world)?.readyCount).toBe(1);
    expect(queueOf(world)?.intake?.delayed.messageCount).toBe(1);

    const after = world.restarted();
    await after.run();
    expect(queueOf(after)?.intake?.isDelaying).toBe(true);
    after.broker.policies.clear('policy', '/', 'p');
    const other = await after.open();
    publish(other, 'not held', headers);
    await after.run();
    expect(queueOf(after)?.readyCount).toBe(2);
    await pass(after, 2000);
    expect(queueOf(after)?.readyCount).toBe(3);
    const again = after.restarted();
    await again.run();
    expect(queueOf(again)?.readyCount).toBe(3);
  });

  it('makes a predeclared exchange delay, also over a restart', async () => {
    const world = new CoreWorld();
    const client = await declare(world, {});
    client.method('queue.bind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    const definition = { 'delayed-message': true };
    const fields = { pattern: '^amq', definition, 'apply-to': 'exchanges' };
    const exchangeOf = (node: CoreWorld) =>
      node.broker.vhosts.get('/')?.exchanges.get('amq.direct');
    const send = (to: MemoryClient, ms: number) => {
      const headers = tableOf({ 'x-delay': ms });
      const properties = { deliveryMode: 2, headers };
      to.publish('one', { exchange: 'amq.direct', routingKey: 'k', properties });
    };
    send(client, 1000);
    await world.run();
    expect(queueOf(world)?.readyCount).toBe(1);
    world.broker.policies.set('policy', '/', 'p', fields);
    send(client, 1000);
    await world.run();
    expect(queueOf(world)?.readyCount).toBe(1);

    const after = world.restarted();
    await after.run();
    expect(exchangeOf(after)?.intake?.delayed.messageCount).toBe(1);
    await pass(after, 2000);
    expect(queueOf(after)?.readyCount).toBe(2);
    expect(exchangeOf(after)?.intake?.delayed.messageCount).toBe(0);
  });
});

it('a plain queue has none', async () => {
  const world = new CoreWorld();
  await declare(world, {});
  expect(queueOf(world)?.intake).toBeUndefined();
});
