// What RabbitMQ 3.10.8 answers, as shapes: every key that it has is in our answer to the same request,
// with a value of the same type. rabbitmq-shapes.json holds the shapes of its answers.
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';
import { differences, type Shape } from '../support/management/shapes.ts';
import shapes from './rabbitmq-shapes.json' with { type: 'json' };

/** Paths of keys that are not in our answers, and why. */
const ABSENT: readonly RegExp[] = [
  // Not said of a channel or queue that was active in the last seconds.
  /idle_since$/,
  // A policy that is not there has no name.
  /\.policy$/,
  // Only Erlang counts them: there is nothing to be sampled.
  /\.reductions_details\.(samples|avg|avg_rate)$/,
];

/** A type that RabbitMQ gives here and we do not. */
const OTHER_TYPES: readonly RegExp[] = [
  // Always a table, never an empty list.
  /\.(ssl_opts|socket_opts)$/,
  // Null in RabbitMQ's lists, an empty text in its single objects.
  /\.(ssl_\w+|peer_cert_\w+)$/,
  // A broker in memory has no configuration file.
  /\.config_files$/,
  // Named when there is one.
  /\.(policy|operator_policy|exclusive_consumer_tag|single_active_consumer_\w+|head_message_timestamp)$/,
];

let managed: ManagedBroker;
let connection: ChannelModel;
const names = { connection: '', consumer: '', publisher: '', exclusive: '' };

beforeAll(async () => {
  managed = await startManaged();
  const { broker, api } = managed;
  const { admin } = broker;
  await admin.putUser('mgmt', { password: 'mgmt', tags: ['management'] });
  await admin.setPermission('mgmt', '/', { configure: '.*', write: '.*', read: '.*' });
  await admin.setPolicy('/', 'max', { pattern: '^orders$', definition: { 'max-length': 50_000 } });
  connection = await amqp.connect(broker.url, { clientProperties: { connection_name: 'shapes' } });
  await declareAll(connection);
  const channels = (await api.get('/channels')).json;
  names.connection = channels[0].connection_details.name;
  names.consumer = `${names.connection} (1)`;
  names.publisher = `${names.connection} (2)`;
});

/** Channel 1 consumes, channel 2 publishes. */
async function declareAll(model: ChannelModel): Promise<void> {
  const consuming = await model.createChannel();
  const publishing = await model.createConfirmChannel();
  await consuming.assertExchange('orders.x', 'topic', { alternateExchange: 'amq.fanout' });
  await consuming.assertExchange('audit.x', 'fanout');
  await consuming.bindExchange('audit.x', 'orders.x', '#');
  await consuming.assertExchange('dlx', 'direct');
  const dead = { deadLetterExchange: 'dlx', deadLetterRoutingKey: 'dead' };
  await consuming.assertQueue('orders', { ...dead, maxPriority: 5, maxLength: 100_000 });
  await consuming.assertQueue('orders.dlq');
  await consuming.bindQueue('orders.dlq', 'dlx', 'dead');
  await consuming.bindQueue('orders', 'orders.x', 'order.*');
  await consuming.assertQueue('payments', { arguments: { 'x-queue-type': 'quorum' } });
  await consuming.bindQueue('payments', 'orders.x', 'order.*');
  await consuming.assertQueue('idle');
  await consuming.assertQueue('cart');
  const { queue } = await consuming.assertQueue('', { exclusive: true });
  names.exclusive = queue;
  await consuming.bindQueue(queue, 'orders.x', '#');
  for (const name of ['orders', 'payments', 'cart', queue]) await consuming.consume(name, () => {});
  const properties = { contentType: 'text/plain', headers: { k: 'v' }, messageId: 'm' };
  publishing.publish('orders.x', 'order.new', Buffer.from('{}'), properties);
  publishing.publish('orders.x', 'order.new', Buffer.from('{}'), { persistent: true });
  publishing.sendToQueue('cart', Buffer.from('item'));
  const full = { ...properties, contentEncoding: 'utf-8', correlationId: 'c', replyTo: 'r' };
  const rest = { expiration: '86400000', timestamp: 1_700_000_000, type: 't', userId: 'guest' };
  const all = { ...full, ...rest, appId: 'a', priority: 1, persistent: true };
  publishing.sendToQueue('idle', Buffer.from('one'), all);
  await publishing.waitForConfirms();
  await publishing.assertQueue('dying', { ...dead, messageTtl: 0 });
  publishing.sendToQueue('dying', Buffer.from('x'), { persistent: true, headers: { k: 'v' } });
  await publishing.waitForConfirms();
  // What was fetched is counted as a delivery of its channel.
  const got = await publishing.get('idle', { noAck: false });
  if (got !== false) publishing.nack(got);
}

afterAll(async () => {
  await connection.close();
  await managed.broker.close();
});

