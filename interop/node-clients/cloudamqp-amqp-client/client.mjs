// npm's @cloudamqp/amqp-client against a broker: its channel API, and its session, which reconnects by itself.
import assert from 'node:assert/strict';
import { AMQPClient, AMQPSession } from '@cloudamqp/amqp-client';
import {
  finish,
  largeBodyBytes,
  named,
  patternedBody,
  restartStep,
  sleep,
  step,
  until,
  url,
  urlWith,
} from '../steps.mjs';

async function connect(address) {
  const client = new AMQPClient(address, undefined, null);
  await client.connect();
  client.onerror = () => {};
  return client;
}

const connection = await connect(url);

async function withChannel(use) {
  const channel = await connection.channel();
  channel.onerror = () => {};
  try {
    return await use(channel);
  } finally {
    if (!channel.closed) await channel.close();
  }
}

async function withQueue(what, use) {
  const queue = named(what);
  try {
    await withChannel(async (channel) => {
      await channel.queueDeclare(queue, { durable: false });
      await channel.confirmSelect();
      await use(channel, queue);
    });
  } finally {
    await withChannel((channel) => channel.queueDelete(queue));
  }
}

async function publishNumbered(channel, queue, count) {
  await Promise.all(
    Array.from({ length: count }, (_, number) =>
      channel.basicPublish('', queue, `message ${number}`),
    ),
  );
}

const count = (queue) =>
  withChannel(
    async (channel) => (await channel.queueDeclare(queue, { passive: true })).messageCount,
  );

await step('declare', () =>
  withChannel(async (channel) => {
    const queue = named('declare');
    const source = named('declare.source');
    const exchange = named('declare.exchange');
    await channel.exchangeDeclare(source, 'fanout', { durable: false });
    await channel.exchangeDeclare(exchange, 'direct', { durable: false, internal: true });
    const declared = await channel.queueDeclare(queue, { durable: true });
    assert.deepEqual(declared, { name: queue, messageCount: 0, consumerCount: 0 });
    await channel.exchangeBind(exchange, source, '');
    await channel.queueBind(queue, exchange, 'key');
    await channel.confirmSelect();
    await channel.basicPublish(source, 'key', 'in');
    await channel.basicPublish(source, 'other', 'out');
    assert.equal(await count(queue), 1);
    assert.match((await channel.queueDeclare('', { exclusive: true })).name, /^amq\.gen-/);
    await channel.queueUnbind(queue, exchange, 'key');
    await channel.exchangeUnbind(exchange, source, '');
    await channel.exchangeDelete(source);
    await channel.exchangeDelete(exchange);
    assert.equal((await channel.queuePurge(queue)).messageCount, 1);
    assert.equal(
      (await channel.queueDelete(queue, { ifEmpty: true, ifUnused: true })).messageCount,
      0,
    );
  }),
);

await step('publish-confirm', () =>
  withQueue('confirm', async (channel, queue) => {
    const tags = await Promise.all(
      Array.from({ length: 100 }, (_, number) =>
        channel.basicPublish('', queue, `${number}`, { deliveryMode: 2 }),
      ),
    );
    assert.deepEqual(
      tags,
      Array.from({ length: 100 }, (_, number) => number + 1),
    );
    assert.equal(await count(queue), 100);
  }),
);

await step('consume-ack', () =>
  withQueue('consume', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    const messages = [];
    const consumer = await channel.basicConsume(
      queue,
      { noAck: false, exclusive: true },
      async (message) => {
        await message.ack();
        messages.push(message);
      },
    );
    await until(() => messages.length === 10, 'ten deliveries');
    await consumer.cancel();
    assert.deepEqual(
      messages.map((message) => [message.bodyToString(), message.redelivered]),
      Array.from({ length: 10 }, (_, number) => [`message ${number}`, false]),
    );
    assert.equal(await count(queue), 0);
  }),
);

await step('reject', () =>
  withQueue('reject', async (channel, queue) => {
    await publishNumbered(channel, queue, 1);
    const redelivered = [];
    const consumer = await channel.basicConsume(queue, { noAck: false }, async (message) => {
      redelivered.push(message.redelivered);
      if (redelivered.length === 1) await message.reject(true);
      else if (redelivered.length === 2) await message.nack(true);
      else await message.reject(false);
    });
    await until(() => redelivered.length === 3, 'the message came back twice');
    await consumer.cancel();
    assert.deepEqual(redelivered, [false, true, true]);
    assert.equal(await count(queue), 0);
  }),
);

await step('get', () =>
  withQueue('get', async (channel, queue) => {
    assert.equal(await channel.basicGet(queue), null);
    await publishNumbered(channel, queue, 2);
    const first = await channel.basicGet(queue, { noAck: false });
    assert.deepEqual([first.bodyToString(), first.messageCount], ['message 0', 1]);
    await first.ack();
    assert.equal((await channel.basicGet(queue, { noAck: true })).bodyToString(), 'message 1');
    assert.equal(await channel.basicGet(queue), null);
  }),
);

