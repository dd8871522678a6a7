// amqplib's callback API against a broker. Each call is turned into an awaited one where it stands, so that the
// callbacks of the library, and not its promises, are what runs.
import assert from 'node:assert/strict';
import amqp from 'amqplib/callback_api';
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

/** Awaits a call that takes a callback last: `called((done) => channel.checkQueue(queue, done))`. */
const called = (call) =>
  new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });

const connect = (address) => called((done) => amqp.connect(address, done));

let connection = await connect(url);
connection.on('error', () => {});

async function withChannel(use) {
  const channel = await called((done) => connection.createConfirmChannel(done));
  const errors = [];
  channel.on('error', (error) => errors.push(error));
  const result = await use(channel, errors);
  if (errors.length === 0) await called((done) => channel.close(done));
  return result;
}

const declare = (channel, queue, options) =>
  called((done) => channel.assertQueue(queue, options, done));
const check = (channel, queue) => called((done) => channel.checkQueue(queue, done));
const get = (channel, queue, options = {}) => called((done) => channel.get(queue, options, done));
const confirmed = (channel) => called((done) => channel.waitForConfirms(done));

async function withQueue(what, use) {
  const queue = named(what);
  try {
    await withChannel(async (channel) => {
      await declare(channel, queue, { durable: false });
      await use(channel, queue);
    });
  } finally {
    await withChannel((channel) => called((done) => channel.deleteQueue(queue, {}, done)));
  }
}

async function publishNumbered(channel, queue, count) {
  for (let number = 0; number < count; number += 1) {
    channel.sendToQueue(queue, Buffer.from(`message ${number}`));
  }
  await confirmed(channel);
}

await step('declare', () =>
  withChannel(async (channel) => {
    const source = named('declare.source');
    const exchange = named('declare.exchange');
    const queue = named('declare');
    await called((done) => channel.assertExchange(source, 'fanout', { durable: false }, done));
    await called((done) => channel.assertExchange(exchange, 'headers', { durable: false }, done));
    await called((done) => channel.checkExchange(exchange, done));
    const declared = await declare(channel, queue, { durable: false, autoDelete: true });
    assert.deepEqual(declared, { queue, messageCount: 0, consumerCount: 0 });
    const match = { 'x-match': 'all', colour: 'green', size: 3 };
    await called((done) => channel.bindExchange(exchange, source, '', {}, done));
    await called((done) => channel.bindQueue(queue, exchange, '', match, done));
    channel.publish(source, 'any', Buffer.from('no'), { headers: { colour: 'green' } });
    channel.publish(source, 'any', Buffer.from('yes'), {
      headers: { colour: 'green', size: 3, more: true },
    });
    await confirmed(channel);
    assert.equal((await check(channel, queue)).messageCount, 1);
    await called((done) => channel.unbindQueue(queue, exchange, '', match, done));
    await called((done) => channel.unbindExchange(exchange, source, '', {}, done));
    await called((done) => channel.deleteExchange(source, {}, done));
    await called((done) => channel.deleteExchange(exchange, { ifUnused: true }, done));
    assert.equal((await called((done) => channel.deleteQueue(queue, {}, done))).messageCount, 1);
  }),
);

await step('publish-confirm', () =>
  withQueue('confirm', async (channel, queue) => {
    await Promise.all(
      Array.from({ length: 100 }, (_, number) =>
        called((done) =>
          channel.sendToQueue(queue, Buffer.from(`${number}`), { persistent: true }, done),
        ),
      ),
    );
    assert.equal((await check(channel, queue)).messageCount, 100);
  }),
);

