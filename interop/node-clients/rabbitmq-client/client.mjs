// npm's rabbitmq-client against a broker: raw channels, its publisher with confirms, and its consumer, which connects
// and subscribes again by itself. It counts body frames ahead of their arrival, from the body's size and the negotiated
// frame-max, so it also proves that the broker fills every body frame but the last.
import assert from 'node:assert/strict';
import { Connection, ConsumerStatus } from 'rabbitmq-client';
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
} from '../steps.mjs';

function connect(options = {}) {
  const connection = new Connection({ url, retryLow: 100, retryHigh: 500, ...options });
  // A lost connection is reported here, too; the library then connects again.
  connection.on('error', () => {});
  return connection;
}

const connection = connect();
await connection.onConnect(10_000);

async function withChannel(use, on = connection) {
  const channel = await on.acquire();
  try {
    return await use(channel);
  } finally {
    await channel.close();
  }
}

async function withQueue(what, use) {
  const queue = named(what);
  try {
    await withChannel(async (channel) => {
      await channel.queueDeclare({ queue, durable: false });
      await channel.confirmSelect();
      await use(channel, queue);
    });
  } finally {
    await connection.queueDelete(queue);
  }
}

async function publishNumbered(channel, queue, count) {
  await Promise.all(
    Array.from({ length: count }, (_, number) => channel.basicPublish(queue, `message ${number}`)),
  );
}

const count = async (queue) =>
  (await connection.queueDeclare({ queue, passive: true })).messageCount;

await step('declare', async () => {
  const queue = named('declare');
  const exchange = named('declare.exchange');
  await connection.exchangeDeclare({ exchange, type: 'topic', durable: true });
  const declared = await connection.queueDeclare({ queue, durable: true });
  assert.deepEqual([declared.queue, declared.messageCount, declared.consumerCount], [queue, 0, 0]);
  await connection.queueBind({ queue, exchange, routingKey: 'stock.#' });
  await withChannel(async (channel) => {
    await channel.confirmSelect();
    await channel.basicPublish({ exchange, routingKey: 'stock.nyse.ibm' }, 'in');
    await channel.basicPublish({ exchange, routingKey: 'weather' }, 'out');
  });
  assert.equal(await count(queue), 1);
  await connection.queueUnbind({ queue, exchange, routingKey: 'stock.#' });
  await connection.exchangeDelete({ exchange });
  assert.equal((await connection.queuePurge(queue)).messageCount, 1);
  assert.equal((await connection.queueDelete(queue)).messageCount, 0);
});

await step('publish-confirm', () =>
  withQueue('confirm', async (_channel, queue) => {
    const publisher = connection.createPublisher({ confirm: true, maxAttempts: 1 });
    await Promise.all(
      Array.from({ length: 100 }, (_, number) =>
        publisher.send({ routingKey: queue, durable: true }, { number }),
      ),
    );
    await publisher.close();
    assert.equal(await count(queue), 100);
  }),
);

await step('consume-ack', () =>
  withQueue('consume', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    const messages = [];
    const consumer = connection.createConsumer({ queue, qos: { prefetchCount: 2 } }, (message) => {
      messages.push(message);
    });
    await until(() => messages.length === 10, 'ten deliveries');
    await consumer.close();
    assert.deepEqual(
      messages.map(({ body, redelivered }) => [body, redelivered]),
      Array.from({ length: 10 }, (_, number) => [`message ${number}`, false]),
    );
    assert.equal(await count(queue), 0);
  }),
);

await step('reject', () =>
  withQueue('reject', async (channel, queue) => {
    await publishNumbered(channel, queue, 1);
    const redelivered = [];
    const consumer = connection.createConsumer({ queue }, (message) => {
      redelivered.push(message.redelivered);
      return redelivered.length < 3 ? ConsumerStatus.REQUEUE : ConsumerStatus.DROP;
    });
    await until(() => redelivered.length === 3, 'the message came back twice');
    await consumer.close();
    assert.deepEqual(redelivered, [false, true, true]);
    assert.equal(await count(queue), 0);
  }),
);

await step('get', () =>
  withQueue('get', async (channel, queue) => {
    assert.equal(await channel.basicGet(queue), undefined);
    await publishNumbered(channel, queue, 2);
    const first = await channel.basicGet(queue);
    assert.deepEqual([first.body, first.messageCount, first.routingKey], ['message 0', 1, queue]);
    channel.basicAck({ deliveryTag: first.deliveryTag });
    assert.equal((await channel.basicGet({ queue, noAck: true })).body, 'message 1');
    assert.equal(await channel.basicGet(queue), undefined);
  }),
);

await step('return', async () => {
  const returned = [];
  const publisher = connection.createPublisher({ confirm: true });
  publisher.on('basic.return', (message) => returned.push(message));
  await publisher.send({ routingKey: named('nowhere'), mandatory: true }, 'back');
  await until(() => returned.length === 1, 'the return');
  await publisher.close();
  const [{ replyCode, replyText, body }] = returned;
  assert.deepEqual([replyCode, replyText, body], [312, 'NO_ROUTE', 'back']);
});

await step('prefetch', () =>
  withQueue('prefetch', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    await channel.basicQos({ prefetchCount: 3 });
    const messages = [];
    await channel.basicConsume({ queue }, (message) => messages.push(message));
    await until(() => messages.length >= 3, 'three deliveries');
    await sleep(200);
    assert.equal(messages.length, 3);
    assert.equal(await count(queue), 7);
    channel.basicAck({ deliveryTag: messages[0].deliveryTag });
    await until(() => messages.length >= 4, 'a fourth delivery after an ack');
    await sleep(200);
    assert.equal(messages.length, 4);
  }),
);

