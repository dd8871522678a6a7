// The metrics that a RabbitMQ 3.10.8 told: ours have the same names, types and labels, but for those with a
// reason. sample-metrics.json: by sample, and by name, the type and the labels.
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../../support/management/management-client.ts';
import { parseMetrics } from '../../support/management/prometheus-text.ts';
import samples from './sample-metrics.json' with { type: 'json' };

const PATHS: Readonly<Record<keyof typeof samples, string>> = {
  'metrics_prometheus.txt': '',
  'metrics_per_object.txt': '/per-object',
  'metrics_detailed_queue_coarse.txt':
    '/detailed?family=queue_coarse_metrics&family=queue_consumer_count',
};

/** Names that ours do not have. */
const ABSENT: readonly RegExp[] = [
  // Of Erlang's runtime, and of the library that writes the text.
  /^(?:erlang|telemetry)_/,
  // One node: there is no log that nodes agree on.
  /^rabbitmq_raft_/,
  // Of the stream protocol, which is not spoken here.
  /^rabbitmq_global_stream_error_/,
  // Off unless asked for, so without a sample; where logins came from is in the log.
  /^rabbitmq_auth_attempts_detailed_/,
];

/** Names whose labels differ, and what ours have instead. */
const OTHER_LABELS: readonly (readonly [name: RegExp, theirs: string, ours: string])[] = [
  // RabbitMQ calls the connection a channel there.
  [/^rabbitmq_connection_/, 'channel', 'connection'],
  // Counted per queue and exchange, whatever the channel.
  [/^rabbitmq_queue_messages_published_total$/, 'channel', ''],
];

let managed: ManagedBroker;
let connection: ChannelModel;

beforeAll(async () => {
  managed = await startManaged({ prometheus: { port: 0 } });
  connection = await amqp.connect(managed.broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('queue');
  channel.sendToQueue('queue', Buffer.from('x'));
  await channel.waitForConfirms();
  await channel.consume('queue', () => {});
  await channel.assertQueue('kept');
  channel.sendToQueue('kept', Buffer.from('x'), { timestamp: 1_700_000_000 });
  await channel.waitForConfirms();
});

afterAll(async () => {
  await connection.close();
  await managed.broker.close();
});

/** By name: the type and all labels. */
async function metrics(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await (await fetch(`${managed.broker.metricsUrl}${path}`)).text();
  const { families, samples: rows } = parseMetrics(text);
  const labels = new Map<string, Set<string>>();
  for (const { name, labels: ours } of rows) {
    const family = families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    const known = labels.get(family) ?? new Set();
    for (const label of Object.keys(ours)) known.add(label);
    labels.set(family, known);
  }
  return new Map(
    Array.from(families, ([name, { type }]) => [name, [type, ...(labels.get(name) ?? [])]]),
  );
}

/** As ours should be. */
function wanted(name: string, described: string): string[] {
  const change = OTHER_LABELS.find(([pattern]) => pattern.test(name));
  const words = described.split(' ').map((word) => (word === change?.[1] ? change[2] : word));
  return words.filter((word) => word !== '');
}

test.for(Object.entries(PATHS))('%s', async ([sample, path]) => {
  const ours = await metrics(path);
  const theirs = Object.entries(samples[sample as keyof typeof samples]);
  const compared = theirs.filter(([name]) => !ABSENT.some((pattern) => pattern.test(name)));
  const different = compared.flatMap(([name, described]) => {
    const own = ours.get(name) ?? [];
    const missing = wanted(name, described).filter((word) => !own.includes(word));
    return missing.length === 0 ? [] : [`${name} has no ${missing.join(', ')}`];
  });
  expect(different).toEqual([]);
});

it('every exception is one', async () => {
  const theirs = Object.assign({}, ...Object.values(samples)) as Record<string, string>;
  const ours = await metrics('/per-object');
  for (const pattern of ABSENT) {
    const names = Object.keys(theirs).filter((name) => pattern.test(name));
    expect([pattern, names.length > 0]).toEqual([pattern, true]);
    expect(names.filter((name) => ours.has(name))).toEqual([]);
  }
  const perObject = Object.entries(samples['metrics_per_object.txt']);
  for (const [pattern, label] of OTHER_LABELS) {
    const names = perObject.filter(([name, text]) => pattern.test(name) && text.includes(label));
    expect([pattern, names.length > 0]).toEqual([pattern, true]);
    expect(names.filter(([name]) => ours.get(name)?.includes(label))).toEqual([]);
  }
});

it('tells the timestamp of the first message of each queue, and of all together none', async () => {
  const read = async (path: string) =>
    parseMetrics(await (await fetch(`${managed.broker.metricsUrl}${path}`)).text());
  const name = 'rabbitmq_queue_head_message_timestamp';
  const { value } = await read('/per-object');
  expect(value(name, { vhost: '/', queue: 'kept' })).toBe(1_700_000_000);
  expect(value(name, { vhost: '/', queue: 'queue' })).toBeNaN();
  expect((await read('')).value(name)).toBeNaN();
});

it('tells when the process began, always the same', async () => {
  const read = async () =>
    parseMetrics(await (await fetch(`${managed.broker.metricsUrl}`)).text()).value(
      'process_start_time_seconds',
    );
  const first = await read();
  expect(first).toBeGreaterThan(1_700_000_000);
  expect(first).toBeLessThanOrEqual(Date.now() / 1000);
  expect(await read()).toBe(first);
});
