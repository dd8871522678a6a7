// amqplib's promise API against a broker.
import assert from 'node:assert/strict';
import amqp from 'amqplib';
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

let connection = await amqp.connect(url);
connection.on('error', () => {});

async function withChannel(use) {
  const channel = await connection.createConfirmChannel();
  const errors = [];
  channel.on('error', (error) => errors.push(error));
  try {
    return await use(channel, errors);
  } finally {
    await channel.close().catch(() => {});
  }
}

/** A queue for one step; the default exchange routes to it. */
async function withQueue(what, use) {
  const queue = named(what);
  try {
    await withChannel(async (channel) => {
      await channel.assertQueue(queue, { durable: false });
      await use(channel, queue);
    });
  } finally {
    // After the channel closed: its consumers would otherwise be told of the deletion.
    await withChannel((channel) => channel.deleteQueue(queue));
  }
}

async function publishNumbered(channel, queue, count) {
  for (let number = 0; number < count; number += 1) {
    channel.sendToQueue(queue, Buffer.from(`message ${number}`));
  }
  await channel.waitForConfirms();
}

const text = (delivery) => delivery.content.toString();

await step('declare', () =>
  withChannel(async (channel) => {
    const exchange = named('declare.exchange');
    const queue = named('declare');
    await channel.assertExchange(exchange, 'direct', { durable: true });
    const declared = await channel.assertQueue(queue, { durable: true });
    assert.deepEqual(declared, { queue, messageCount: 0, consumerCount: 0 });
    await channel.bindQueue(queue, exchange, 'key');
    channel.publish(exchange, 'key', Buffer.from('bound'));
    await channel.waitForConfirms();
    assert.equal((await channel.checkQueue(queue)).messageCount, 1);
    const serverNamed = await channel.assertQueue('', { exclusive: true });
    assert.match(serverNamed.queue, /^amq\.gen-/);
    assert.equal((await channel.purgeQueue(queue)).messageCount, 1);
    await channel.unbindQueue(queue, exchange, 'key');
    await channel.deleteExchange(exchange);
    assert.equal((await channel.deleteQueue(queue)).messageCount, 0);
  }),
);

await step('publish-confirm', () =>
  withQueue('confirm', async (channel, queue) => {
    const confirmed = [];
    for (let number = 0; number < 100; number += 1) {
      channel.sendToQueue(queue, Buffer.from(`${number}`), { persistent: true }, (error) =>
        confirmed.push([number, error ?? 'ack']),
      );
    }
    await channel.waitForConfirms();
    assert.deepEqual(
      confirmed,
      Array.from({ length: 100 }, (_, number) => [number, 'ack']),
    );
    assert.equal((await channel.checkQueue(queue)).messageCount, 100);
  }),
);

await step('consume-ack', () =>
  withQueue('consume', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    const deliveries = [];
    const { consumerTag } = await channel.consume(queue, (delivery) => {
      deliveries.push(delivery);
      channel.ack(delivery);
    });
    await until(() => deliveries.length === 10, 'ten deliveries');
    await channel.cancel(consumerTag);
    assert.deepEqual(
      deliveries.map(text),
      Array.from({ length: 10 }, (_, number) => `message ${number}`),
    );
    assert.ok(
      deliveries.every(({ fields }) => !fields.redelivered && fields.consumerTag === consumerTag),
    );
    assert.deepEqual(await channel.checkQueue(queue), { queue, messageCount: 0, consumerCount: 0 });
  }),
);

await step('reject', () =>
  withQueue('reject', async (channel, queue) => {
    await publishNumbered(channel, queue, 1);
    const redelivered = [];
    await channel.consume(queue, (delivery) => {
      redelivered.push(delivery.fields.redelivered);
      if (redelivered.length === 1) channel.reject(delivery, true);
      else if (redelivered.length === 2) channel.nack(delivery, false, true);
      else channel.reject(delivery, false);
    });
    await until(() => redelivered.length === 3, 'the message came back twice');
    assert.deepEqual(redelivered, [false, true, true]);
    await channel.recover();
    assert.equal((await channel.checkQueue(queue)).messageCount, 0);
    assert.equal(redelivered.length, 3);
  }),
);

await step('get', () =>
  withQueue('get', async (channel, queue) => {
    assert.equal(await channel.get(queue), false);
    await publishNumbered(channel, queue, 2);
    const first = await channel.get(queue);
    assert.equal(text(first), 'message 0');
    assert.equal(first.fields.messageCount, 1);
    assert.equal(first.fields.routingKey, queue);
    channel.ack(first);
    assert.equal(text(await channel.get(queue, { noAck: true })), 'message 1');
    assert.equal(await channel.get(queue), false);
  }),
);

await step('return', () =>
  withChannel(async (channel) => {
    const returned = [];
    channel.on('return', (message) => returned.push(message));
    const key = named('nowhere');
    channel.publish('', key, Buffer.from('back'), { mandatory: true, messageId: 'm1' });
    await channel.waitForConfirms();
    // The return comes before the confirm, so nothing is left to wait for.
    assert.equal(returned.length, 1);
    const [{ fields, properties, content }] = returned;
    assert.deepEqual(
      [
        fields.replyCode,
        fields.replyText,
        fields.exchange,
        fields.routingKey,
        properties.messageId,
        `${content}`,
      ],
      [312, 'NO_ROUTE', '', key, 'm1', 'back'],
    );
  }),
);