await step('tx', () =>
  withQueue('tx', async (_confirming, queue) => {
    await withChannel(async (channel) => {
      await channel.txSelect();
      await channel.basicPublish(queue, 'rolled back');
      await channel.txRollback();
      await channel.basicPublish(queue, 'one');
      await channel.basicPublish(queue, 'two');
      assert.equal(await count(queue), 0);
      await channel.txCommit();
      assert.equal(await count(queue), 2);
      const { deliveryTag } = await channel.basicGet(queue);
      channel.basicAck({ deliveryTag });
      await channel.txCommit();
    });
    assert.equal((await connection.basicGet({ queue, noAck: true })).body, 'two');
    assert.equal(await count(queue), 0);
  }),
);

await step('large-body', () =>
  withQueue('large', async (_channel, queue) => {
    const body = patternedBody(largeBodyBytes);
    const frameSizes = [4096, 8192, 131_072];
    const connections = frameSizes.map((frameMax) => ({
      frameMax,
      connection: connect({ frameMax }),
    }));
    try {
      // Every publisher's frames reach every consumer in frames of the consumer's own size.
      for (const source of connections) {
        for (const target of connections) {
          await withChannel(async (channel) => {
            await channel.confirmSelect();
            await channel.basicPublish(queue, body);
          }, source.connection);
          const sizes = `from frames of ${source.frameMax} to frames of ${target.frameMax}`;
          let message;
          target.connection.basicGet({ queue, noAck: true }).then(
            (got) => {
              message = got;
            },
            () => {},
          );
          await until(() => message !== undefined, `a body ${sizes}`);
          assert.ok(body.equals(message.body), `the body differs ${sizes}`);
        }
      }
    } finally {
      for (const each of connections) each.connection.unsafeDestroy();
    }
  }),
);

await step('headers', () =>
  withQueue('headers', async (channel, queue) => {
    const headers = {
      yes: true,
      no: false,
      byte: -128,
      short: 32_767,
      int: -2_147_483_648,
      long: 4_294_967_296,
      double: 0.1,
      text: 'grüße 🐇',
      nothing: null,
      array: [1, 'two', [false, null], { three: 3 }],
      table: { inner: { innermost: 'x' }, empty: {} },
    };
    const properties = {
      contentType: 'application/json',
      priority: 9,
      correlationId: 'correlation',
      replyTo: 'reply',
      expiration: '60000',
      messageId: 'id',
      timestamp: 1_700_000_001,
      type: 'type',
      appId: 'app',
    };
    await channel.basicPublish(
      { routingKey: queue, durable: true, headers, ...properties },
      { json: [1, 2] },
    );
    const message = await channel.basicGet({ queue, noAck: true });
    const got = { ...message.headers, long: Number(message.headers.long) };
    assert.deepEqual(got, headers);
    assert.deepEqual(message.body, { json: [1, 2] });
    assert.equal(message.durable, true);
    for (const [name, value] of Object.entries(properties))
      assert.equal(message[name], value, name);
  }),
);

await step('heartbeat', async () => {
  const idle = connect({ heartbeat: 1 });
  let connectionCount = 0;
  let lost;
  idle.on('connection', () => {
    connectionCount += 1;
  });
  idle.on('error', (error) => {
    lost = error;
  });
  await idle.onConnect(10_000);
  await sleep(5500);
  assert.equal(lost, undefined);
  await idle.queueDeclare({ exclusive: true });
  assert.equal(connectionCount, 1);
  await idle.close();
});

await step('channel-error', () =>
  withQueue('twice', async (_channel, queue) => {
    const failsWith = (code, use) =>
      withChannel((channel) => assert.rejects(use(channel), { code }));
    await failsWith('NOT_FOUND', (channel) =>
      channel.queueDeclare({ queue: named('absent'), passive: true }),
    );
    await failsWith('PRECONDITION_FAILED', (channel) =>
      channel.queueDeclare({ queue, durable: true }),
    );
    await failsWith('NOT_FOUND', async (channel) => {
      await channel.confirmSelect();
      await channel.basicPublish({ exchange: named('absent'), routingKey: 'x' }, 'lost');
    });
    assert.equal(await count(queue), 0);
  }),
);

await restartStep('restart', async (restart) => {
  const queue = named('restart');
  const publisher = connection.createPublisher({
    confirm: true,
    queues: [{ queue, durable: true }],
  });
  for (let number = 0; number < 50; number += 1) {
    await publisher.send({ routingKey: queue, durable: true }, `${number}`);
  }
  const bodies = [];
  const consumer = connection.createConsumer(
    { queue, lazy: true, queueOptions: { durable: true }, qos: { prefetchCount: 10 } },
    ({ body }) => {
      bodies.push(body);
    },
  );
  consumer.on('error', () => {});
  restart();
  consumer.start();
  await until(() => bodies.length === 50, 'the fifty messages of before the restart');
  assert.deepEqual(
    bodies,
    Array.from({ length: 50 }, (_, number) => `${number}`),
  );
  await publisher.send({ routingKey: queue, durable: true }, 'after');
  await until(() => bodies.length === 51, 'a message of after the restart');
  await consumer.close();
  await publisher.close();
  assert.equal((await connection.queueDelete(queue)).messageCount, 0);
});

await connection.close();
finish();
