// Exchanges that hold messages back: where these go, and what goes with the exchange.

import { describe, expect, it } from 'vitest';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

type Plain = { readonly [name: string]: PlainValue };

async function world(durable = true): Promise<{ node: CoreWorld; client: MemoryClient }> {
  const node = new CoreWorld();
  const client = await node.open();
  const given = tableOf({ 'x-delayed-type': 'direct', 'x-message-deduplication': true });
  client.method('exchange.declare', {
    ...{ exchange: 'x', type: 'x-delayed-message', durable },
    arguments: given,
  });
  client.method('queue.declare', { queue: 'q', durable: true });
  client.method('queue.bind', { queue: 'q', exchange: 'x', routingKey: 'k' });
  client.method('queue.bind', { queue: 'q', exchange: 'x', routingKey: 'hidden' });
  await node.run();
  client.take();
  return { node, client };
}

function publish(client: MemoryClient, body: Buffer | string, headers: Plain, routingKey = 'k') {
  const properties = { deliveryMode: 2, headers: tableOf(headers) };
  client.publish(body, { exchange: 'x', routingKey, properties });
}

const vhostOf = (node: CoreWorld) => node.broker.vhosts.get('/');
const queueOf = (node: CoreWorld) => vhostOf(node)?.queues.get('q');
const heldCount = (node: CoreWorld) =>
  vhostOf(node)?.exchanges.get('x')?.intake?.delayed.messageCount;

async function pass(node: CoreWorld, ms: number): Promise<void> {
  node.clock.advance(ms);
  await node.run();
}

it('a key of a message that no queue took is stored all the same', async () => {
  const { node, client } = await world();
  publish(client, 'a', { 'x-deduplication-header': 'key' }, 'nobody');
  await pass(node, 10);
  expect(node.journal.isBatchEmpty).toBe(true);
  const after = node.restarted();
  const other = await after.open();
  publish(other, 'b', { 'x-deduplication-header': 'key' });
  publish(other, 'c', { 'x-deduplication-header': 'other' });
  await after.run();
  expect(queueOf(after)?.readyCount).toBe(1);
});

describe('what an exchange holds back', () => {
  it('is routed by its bindings at the time of release, BCC included', async () => {
    const { node, client } = await world();
    publish(client, 'a', { 'x-delay': 1000 });
    publish(client, 'b', { 'x-delay': 1000, BCC: ['hidden'] }, 'nobody');
    await node.run();
    client.method('queue.declare', { queue: 'late', durable: true });
    client.method('queue.bind', { queue: 'late', exchange: 'x', routingKey: 'k' });
    await node.run();
    await pass(node, 2000);
    expect(queueOf(node)?.readyCount).toBe(2);
    expect(vhostOf(node)?.queues.get('late')?.readyCount).toBe(1);
  });

  it.each([10, 300_000])('survives a restart, also with %d octets', async (bytes) => {
    const { node, client } = await world();
    publish(client, Buffer.alloc(bytes, 'x'), { 'x-delay': 1000, BCC: ['hidden'] }, 'nobody');
    await node.run();
    const after = node.restarted();
    await after.run();
    expect(heldCount(after)).toBe(1);
    await pass(after, 3000);
    expect(heldCount(after)).toBe(0);
    expect(queueOf(after)?.readyCount).toBe(1);
    const reader = await after.open();
    reader.method('basic.get', { queue: 'q', noAck: true });
    await after.run();
    const [got] = reader.take();
    expect(got?.body?.length).toBe(bytes);
    expect(got?.properties?.headers).toEqual(tableOf({ 'x-delay': -1000 }));
  });

  it('of a transient exchange is void after a restart', async () => {
    const { node, client } = await world(false);
    publish(client, 'a', { 'x-delay': 1000 });
    await node.run();
    expect(heldCount(node)).toBe(1);
    const after = node.restarted();
    await pass(after, 3000);
    expect(after.journal.loadDelayedStates().size).toBe(0);
    expect(queueOf(after)?.readyCount).toBe(0);
  });

  it('goes with the exchange, and with its vhost', async () => {
    const { node, client } = await world();
    publish(client, 'a', { 'x-delay': 1000, 'x-deduplication-header': 'd' });
    await node.run();
    const id = vhostOf(node)?.exchanges.get('x')?.storageId as number;
    expect(node.journal.loadDelayedStates().has(id)).toBe(true);
    client.method('exchange.delete', { exchange: 'x' });
    await pass(node, 3000);
    expect(queueOf(node)?.readyCount).toBe(0);
    expect(node.journal.loadDelayedStates().has(id)).toBe(false);
    expect(node.journal.loadDeduplicationEntries(id)).toEqual([]);

    const other = await world();
    publish(other.client, 'a', { 'x-delay': 1000 });
    await other.node.run();
    other.node.broker.deleteVhost('/');
    await pass(other.node, 3000);
    expect(other.node.journal.loadDelayedStates().size).toBe(0);
  });

  it('is held once in a dead letter, too', async () => {
    const { node, client } = await world();
    const dead = { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': 'k' };
    client.method('queue.declare', { queue: 'first', arguments: tableOf(dead) });
    const properties = { headers: tableOf({ 'x-delay': 1000 }), expiration: '1' };
    client.publish('a', { routingKey: 'first', properties });
    await pass(node, 100);
    expect(heldCount(node)).toBe(1);
    await pass(node, 2000);
    expect(queueOf(node)?.readyCount).toBe(1);
  });
});

it('exchanges that ask for nothing get no id in the journal', async () => {
  const { node } = await world();
  expect(vhostOf(node)?.exchanges.get('amq.topic')).toMatchObject({ storageId: 0, id: 0 });
});
