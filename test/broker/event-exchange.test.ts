// The headers of each event are compared with RabbitMQ's in test/conversations/event-exchange/; here is
// what a conversation cannot bring about.

import { describe, expect, it } from 'vitest';
import { VirtualHost } from '../../src/broker/vhost/vhost.ts';
import { type FieldTable, fieldTypeName } from '../../src/protocol/field-table.ts';
import { CoreWorld } from '../support/core/core-world.ts';
import type { MemoryClient } from '../support/core/memory-transport.ts';

const SETTINGS = { eventExchangeVhost: '/' };

async function listen(world: CoreWorld): Promise<MemoryClient> {
  const client = await world.open();
  client.method('queue.declare', { queue: 'events' });
  client.method('basic.consume', { queue: 'events', noAck: true });
  client.method('queue.bind', {
    queue: 'events',
    exchange: 'amq.rabbitmq.event',
    routingKey: '#',
  });
  await world.run();
  client.take();
  return client;
}

/** Names of the events, and what their headers say but for the time. */
function eventsAt(client: MemoryClient): [unknown, Record<string, string>][] {
  return client.take().map(({ fields, properties }) => {
    const headers = properties?.headers as FieldTable;
    const said = [...headers].flatMap(([name, { type, value }]) =>
      name === 'timestamp_in_ms' ? [] : [[name, `${fieldTypeName(type)} ${value}`]],
    );
    return [fields['routingKey'], Object.fromEntries(said)];
  });
}

describe('the event exchange', () => {
  it('is there only when it is asked for', () => {
    const has = (settings: { eventExchangeVhost?: string }, vhost: string) =>
      new CoreWorld(settings).broker.vhosts.get(vhost)?.exchanges.has('amq.rabbitmq.event');
    expect(has({}, '/')).toBe(false);
    expect(has(SETTINGS, '/')).toBe(true);
    expect(has({ eventExchangeVhost: 'other' }, '/')).toBe(false);
    const vhost = new VirtualHost('v', 1);
    vhost.addEventExchange();
    expect(vhost.exchanges.get('amq.rabbitmq.event')).toMatchObject({
      type: 'topic',
      isInternal: true,
      isDurable: true,
    });
  });

  it('tells alarms when they change', async () => {
    const world = new CoreWorld(SETTINGS);
    const client = await listen(world);
    world.broker.setMemoryAlarm(true);
    world.broker.setMemoryAlarm(true);
    world.broker.setDiskAlarm(true);
    world.broker.setMemoryAlarm(false);
    await world.run();
    const node = 'longstr warren@test';
    expect(eventsAt(client)).toEqual([
      ['alarm.set', { node, source: 'longstr memory' }],
      ['alarm.set', { node, source: 'longstr disk' }],
      ['alarm.cleared', { node, source: 'longstr memory' }],
    ]);
  });

  it('tells of vhosts and of what comes and goes with them', async () => {
    const world = new CoreWorld(SETTINGS);
    const client = await listen(world);
    world.broker.vhosts.create('v', 'ann');
    await world.run();
    const created = eventsAt(client);
    expect(created.map(([name]) => name)).toEqual([
      ...Array.from({ length: 7 }, () => 'exchange.created'),
      'vhost.created',
    ]);
    expect(created.at(-1)?.[1]).toMatchObject({
      name: 'longstr v',
      tracing: 'bool false',
      user_who_performed_action: 'longstr ann',
    });
    world.broker.vhosts.delete('v', 'ann');
    await world.run();
    const deleted = eventsAt(client);
    expect(deleted).toHaveLength(8);
    expect(deleted.at(-1)).toEqual([
      'vhost.deleted',
      { name: 'longstr v', user_who_performed_action: 'longstr ann' },
    ]);
  });

  it('tells what others emit: policies and limits', async () => {
    const world = new CoreWorld(SETTINGS);
    const client = await listen(world);
    world.broker.events.emit('policy.set', () => ({ name: 'p', priority: 3 }));
    await world.run();
    expect(eventsAt(client)).toEqual([['policy.set', { name: 'longstr p', priority: 'long 3' }]]);
  });

  it('stamps events with the time, in seconds and in milliseconds', async () => {
    const world = new CoreWorld(SETTINGS);
    const client = await listen(world);
    world.broker.setDiskAlarm(true);
    await world.run();
    const properties = client.take()[0]?.properties;
    const stamp = properties?.headers?.get('timestamp_in_ms');
    expect(stamp?.type).toBe('l');
    expect(properties?.timestamp).toBe((stamp?.value as bigint) / 1000n);
    expect(properties?.deliveryMode).toBe(2);
  });

  it('keeps the bindings of durable queues over a restart', async () => {
    const world = new CoreWorld(SETTINGS);
    const client = await world.open();
    client.method('queue.declare', { queue: 'kept', durable: true });
    client.method('queue.bind', {
      queue: 'kept',
      exchange: 'amq.rabbitmq.event',
      routingKey: 'alarm.#',
    });
    await world.run();
    const again = world.restarted();
    again.broker.setDiskAlarm(true);
    await again.run();
    expect(again.broker.vhosts.get('/')?.queues.get('kept')?.readyCount).toBe(1);
  });

  it('describes nothing while nobody is bound', () => {
    const world = new CoreWorld(SETTINGS);
    world.broker.events.emit('policy.set', () => {
      throw new Error('nobody is bound');
    });
  });
});