const RANGES =
  'lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5&data_rates_age=60&data_rates_incr=5';
const FETCH = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
const PUBLISH = { properties: {}, routing_key: 'idle', payload: 'x', payload_encoding: 'string' };

interface Request {
  readonly path: () => string;
  readonly body?: object;
  readonly login?: string;
}

const path = (text: string): Request => ({ path: () => text });
const encoded = (name: keyof typeof names) => encodeURIComponent(names[name]);

const REQUESTS: Readonly<Record<keyof typeof shapes, Request>> = {
  overview: path('/overview'),
  'overview with samples': path(`/overview?${RANGES}`),
  'overview without statistics': path('/overview?disable_stats=true&enable_queue_totals=true'),
  'overview of a management user': { ...path('/overview'), login: 'mgmt:mgmt' },
  node: { path: () => `/nodes/${nodeName()}` },
  nodes: path('/nodes'),
  'node memory': { path: () => `/nodes/${nodeName()}/memory` },
  'node memory in percent': { path: () => `/nodes/${nodeName()}/memory/relative` },
  'node with memory': { path: () => `/nodes/${nodeName()}?memory=true&binary=true` },
  connection: { path: () => `/connections/${encoded('connection')}` },
  connections: path('/connections'),
  'page of connections': path('/connections?page=1&page_size=2&sort=name&sort_reverse=true'),
  'connections of a user': path('/connections/username/guest'),
  'channels of a connection': { path: () => `/connections/${encoded('connection')}/channels` },
  'connections of a vhost': path('/vhosts/%2F/connections'),
  'channels of a vhost': path('/vhosts/%2F/channels'),
  'channel that consumes': { path: () => `/channels/${encoded('consumer')}` },
  'channel that publishes': { path: () => `/channels/${encoded('publisher')}` },
  channels: path('/channels'),
  consumers: path('/consumers'),
  'consumers of a vhost': path('/consumers/%2F'),
  exchanges: path('/exchanges'),
  'page of exchanges': path('/exchanges/%2F?page=1&page_size=5&name=amq&use_regex=false'),
  exchange: path('/exchanges/%2F/orders.x'),
  'exchange with samples': path('/exchanges/%2F/orders.x?msg_rates_age=60&msg_rates_incr=5'),
  'default exchange': path('/exchanges/%2F/amq.default'),
  queues: path('/queues'),
  queue: path('/queues/%2F/orders'),
  'queue with samples': path(`/queues/%2F/orders?${RANGES}`),
  'exclusive queue': { path: () => `/queues/%2F/${encoded('exclusive')}` },
  'queue without consumers': path('/queues/%2F/idle'),
  'queue with unacked messages': path('/queues/%2F/cart'),
  'quorum queue': path('/queues/%2F/payments'),
  'queues without statistics': path('/queues?disable_stats=true&enable_queue_totals=true'),
  'page of queues': path('/queues/%2F?page=1&page_size=2&name=orders&sort=messages'),
  'columns of queues': path(
    '/queues?columns=vhost,name,messages,message_stats.publish_details.rate',
  ),
  bindings: path('/bindings'),
  'bindings of a vhost': path('/bindings/%2F'),
  'bindings to a queue': path('/bindings/%2F/e/orders.x/q/orders'),
  'bindings to an exchange': path('/bindings/%2F/e/orders.x/e/audit.x'),
  binding: path('/bindings/%2F/e/orders.x/q/orders/order.*'),
  'bindings of a queue': path('/queues/%2F/orders/bindings'),
  'bindings from an exchange': path('/exchanges/%2F/orders.x/bindings/source'),
  'bindings at an exchange': path('/exchanges/%2F/audit.x/bindings/destination'),
  'fetched messages': { ...path('/queues/%2F/idle/get'), body: FETCH },
  'fetched dead letter': { ...path('/queues/%2F/orders.dlq/get'), body: FETCH },
  published: { ...path('/exchanges/%2F/amq.default/publish'), body: PUBLISH },
};

function nodeName(): string {
  return encodeURIComponent(overviewNode);
}

let overviewNode = '';

beforeAll(async () => {
  overviewNode = (await managed.api.get('/overview')).json.node;
});

describe('our answer has all that RabbitMQ has:', () => {
  test.for(Object.entries(REQUESTS))('%s', async ([name, request]) => {
    const { api } = managed;
    const method = request.body === undefined ? 'GET' : 'POST';
    const login = request.login ?? 'guest:guest';
    const answer = await api.call(method, request.path(), request.body, { login });
    expect(answer.status).toBe(200);
    const shape = shapes[name as keyof typeof shapes] as Shape;
    const exceptions = { absent: ABSENT, otherTypes: OTHER_TYPES };
    expect(differences('', shape, answer.json, exceptions)).toEqual([]);
  });
});