await step('return', () =>
  withChannel(async (channel) => {
    const returned = [];
    channel.onReturn = (message) => returned.push(message);
    await channel.confirmSelect();
    const key = named('nowhere');
    await channel.basicPublish('amq.topic', key, 'back', { messageId: 'm1' }, true);
    assert.equal(returned.length, 1);
    const [message] = returned;
    assert.deepEqual(
      [
        message.replyCode,
        message.replyText,
        message.exchange,
        message.routingKey,
        message.bodyToString(),
      ],
      [312, 'NO_ROUTE', 'amq.topic', key, 'back'],
    );
    assert.equal(message.properties.messageId, 'm1');
  }),
);

await step('prefetch', () =>
  withQueue('prefetch', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    await channel.prefetch(3);
    const messages = [];
    await channel.basicConsume(queue, { noAck: false }, (message) => {
      messages.push(message);
    });
    await until(() => messages.length >= 3, 'three deliveries');
    await sleep(200);
    assert.equal(messages.length, 3);
    assert.equal(await count(queue), 7);
    await messages[0].ack();
    await until(() => messages.length >= 4, 'a fourth delivery after an ack');
    await sleep(200);
    assert.equal(messages.length, 4);
  }),
);

await step('tx', () =>
  withQueue('tx', async (_confirming, queue) => {
    await withChannel(async (channel) => {
      await channel.txSelect();
      await channel.basicPublish('', queue, 'rolled back');
      await channel.txRollback();
      await channel.basicPublish('', queue, 'one');
      await channel.basicPublish('', queue, 'two');
      assert.equal(await count(queue), 0);
      await channel.txCommit();
      assert.equal(await count(queue), 2);
    });
  }),
);

await step('large-body', () =>
  withQueue('large', async (channel, queue) => {
    const body = patternedBody(largeBodyBytes);
    await channel.basicPublish('', queue, body);
    const message = await channel.basicGet(queue, { noAck: true });
    assert.equal(message.bodySize, body.length);
    assert.ok(body.equals(Buffer.from(message.body)), 'the body differs');
  }),
);

await step('headers', () =>
  withQueue('headers', async (channel, queue) => {
    const headers = {
      yes: true,
      no: false,
      int: -2_147_483_648,
      long: 9_007_199_254_740_991,
      float: 0.5,
      double: 12_345_678_901.25,
      text: 'grüße 🐇',
      timestamp: new Date(1_700_000_000_000),
      bytes: new Uint8Array([0, 255, 1, 254]),
      nothing: null,
      array: [1, 'two', [true, null], { three: 3 }],
      table: { inner: { innermost: 'x' }, empty: {} },
    };
    const properties = {
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
      priority: 5,
      correlationId: 'correlation',
      replyTo: 'reply',
      expiration: '60000',
      messageId: 'id',
      timestamp: new Date(1_700_000_001_000),
      type: 'type',
      appId: 'app',
    };
    await channel.basicPublish('', queue, 'x', { ...properties, headers });
    const got = (await channel.basicGet(queue, { noAck: true })).properties;
    const bytes = new Uint8Array(got.headers.bytes);
    assert.deepEqual({ ...got.headers, bytes, long: Number(got.headers.long) }, headers);
    for (const [name, value] of Object.entries(properties))
      assert.deepEqual(got[name], value, name);
  }),
);

await step('heartbeat', async () => {
  const idle = await connect(urlWith('heartbeat=1'));
  assert.equal(idle.heartbeat, 1);
  await sleep(5500);
  assert.equal(idle.closed, false);
  const channel = await idle.channel();
  await channel.queueDeclare('', { exclusive: true });
  await idle.close();
});

await step('channel-error', () =>
  withQueue('twice', async (_channel, queue) => {
    const failsWith = (pattern, use) =>
      withChannel((channel) => assert.rejects(use(channel), pattern));
    await failsWith(/NOT_FOUND - no queue .* \(404\)/, (channel) =>
      channel.queueDeclare(named('absent'), { passive: true }),
    );
    await failsWith(/PRECONDITION_FAILED - inequivalent arg 'durable' .* \(406\)/, (channel) =>
      channel.queueDeclare(queue, { durable: true }),
    );
    assert.equal(await count(queue), 0);
  }),
);

await restartStep('restart', async (restart) => {
  const session = await AMQPSession.connect(url, {
    logger: null,
    reconnectInterval: 100,
    maxReconnectInterval: 500,
  });
  const name = named('restart');
  const queue = await session.queue(name, { durable: true });
  for (let number = 0; number < 50; number += 1)
    await queue.publish(`${number}`, { deliveryMode: 2 });
  const held = [];
  const bodies = [];
  let isRestarted = false;
  // Before the restart nothing is acked: all of it must come again.
  const subscription = await queue.subscribe(
    { noAck: false, manualAck: true, prefetch: 5 },
    async (message) => {
      if (!isRestarted) held.push(message);
      else {
        bodies.push(message.bodyString());
        await message.ack();
      }
    },
  );
  await until(() => held.length === 5, 'five deliveries before the restart');
  isRestarted = true;
  restart();
  await until(() => bodies.length === 50, 'the fifty messages of before the restart');
  assert.deepEqual(
    bodies,
    Array.from({ length: 50 }, (_, number) => `${number}`),
  );
  await queue.publish('after', { deliveryMode: 2 });
  await until(() => bodies.length === 51, 'a message of after the restart');
  await subscription.cancel();
  assert.equal((await queue.delete()).messageCount, 0);
  await session.stop();
});

if (!connection.closed) await connection.close();
finish();
