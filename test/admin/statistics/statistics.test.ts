import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NodeReadings } from '../../../src/admin/readings.ts';
import { DELIVERY_COLUMNS, QUEUE_COLUMNS } from '../../../src/admin/statistics/message-stats.ts';
import { NO_RANGES } from '../../../src/admin/statistics/sample-ranges.ts';
import { queueValues, Statistics } from '../../../src/admin/statistics/statistics.ts';
import { totalsOf } from '../../../src/admin/statistics/totals.ts';
import type { Queue } from '../../../src/broker/queue/queue.ts';
import { ProcessReadings } from '../../../src/network/process-readings.ts';
import { type BrokerFixture, openBroker } from '../../broker/broker-fixture.ts';

let fixture: BrokerFixture;
let statistics: Statistics;

function readings(): NodeReadings {
  const [memoryLimitBytes, diskFreeLimitBytes, fileDescriptorsMax] = [1, 1, 1];
  return new ProcessReadings({
    ...{ memoryLimitBytes, diskFreeLimitBytes, fileDescriptorsMax },
    directory: '.',
  });
}

beforeEach(async () => {
  fixture = await openBroker();
  statistics = new Statistics(fixture.broker, readings());
});

afterEach(() => fixture.close());

const vhost = () => fixture.broker.vhosts.existing('/');

function rates(queue: Queue): Record<string, number> {
  const view: Record<string, unknown> = {};
  for (const group of ['lengths', 'msg_rates'] as const) {
    const values = queueValues(queue);
    statistics.samples.describe(view, queue, QUEUE_COLUMNS, values, group, NO_RANGES);
  }
  const found = Object.entries(view).flatMap(([name, details]) =>
    name.endsWith('_details') ? [[name.slice(0, -8), (details as { rate: number }).rate]] : [],
  );
  return Object.fromEntries(found.filter(([, rate]) => rate !== 0));
}

test('rates are those of the last five seconds, of queues, channels and all together', async () => {
  const connection = await fixture.connect();
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q');
  const publish = async (count: number) => {
    for (let i = 0; i < count; i++) channel.sendToQueue('q', Buffer.from('x'));
    await channel.waitForConfirms();
  };
  await statistics.sample();
  await publish(10);
  await statistics.sample();
  const queue = vhost().queues.get('q') as Queue;
  expect(rates(queue)).toEqual({ messages: 2, messages_ready: 2, publish: 2 });
  await publish(5);
  for (let i = 0; i < 15; i++) await channel.get('q', { noAck: true });
  await channel.get('q', { noAck: true });
  await statistics.sample();
  expect(rates(queue)).toEqual({
    messages: -2,
    messages_ready: -2,
    publish: 1,
    get_no_ack: 3,
    deliver_get: 3,
    get_empty: 0.2,
  });
  const [use] = queue.counts.uses;
  const view: Record<string, unknown> = {};
  const none = DELIVERY_COLUMNS.map(() => 0);
  statistics.samples.describe(view, use ?? {}, DELIVERY_COLUMNS, none, 'msg_rates', NO_RANGES);
  expect(view['get_no_ack_details']).toEqual({ rate: 3 });
  await statistics.sample();
  expect(rates(queue)).toEqual({});
  await connection.close();
});

test('what is gone stays in the totals', async () => {
  const connection = await fixture.connect();
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('x', 'fanout');
  await channel.assertQueue('q', { deadLetterExchange: 'x' });
  await channel.bindQueue('q', 'x', '');
  channel.publish('x', '', Buffer.from('a'));
  channel.publish('x', '', Buffer.from('b'));
  await channel.waitForConfirms();
  const first = await channel.get('q');
  if (first !== false) channel.ack(first);
  const second = await channel.get('q');
  if (second !== false) channel.reject(second, false);
  await channel.checkQueue('q');
  const expected = {
    publishOut: 2,
    publishes: { publish: 2, confirm: 2, returnUnroutable: 0, dropUnroutable: 0 },
    deliveries: { get: 2, ack: 1, deliver: 0 },
  };
  const { counts } = fixture.broker;
  const totals = () => {
    const sum = totalsOf(fixture.broker.vhosts.all()).counts;
    sum.add(counts.removedVhosts);
    return { publishOut: sum.publishOut, publishes: sum.publishes, deliveries: sum.deliveries };
  };
  expect(totals()).toMatchObject(expected);
  await channel.deleteQueue('q');
  expect(totals()).toMatchObject(expected);
  await channel.deleteExchange('x');
  expect(totals()).toMatchObject(expected);
  await channel.close();
  expect(totals()).toMatchObject(expected);
  await connection.close();
  fixture.broker.deleteVhost('/');
  expect(totals()).toMatchObject(expected);
  expect(counts.removedVhosts.ofType('classic').deaths.rejected).toBe(1);
  expect(counts.removedVhosts.traffic.receivedBytes).toBeGreaterThan(0);
  expect(counts.churn).toEqual({
    connectionsCreated: 1,
    connectionsClosed: 1,
    channelsCreated: 1,
    channelsClosed: 1,
    queuesDeclared: 2,
    queuesCreated: 1,
    queuesDeleted: 1,
  });
});

test('transactions count when they commit, and not at all when they are rolled back', async () => {
  const connection = await fixture.connect();
  const channel = await connection.createChannel();
  await channel.assertQueue('q');
  // amqplib has no tx: the broker is asked from below.
  const raw = channel as unknown as {
    rpc(method: number, fields: object, reply: number): Promise<void>;
  };
  const [select, selectOk, commit, commitOk, rollback, rollbackOk] = [
    0x005a000a, 0x005a000b, 0x005a0014, 0x005a0015, 0x005a001e, 0x005a001f,
  ];
  await raw.rpc(select, {}, selectOk);
  const published = () => totalsOf([vhost()]).counts.publishes.publish;
  channel.sendToQueue('q', Buffer.from('x'));
  await raw.rpc(rollback, {}, rollbackOk);
  expect(published()).toBe(0);
  channel.sendToQueue('q', Buffer.from('x'));
  expect(published()).toBe(0);
  await raw.rpc(commit, {}, commitOk);
  expect(published()).toBe(1);
  await connection.close();
});
