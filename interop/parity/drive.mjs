// Drives the world of world.json with amqplib: `node drive.mjs before|after URL`. Prints one line per thing that a
// client can see; two brokers behave the same when they print the same. drive.py is the same with pika.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import amqp from 'amqplib';

const [phase, url] = process.argv.slice(2);
const world = JSON.parse(readFileSync(new URL('world.json', import.meta.url), 'utf8'));
const MESSAGES = 6;
const connection = await amqp.connect(url);
connection.on('error', () => {});
const say = (...words) => console.log(words.join(' '));

/** A channel of its own, because a refusal costs it. */
async function attempt(work) {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    const result = await work(channel);
    await channel.close();
    return result;
  } catch (error) {
    return `refused ${error.code}`;
  }
}

async function count(name) {
  const answer = await attempt((channel) => channel.checkQueue(name));
  return typeof answer === 'string' ? answer : answer.messageCount;
}

async function sayCounts(title) {
  for (const { name } of world.queues) say(title, name, await count(name));
}

function deaths(headers) {
  return (headers['x-death'] ?? [])
    .map((d) => [d.queue, d.reason, d.count, d.exchange, d['routing-keys'].join('+')].join(','))
    .join(';');
}

/** redelivered is left out where the answer may depend on what was stored before a restart. */
function told(message, withRedelivered = true) {
  const { properties, fields } = message;
  return [
    message.content.toString(),
    `priority=${properties.priority ?? 'none'}`,
    `mode=${properties.deliveryMode}`,
    `expiration=${properties.expiration ?? 'none'}`,
    withRedelivered ? `redelivered=${fields.redelivered}` : '',
    `via=${fields.exchange}/${fields.routingKey}`,
    `returned=${properties.headers?.['x-delivery-count'] ?? 0}`,
    `deaths=${deaths(properties.headers ?? {})}`,
  ].join(' ');
}

async function publishAll() {
  const channel = await connection.createConfirmChannel();
  const send = (exchange, key, body, options) =>
    new Promise((resolve) => {
      const settled = (error) => resolve(error === null || error === undefined ? 'a' : 'n');
      channel.publish(exchange, key, Buffer.from(body), options, settled);
    });
  for (const { name, arguments: asked } of world.queues) {
    let outcomes = '';
    for (let i = 1; i <= MESSAGES; i++) {
      const options = { persistent: i !== 5 };
      // Quorum queues know priorities since RabbitMQ 4.
      if (asked['x-queue-type'] !== 'quorum') options.priority = i % 4;
      // RabbitMQ 3.10 keeps expired messages of a priority queue that has no TTL of its own.
      if (i === 3 && asked['x-max-priority'] === undefined) options.expiration = '200';
      outcomes += await send('', name, `${name}/${i}`, options);
    }
    say('published', name, outcomes);
  }
  await send('par.direct', 'd', 'direct', { persistent: true });
  await send('par.fanout', 'any', 'fanout', { persistent: true });
  await send('par.topic', 'a.b', 'topic', { persistent: true, priority: 2 });
  await send('par.alternate', 'nobody', 'alternate', { persistent: true });
  await send('', 'par.dead.own', 'cc', { persistent: true, CC: ['par.plain'], BCC: ['par.lazy'] });
  await channel.close();
}

async function settleSome({ name, settles = ['reject', 'requeue', 'ack', 'keep'] }) {
  const taken = await attempt(async (channel) => {
    const lines = [];
    for (const how of settles) {
      const message = await channel.get(name);
      if (message === false) break;
      lines.push(`${how}: ${told(message)}`);
      if (how === 'reject') channel.reject(message, false);
      else if (how === 'requeue') channel.nack(message, false, true);
      else if (how === 'ack') channel.ack(message);
    }
    return lines;
  });
  for (const line of Array.isArray(taken) ? taken : [taken]) say('settled', name, line);
}

async function drain({ name, isSorted = false }) {
  const taken = await attempt(async (channel) => {
    const lines = [];
    for (;;) {
      const message = await channel.get(name, { noAck: true });
      if (message === false) return lines;
      lines.push(told(message, false));
    }
  });
  const lines = Array.isArray(taken) ? taken : [taken];
  if (isSorted) lines.sort();
  for (const line of lines) say('drained', name, line);
}

if (phase === 'before') {
  for (const { name, type, arguments: options = {} } of world.exchanges) {
    const declare = (channel) =>
      channel.assertExchange(name, type, { durable: true, arguments: options });
    say('exchange', name, typeof (await attempt(declare)) === 'string' ? 'refused' : 'ok');
  }
  for (const { name, durable, arguments: options } of world.queues) {
    const declare = (channel) => channel.assertQueue(name, { durable, arguments: options });
    const answer = await attempt(declare);
    say('queue', name, typeof answer === 'string' ? answer : 'ok');
  }
  for (const { source, destination, key } of world.bindings) {
    await attempt((channel) => channel.bindQueue(destination, source, key));
  }
  await publishAll();
  await delay(700);
  await sayCounts('count');
  for (const queue of world.queues) if (!queue.isSorted) await settleSome(queue);
  await delay(400);
  await sayCounts('then');
} else {
  await sayCounts('restarted');
  for (const queue of world.queues) await drain(queue);
  for (const { name } of world.queues) await attempt((channel) => channel.deleteQueue(name));
  for (const { name } of world.exchanges) await attempt((channel) => channel.deleteExchange(name));
}
await connection.close();
