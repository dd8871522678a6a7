import { readFileSync } from 'node:fs';
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../../support/management/management-client.ts';
import { parseMetrics } from '../../support/management/prometheus-text.ts';

let managed: ManagedBroker;
let connection: ChannelModel;
let metricsUrl: string;

beforeAll(async () => {
  managed = await startManaged({ prometheus: { port: 0 } });
  metricsUrl = managed.broker.metricsUrl ?? '';
  connection = await amqp.connect(managed.broker.url);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  await channel.assertQueue('one "q"\\', { durable: true });
  await channel.assertQueue('two', { arguments: { 'x-queue-type': 'quorum' } });
  for (const name of ['one "q"\\', 'two', 'two']) channel.sendToQueue(name, Buffer.alloc(500));
  channel.publish('', 'nowhere', Buffer.from('x'));
  channel.publish('', 'nowhere', Buffer.alloc(2_000), { mandatory: true });
  await channel.waitForConfirms();
  await channel.get('two', { noAck: true });
  await channel.get('nowhere-else').catch(() => {});
});

afterAll(async () => {
  await connection.close();
  await managed.broker.close();
});

async function metrics(path = '') {
  const response = await fetch(`${metricsUrl}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  return parseMetrics(await response.text());
}

/** RabbitMQ's own list: name → type, help. */
const rabbitmq = JSON.parse(
  readFileSync(new URL('rabbitmq-metrics.json', import.meta.url), 'utf8'),
) as Record<string, { type: string; help: string }>;

describe('/metrics', () => {
  test('has every metric of RabbitMQ with its type and text', async () => {
    const { families } = await metrics();
    const ours = Object.fromEntries(families);
    for (const [name, family] of Object.entries(rabbitmq)) {
      expect([name, ours[name]?.type, ours[name]?.help]).toEqual([name, family.type, family.help]);
    }
  });

  test('sums up, and counts what clients did', async () => {
    const { value } = await metrics();
    expect(value('rabbitmq_queues')).toBe(2);
    expect(value('rabbitmq_queue_messages_ready')).toBe(2);
    expect(value('rabbitmq_connections')).toBe(1);
    expect(value('rabbitmq_channel_messages_published_total')).toBe(5);
    expect(value('rabbitmq_channel_messages_confirmed_total')).toBe(5);
    expect(value('rabbitmq_global_messages_received_confirm_total', { protocol: 'amqp091' })).toBe(
      5,
    );
    expect(value('rabbitmq_global_messages_routed_total', { protocol: 'amqp091' })).toBe(3);
    expect(value('rabbitmq_channel_messages_unroutable_dropped_total')).toBe(1);
    expect(value('rabbitmq_channel_messages_unroutable_returned_total')).toBe(1);
    const quorum = { protocol: 'amqp091', queue_type: 'rabbit_quorum_queue' };
    expect(value('rabbitmq_global_messages_delivered_get_auto_ack_total', quorum)).toBe(1);
    // The channel with the failed get is closed: what it did stays counted.
    expect(value('rabbitmq_channels_closed_total')).toBe(1);
    expect(value('warren_journal_bytes_total')).toBeGreaterThan(500);
  });

  test('sizes of messages fall into buckets that the dashboard selects by their text', async () => {
    const { value } = await metrics();
    const bucket = (le: string) =>
      value('rabbitmq_message_size_bytes_bucket', { protocol: 'amqp091', le });
    const texts = ['100.0', '1000.0', '10000.0', '100000.0', '1e+06', '1e+07', '5e+07', '1e+08'];
    expect(texts.map(bucket)).toEqual([1, 4, 5, 5, 5, 5, 5, 5]);
    expect(bucket('+Inf')).toBe(5);
    expect(value('rabbitmq_message_size_bytes_sum', { protocol: 'amqp091' })).toBe(3_501);
  });

  test('dead letters of which one may not be lost are counted when a queue has them', async () => {
    const channel = await connection.createConfirmChannel();
    const die = async (queue: string, deadLetterRoutingKey: string) => {
      const strict = { 'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'at-least-once' };
      const letters = { 'x-dead-letter-exchange': '', 'x-overflow': 'reject-publish' };
      const args = { ...strict, ...letters, 'x-dead-letter-routing-key': deadLetterRoutingKey };
      await channel.assertQueue(queue, { arguments: args });
      channel.sendToQueue(queue, Buffer.from('x'));
      await channel.waitForConfirms();
      const message = await channel.get(queue);
      if (message !== false) channel.reject(message, false);
      await channel.checkQueue(queue);
    };
    await channel.assertQueue('dead');
    await die('taken', 'dead');
    await die('kept', 'no-queue-of-this-name');
    const labels = { queue_type: 'rabbit_quorum_queue', dead_letter_strategy: 'at_least_once' };
    const confirmed = async () => {
      const { value } = await metrics();
      return value('rabbitmq_global_messages_dead_lettered_confirmed_total', labels);
    };
    expect(await confirmed()).toBe(1);
    await channel.deleteQueue('taken');
    expect(await confirmed()).toBe(1);
    for (const name of ['kept', 'dead']) await channel.deleteQueue(name);
    await channel.close();
  });

  test('exactly one identity, which says of what kind the answer is', async () => {
    const identities = async (path: string) =>
      (await metrics(path)).samples.filter(({ name }) => name === 'rabbitmq_identity_info');
    const endpoints = { '': 'aggregated', '/per-object': 'per-object', '/detailed': 'detailed' };
    for (const [path, endpoint] of Object.entries(endpoints)) {
      const found = await identities(path);
      expect(found.map(({ labels }) => labels['rabbitmq_endpoint'])).toEqual([endpoint]);
      expect(found[0]?.labels['rabbitmq_cluster_permanent_id']).toMatch(/^rabbitmq-cluster-id-/);
    }
  });

  test('elsewhere is nothing', async () => {
    for (const path of ['/metrics/nothing', '/', '/metricsx']) {
      const response = await fetch(new URL(path, metricsUrl));
      expect([path, response.status]).toEqual([path, 404]);
    }
  });
});

describe('/metrics/per-object', () => {
  test('names queues, whatever they are called', async () => {
    const { value } = await metrics('/per-object');
    const labels = { vhost: '/', queue: 'one "q"\\' };
    expect(value('rabbitmq_queue_messages_ready', labels)).toBe(1);
    expect(value('rabbitmq_queue_messages_bytes', labels)).toBe(500);
    expect(value('rabbitmq_queue_messages_ready', { vhost: '/', queue: 'two' })).toBe(1);
  });
});

describe('/metrics/detailed', () => {
  test('has the families that are asked for, and no others', async () => {
    const { families, value } = await metrics(
      '/detailed?family=queue_coarse_metrics&family=nonsense&family=exchange_bindings&vhost=%2F',
    );
    const names = [...families.keys()].filter((name) => !name.endsWith('_info'));
    expect(names).toEqual([
      'rabbitmq_detailed_queue_messages_ready',
      'rabbitmq_detailed_queue_messages_unacked',
      'rabbitmq_detailed_queue_messages',
      'rabbitmq_detailed_queue_process_reductions_total',
      'rabbitmq_cluster_exchange_bindings',
    ]);
    const labels = { vhost: '/', exchange: '', type: 'direct' };
    expect(value('rabbitmq_cluster_exchange_bindings', labels)).toBe(2);
  });

  test('only of the vhosts that are asked for', async () => {
    const { samples } = await metrics('/detailed?family=queue_coarse_metrics&vhost=other');
    expect(samples.filter(({ labels }) => 'queue' in labels)).toEqual([]);
  });

  test('a name is told once, also when two families have it', async () => {
    const path = '/detailed?family=queue_consumer_count&family=queue_metrics';
    const { samples } = await metrics(path);
    const consumers = samples.filter(({ name }) => name === 'rabbitmq_detailed_queue_consumers');
    expect(consumers.length).toBe(2);
  });
});

test('on the port of the API metrics ask for a login that may monitor', async () => {
  const url = `${managed.api.url}/metrics`;
  expect((await fetch(url)).status).toBe(401);
  const login = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
  const response = await fetch(`${url}/detailed?family=queue_consumer_count`, {
    headers: { authorization: login },
  });
  expect(response.status).toBe(200);
  expect(
    parseMetrics(await response.text()).families.has('rabbitmq_detailed_queue_consumers'),
  ).toBe(true);
});