await step('consume-ack', () =>
  withQueue('consume', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    const deliveries = [];
    const onDelivery = (delivery) => deliveries.push(delivery);
    const options = { consumerTag: 'tag of mine' };
    const { consumerTag } = await called((done) =>
      channel.consume(queue, onDelivery, options, done),
    );
    assert.equal(consumerTag, 'tag of mine');
    await until(() => deliveries.length === 10, 'ten deliveries');
    assert.deepEqual(
      deliveries.map(({ content, fields }) => [
        `${content}`,
        fields.deliveryTag,
        fields.redelivered,
      ]),
      Array.from({ length: 10 }, (_, number) => [`message ${number}`, number + 1, false]),
    );
    channel.ack(deliveries[9], true);
    await called((done) => channel.cancel(consumerTag, done));
    assert.deepEqual(await check(channel, queue), { queue, messageCount: 0, consumerCount: 0 });
  }),
);

await step('reject', () =>
  withQueue('reject', async (channel, queue) => {
    await publishNumbered(channel, queue, 3);
    const first = await get(channel, queue);
    const second = await get(channel, queue);
    channel.nackAll(true);
    // Both are back in their places, ahead of the third.
    const again = [await get(channel, queue), await get(channel, queue), await get(channel, queue)];
    assert.deepEqual(
      again.map(({ content, fields }) => [`${content}`, fields.redelivered]),
      [
        [`${first.content}`, true],
        [`${second.content}`, true],
        ['message 2', false],
      ],
    );
    channel.reject(again[0], false);
    channel.reject(again[1], true);
    channel.reject(again[2], false);
    await called((done) => channel.recover(done));
    assert.equal((await check(channel, queue)).messageCount, 1);
  }),
);

await step('get', () =>
  withQueue('get', async (channel, queue) => {
    assert.equal(await get(channel, queue), false);
    await publishNumbered(channel, queue, 2);
    const first = await get(channel, queue);
    assert.equal(`${first.content}`, 'message 0');
    assert.equal(first.fields.messageCount, 1);
    channel.ack(first);
    assert.equal(`${(await get(channel, queue, { noAck: true })).content}`, 'message 1');
    assert.equal(await get(channel, queue), false);
  }),
);

await step('return', () =>
  withChannel(async (channel) => {
    const returned = [];
    channel.on('return', (message) => returned.push(message));
    const body = Buffer.from('back');
    await called((done) =>
      channel.publish('amq.direct', named('nowhere'), body, { mandatory: true }, done),
    );
    assert.equal(returned.length, 1);
    const { fields, content } = returned[0];
    assert.deepEqual(
      [fields.replyCode, fields.replyText, fields.exchange, `${content}`],
      [312, 'NO_ROUTE', 'amq.direct', 'back'],
    );
  }),
);

await step('prefetch', () =>
  withQueue('prefetch', async (channel, queue) => {
    await publishNumbered(channel, queue, 10);
    channel.prefetch(4, true);
    const deliveries = [];
    const onDelivery = (delivery) => deliveries.push(delivery);
    // Two consumers of one channel share the channel's window of four.
    await called((done) => channel.consume(queue, onDelivery, {}, done));
    await called((done) => channel.consume(queue, onDelivery, {}, done));
    await until(() => deliveries.length >= 4, 'four deliveries');
    await sleep(200);
    assert.equal(deliveries.length, 4);
    channel.ack(deliveries[1]);
    await until(() => deliveries.length >= 5, 'a fifth delivery after an ack');
    await sleep(200);
    assert.equal(deliveries.length, 5);
    assert.equal((await check(channel, queue)).messageCount, 5);
  }),
);

await step('large-body', () =>
  withQueue('large', async (channel, queue) => {
    const body = patternedBody(largeBodyBytes);
    await called((done) => channel.sendToQueue(queue, body, {}, done));
    const deliveries = [];
    await called((done) =>
      channel.consume(queue, (delivery) => deliveries.push(delivery), { noAck: true }, done),
    );
    await until(() => deliveries.length === 1, 'the delivery');
    assert.ok(deliveries[0].content.equals(body), 'the body differs');
  }),
);