await step('prefetch', () =>
  withQueue('prefetch', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    await channel.prefetch(3);
    const deliveries = [];
    await channel.consume(queue, (delivery) => deliveries.push(delivery));
    await until(() => deliveries.length >= 3, 'three deliveries');
    await sleep(200);
    assert.equal(deliveries.length, 3);
    assert.equal((await channel.checkQueue(queue)).messageCount, 7);
    channel.ack(deliveries[0]);
    await until(() => deliveries.length >= 4, 'a fourth delivery after an ack');
    await sleep(200);
    assert.equal(deliveries.length, 4);
    channel.ack(deliveries[3], true);
    await until(() => deliveries.length >= 7, 'three more after an ack of all');
    await sleep(200);
    assert.equal(deliveries.length, 7);
  }),
);

await step('large-body', () =>
  withQueue('large', async (channel, queue) => {
    const body = patternedBody(largeBodyBytes);
    channel.sendToQueue(queue, body);
    channel.sendToQueue(queue, Buffer.alloc(0));
    await channel.waitForConfirms();
    const large = await channel.get(queue, { noAck: true });
    assert.ok(large.content.equals(body), 'the body differs');
    assert.equal((await channel.get(queue, { noAck: true })).content.length, 0);
  }),
);

await step('headers', () =>
  withQueue('headers', async (channel, queue) => {
    const typed = (type, value) => ({ '!': type, value });
    const headers = {
      yes: true,
      no: false,
      signedByte: -128,
      unsignedByte: typed('unsignedbyte', 255),
      short: -32_768,
      unsignedShort: typed('unsignedshort', 65_535),
      int: -2_147_483_648,
      unsignedInt: typed('unsignedint', 4_294_967_295),
      long: -9_007_199_254_740_991,
      float: typed('float', 0.5),
      double: Math.PI,
      decimal: typed('decimal', { places: 2, digits: 314 }),
      text: 'grüße 🐇',
      emptyText: '',
      timestamp: typed('timestamp', 1_700_000_000),
      bytes: Buffer.from([0, 255, 1, 254]),
      nothing: null,
      array: [1, 'two', [true, null], { three: 3 }],
      table: { inner: { innermost: 'x' }, empty: {} },
      emptyArray: [],
    };
    const properties = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
      priority: 5,
      correlationId: 'correlation',
      replyTo: 'reply',
      expiration: '60000',
      messageId: 'id',
      timestamp: 1_700_000_001,
      type: 'type',
      userId: new URL(url).username || 'guest',
      appId: 'app',
    };
    channel.sendToQueue(queue, Buffer.from('x'), { ...properties, headers });
    await channel.waitForConfirms();
    const got = (await channel.get(queue, { noAck: true })).properties;
    const plain = {
      unsignedByte: 255,
      unsignedShort: 65_535,
      unsignedInt: 4_294_967_295,
      float: 0.5,
    };
    assert.deepEqual({ ...got.headers }, { ...headers, ...plain });
    for (const [name, value] of Object.entries(properties)) assert.equal(got[name], value, name);
  }),
);

await step('heartbeat', async () => {
  const idle = await amqp.connect(urlWith('heartbeat=1'));
  let lost;
  idle.on('error', (error) => {
    lost = error;
  });
  await sleep(5500);
  assert.equal(lost, undefined);
  const channel = await idle.createChannel();
  await channel.assertQueue('', { exclusive: true });
  await idle.close();
});

await step('channel-error', async () => {
  const failsWith = (code, use) =>
    withChannel(async (channel, errors) => {
      await assert.rejects(use(channel), (error) => error.code === code);
      await until(() => errors.length === 1, 'the channel reports its error');
      assert.equal(errors[0].code, code);
    });
  await failsWith(404, (channel) => channel.checkQueue(named('absent')));
  await withQueue('twice', async (_channel, queue) => {
    await failsWith(406, (channel) => channel.assertQueue(queue, { durable: true }));
    await withChannel(async (channel) => {
      assert.equal((await channel.checkQueue(queue)).queue, queue);
    });
  });
});

await restartStep('restart', async (restart) => {
  const queue = named('restart');
  const exchange = named('restart.exchange');
  await withChannel(async (channel) => {
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, exchange, 'a.*');
    for (let number = 0; number < 50; number += 1) {
      channel.publish(exchange, 'a.b', Buffer.from(`${number}`), {
        persistent: true,
        headers: { number },
      });
    }
    channel.publish(exchange, 'a.b', Buffer.from('transient'), { persistent: false });
    await channel.waitForConfirms();
  });
  restart();
  connection = await amqp.connect(url);
  connection.on('error', () => {});
  await withChannel(async (channel) => {
    assert.equal((await channel.checkQueue(queue)).messageCount, 50);
    for (let number = 0; number < 50; number += 1) {
      const message = await channel.get(queue);
      assert.equal(text(message), `${number}`);
      assert.equal(message.properties.headers.number, number);
      assert.equal(message.properties.deliveryMode, 2);
      channel.ack(message);
    }
    channel.publish(exchange, 'a.c', Buffer.from('the binding is still there'));
    await channel.waitForConfirms();
    assert.equal((await channel.deleteQueue(queue)).messageCount, 1);
    await channel.deleteExchange(exchange);
  });
});

await connection.close().catch(() => {});
finish();
