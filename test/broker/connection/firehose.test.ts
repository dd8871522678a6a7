// What the copies say is compared with RabbitMQ's in test/conversations/firehose/; here are the bounds.

import { describe, expect, it } from 'vitest';
import type { FieldTable } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

async function tracedWorld(): Promise<{ world: CoreWorld; client: MemoryClient }> {
  const world = new CoreWorld();
  expect(world.broker.setTracing('/', true)).toBe(true);
  expect(world.broker.setTracing('nowhere', true)).toBe(false);
  const client = await world.open();
  client.method('queue.declare', { queue: 'trace' });
  client.method('queue.bind', {
    queue: 'trace',
    exchange: 'amq.rabbitmq.trace',
    routingKey: 'publish.#',
  });
  client.method('basic.consume', { queue: 'trace', noAck: true });
  await world.run();
  client.take();
  return { world, client };
}

function copies(client: MemoryClient): { key: unknown; headers: FieldTable }[] {
  return client.take().map(({ fields, properties }) => ({
    key: fields['routingKey'],
    headers: properties?.headers as FieldTable,
  }));
}

describe('the firehose', () => {
  it('names as many queues as fit into a frame', async () => {
    const { world, client } = await tracedWorld();
    for (let index = 0; index < 1_000; index++) {
      const queue = `${index}`.padEnd(250, '-');
      client.method('queue.declare', { queue });
      client.method('queue.bind', { queue, exchange: 'amq.fanout' });
    }
    await world.run();
    client.take();
    client.publish('m', { exchange: 'amq.fanout' });
    await world.run();
    const [copy] = copies(client);
    const names = copy?.headers.get('routed_queues')?.value as readonly unknown[];
    expect(names.length).toBeGreaterThan(450);
    expect(names.length).toBeLessThan(513);
  });

  it('cuts a routing key that does not fit into a short string', async () => {
    const { world, client } = await tracedWorld();
    const exchange = 'é'.repeat(127);
    client.method('exchange.declare', { exchange, type: 'fanout' });
    client.publish('m', { exchange });
    await world.run();
    const copy = copies(client).at(-1);
    expect(copy?.key).toBe(`publish.${'é'.repeat(123)}`);
    expect(copy?.headers.get('exchange_name')?.value).toEqual(Buffer.from(exchange));
  });

  it('keeps a timestamp that needs more than 32 bits', async () => {
    const { world, client } = await tracedWorld();
    const timestamp = 4_102_444_800n;
    client.publish('m', { properties: { timestamp, headers: tableOf({}) } });
    await world.run();
    const properties = copies(client)[0]?.headers.get('properties')?.value as FieldTable;
    expect(properties.get('timestamp')).toEqual({ type: 'l', value: timestamp });
  });

  it('is off again when it is turned off, and after a restart', async () => {
    const { world, client } = await tracedWorld();
    expect(world.restarted().broker.vhosts.get('/')?.isTraced).toBe(false);
    world.broker.setTracing('/', false);
    client.publish('m');
    await world.run();
    expect(copies(client)).toEqual([]);
  });
});