await step('headers', () =>
  withQueue('headers', async (channel, queue) => {
    const typed = (type, value) => ({ '!': type, value });
    const sent = {
      yes: true,
      signedByte: typed('int8', -1),
      unsignedByte: typed('uint8', 200),
      short: typed('int16', -2),
      unsignedShort: typed('uint16', 40_000),
      int: typed('int32', -3),
      unsignedInt: typed('uint32', 3_000_000_000),
      long: typed('int64', 9_007_199_254_740_991),
      float: typed('float', 1.25),
      double: typed('float64', 2.5),
      decimal: typed('decimal', { places: 3, digits: 12_345 }),
      timestamp: typed('timestamp', 0),
      text: 'x'.repeat(1000),
      bytes: Buffer.alloc(300, 7),
      nothing: null,
      array: [typed('timestamp', 5), [typed('int16', 1)], { deep: [[[1]]] }],
      table: { a: { b: { c: { d: 'e' } } } },
    };
    await called((done) => channel.sendToQueue(queue, Buffer.from('x'), { headers: sent }, done));
    const { headers } = (await get(channel, queue, { noAck: true })).properties;
    const tagged = new Set(['timestamp', 'decimal']);
    const expected = (value) => {
      if (Array.isArray(value)) return value.map(expected);
      if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
      if ('!' in value) return tagged.has(value['!']) ? value : value.value;
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, expected(inner)]),
      );
    };
    assert.deepEqual({ ...headers }, expected(sent));
  }),
);

await step('heartbeat', async () => {
  const idle = await connect(urlWith('heartbeat=2'));
  let lost;
  idle.on('error', (error) => {
    lost = error;
  });
  await sleep(6500);
  assert.equal(lost, undefined);
  const channel = await called((done) => idle.createChannel(done));
  await declare(channel, '', { exclusive: true });
  await called((done) => idle.close(done));
});

await step('channel-error', async () => {
  const failsWith = (code, use) =>
    withChannel(async (channel, errors) => {
      await assert.rejects(use(channel), (error) => error.code === code);
      await until(() => errors.length === 1, 'the channel reports its error');
      assert.equal(errors[0].code, code);
    });
  await failsWith(404, (channel) => called((done) => channel.checkExchange(named('absent'), done)));
  await failsWith(406, (channel) =>
    called((done) => channel.assertExchange('amq.direct', 'fanout', {}, done)),
  );
  await failsWith(403, (channel) =>
    called((done) => channel.assertExchange('amq.mine', 'fanout', {}, done)),
  );
  await withChannel((channel) => declare(channel, '', { exclusive: true }));
});

await restartStep('restart', async (restart) => {
  const queue = named('restart');
  await withChannel(async (channel) => {
    await declare(channel, queue, { durable: true });
    for (let number = 0; number < 50; number += 1) {
      channel.sendToQueue(queue, Buffer.from(`${number}`), { persistent: true });
    }
    await confirmed(channel);
    // Ten are with a consumer when the broker ends: they come back as redelivered.
    for (let number = 0; number < 10; number += 1) await get(channel, queue);
    restart();
    connection = await connect(url);
    connection.on('error', () => {});
  }).catch((error) => {
    if (!/closed|ended|ECONN|reset/i.test(`${error.message}`)) throw error;
  });
  await withChannel(async (channel) => {
    const deliveries = [];
    await called((done) =>
      channel.consume(queue, (delivery) => deliveries.push(delivery), {}, done),
    );
    await until(() => deliveries.length >= 50, 'fifty deliveries');
    assert.deepEqual(
      deliveries.map(({ content }) => `${content}`),
      Array.from({ length: 50 }, (_, number) => `${number}`),
    );
    assert.ok(deliveries.slice(0, 10).every(({ fields }) => fields.redelivered));
    channel.ackAll();
  });
  await withChannel(async (channel) => {
    assert.equal((await check(channel, queue)).messageCount, 0);
    await called((done) => channel.deleteQueue(queue, {}, done));
  });
});

await called((done) => connection.close(done)).catch(() => {});
finish();
