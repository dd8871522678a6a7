// What RabbitMQ 3.10.8 answers, as shapes: every key that it has is in our answer to the same request,
// with a value of the same type. rabbitmq-shapes.json holds the shapes of its answers, each by the name of
// its sample (see samples.test.ts).
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';
import { ABSENT, OTHER_TYPES } from '../support/management/shape-exceptions.ts';
import { differences, type Shape } from '../support/management/shapes.ts';
import shapes from './rabbitmq-shapes.json' with { type: 'json' };

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
  await consuming.assertQueue('unused');
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
  await publishing.assertQueue('binary');
  publishing.sendToQueue('binary', Buffer.from([0, 255, 254, 1]), { headers: {} });
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
const PUBLISH = {
  properties: { delivery_mode: 2, headers: { a: 1, b: 'x', c: true } },
  routing_key: 'idle',
  payload: 'aGVsbG8=',
  payload_encoding: 'base64',
};

const UNROUTED = {
  properties: {},
  routing_key: 'nope',
  payload: 'x',
  payload_encoding: 'string',
};

interface Request {
  readonly path: () => string;
  readonly body?: object;
  readonly login?: string;
  /** Default 200. */
  readonly status?: number;
  /** Asked at a time when nothing has happened for long. */
  readonly isLater?: boolean;
}

const path = (text: string): Request => ({ path: () => text });
const encoded = (name: keyof typeof names) => encodeURIComponent(names[name]);

const REQUESTS: Readonly<Record<keyof typeof shapes, Request>> = {
  'overview.json': path('/overview'),
  'overview_ranges.json': path(`/overview?${RANGES}`),
  'overview_disable_stats.json': path('/overview?disable_stats=true&enable_queue_totals=true'),
  'overview_as_management_user.json': { ...path('/overview'), login: 'mgmt:mgmt' },
  'node.json': { path: () => `/nodes/${nodeName()}` },
  'nodes.json': path('/nodes'),
  'node_memory.json': { path: () => `/nodes/${nodeName()}/memory` },
  'node_memory_relative.json': { path: () => `/nodes/${nodeName()}/memory/relative` },
  'node_query_memory_binary.json': { path: () => `/nodes/${nodeName()}?memory=true&binary=true` },
  'connection.json': { path: () => `/connections/${encoded('connection')}` },
  'connections.json': path('/connections'),
  'connections_paginated.json': path('/connections?page=1&page_size=2&sort=name&sort_reverse=true'),
  'connections_username.json': path('/connections/username/guest'),
  'connection_channels.json': { path: () => `/connections/${encoded('connection')}/channels` },
  'vhost_connections.json': path('/vhosts/%2F/connections'),
  'vhost_channels.json': path('/vhosts/%2F/channels'),
  'channel.json': { path: () => `/channels/${encoded('consumer')}` },
  'channel_publisher.json': { path: () => `/channels/${encoded('publisher')}` },
  'channels.json': path('/channels'),
  'consumers.json': path('/consumers'),
  'consumers_vhost.json': path('/consumers/%2F'),
  'exchanges.json': path('/exchanges'),
  'exchanges_vhost.json': path('/exchanges/%2F?page=1&page_size=5&name=amq&use_regex=false'),
  'exchange.json': path('/exchanges/%2F/orders.x'),
  'exchange_ranges.json': path('/exchanges/%2F/orders.x?msg_rates_age=60&msg_rates_incr=5'),
  'exchange_default.json': path('/exchanges/%2F/amq.default'),
  'queues.json': path('/queues'),
  'queue_classic.json': path('/queues/%2F/orders'),
  'queue_classic_ranges.json': path(`/queues/%2F/orders?${RANGES}`),
  'queue_exclusive.json': { path: () => `/queues/%2F/${encoded('exclusive')}` },
  'queue_idle.json': path('/queues/%2F/idle'),
  'queue_unacked.json': path('/queues/%2F/cart'),
  'queue_quorum.json': path('/queues/%2F/payments'),
  'queues_disable_stats.json': path('/queues?disable_stats=true&enable_queue_totals=true'),
  'queues_vhost_paginated.json': path('/queues/%2F?page=1&page_size=2&name=orders&sort=messages'),
  'queues_columns.json': path(
    '/queues?columns=vhost,name,messages,message_stats.publish_details.rate',
  ),
  'bindings.json': path('/bindings'),
  'bindings_vhost.json': path('/bindings/%2F'),
  'bindings_e_q.json': path('/bindings/%2F/e/orders.x/q/orders'),
  'bindings_e_e.json': path('/bindings/%2F/e/orders.x/e/audit.x'),
  'binding_single.json': path('/bindings/%2F/e/orders.x/q/orders/order.*'),
  'queue_bindings.json': path('/queues/%2F/orders/bindings'),
  'exchange_bindings_source.json': path('/exchanges/%2F/orders.x/bindings/source'),
  'exchange_bindings_destination.json': path('/exchanges/%2F/audit.x/bindings/destination'),
  'queue_get_auto.json': { ...path('/queues/%2F/idle/get'), body: FETCH },
  'queue_get_xdeath.json': { ...path('/queues/%2F/orders.dlq/get'), body: FETCH },
  'queue_get_base64.json': {
    ...path('/queues/%2F/idle/get'),
    body: { ...FETCH, encoding: 'base64' },
  },
  'queue_get_truncated.json': {
    ...path('/queues/%2F/idle/get'),
    body: { ...FETCH, count: '1', ackmode: 'reject_requeue_true', truncate: 1 },
  },
  'queue_get_binary_payload.json': { ...path('/queues/%2F/binary/get'), body: FETCH },
  'queue_get_empty.json': { ...path('/queues/%2F/orders.none/get'), body: FETCH, status: 404 },
  'queue_idle_since.json': { ...path('/queues/%2F/unused'), isLater: true },
  'queues_disable_stats_no_totals.json': path('/queues?disable_stats=true'),
  'exchange_publish_unrouted.json': {
    ...path('/exchanges/%2F/amq.default/publish'),
    body: UNROUTED,
  },
  'exchange_publish_routed.json': { ...path('/exchanges/%2F/amq.default/publish'), body: PUBLISH },
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
    const { isLater = false, status = 200 } = request;
    if (isLater) vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    const answer = await api.call(method, request.path(), request.body, { login });
    vi.restoreAllMocks();
    expect(answer.status).toBe(status);
    const shape = shapes[name as keyof typeof shapes] as Shape;
    // Who is idle says since when.
    const absent = ABSENT.filter((path) => !(isLater && path.test('.idle_since')));
    const exceptions = { absent, otherTypes: OTHER_TYPES };
    expect(differences('', shape, answer.json, exceptions)).toEqual([]);
  });
});
