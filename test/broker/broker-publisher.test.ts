import { describe, expect, it } from 'vitest';
import { NO_BODY } from '../../src/broker/broker-publisher.ts';
import type { VirtualHost } from '../../src/broker/vhost/vhost.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { tableOf } from '../../src/protocol/field-value.ts';
import { writeBodyFrames } from '../../src/protocol/frame-writer.ts';
import { CoreWorld } from '../support/core/core-world.ts';

async function worldWithQueue(isDurable = false) {
  const world = new CoreWorld();
  const client = await world.open();
  client.method('queue.declare', { queue: 'q', durable: isDurable });
  client.method('queue.bind', { queue: 'q', exchange: 'amq.topic', routingKey: 'a.#' });
  client.method('basic.consume', { queue: 'q', noAck: true, consumerTag: 'c' });
  await world.run();
  client.take();
  return { world, client, vhost: world.broker.vhosts.get('/') as VirtualHost };
}

function ownMessage(routingKey: string, body: Buffer) {
  const writer = new ByteWriter();
  writeBodyFrames(writer, 0, body, 131_072);
  return {
    exchange: 'amq.topic',
    routingKey,
    properties: { headers: tableOf({ a: 1 }), deliveryMode: 2 },
    bodyBytes: body.length,
    bodyFrames: writer.take(),
  };
}

describe("messages of the broker's own", () => {
  it.each([0, 10, 300_000])('are routed and delivered with %i body bytes', async (bytes) => {
    const { world, client, vhost } = await worldWithQueue();
    const body = Buffer.alloc(bytes, 'x');
    world.broker.publisher.publish(vhost, ownMessage('a.b', body));
    world.broker.publisher.publish(vhost, ownMessage('b', body));
    await world.run();
    const received = client.take();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      name: 'basic.deliver',
      fields: { exchange: 'amq.topic', routingKey: 'a.b' },
      properties: { deliveryMode: 2, headers: tableOf({ a: 1 }) },
      body,
    });
  });

  it('leave at the end of the turn, in their order', async () => {
    const { world, client, vhost } = await worldWithQueue();
    const keys = ['a.1', 'a.2', 'a.3'];
    for (const key of keys) world.broker.publisher.publish(vhost, ownMessage(key, Buffer.alloc(1)));
    expect(vhost.queues.get('q')?.readyCount).toBe(0);
    await world.run();
    expect(client.take().map(({ fields }) => fields['routingKey'])).toEqual(keys);
  });

  it('are stored by durable queues', async () => {
    const { world, client, vhost } = await worldWithQueue(true);
    client.method('basic.cancel', { consumerTag: 'c' });
    world.broker.publisher.publish(vhost, ownMessage('a', Buffer.from('m')));
    await world.run();
    const again = world.restarted();
    expect(again.broker.vhosts.get('/')?.queues.get('q')?.readyCount).toBe(1);
  });

  it('are void when their exchange is gone', async () => {
    const { world, client, vhost } = await worldWithQueue();
    const message = { exchange: 'gone', routingKey: 'a', properties: {}, ...NO_BODY };
    world.broker.publisher.publish(vhost, message);
    await world.run();
    expect(client.take()).toEqual([]);
  });
});
