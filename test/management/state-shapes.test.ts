// The same as rabbitmq-shapes.test.ts for health, alarms and what only some brokers have: with the status.
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../support/management/management-client.ts';
import { ABSENT, OTHER_TYPES } from '../support/management/shape-exceptions.ts';
import { differences, type Shape } from '../support/management/shapes.ts';
import shapes from './state-shapes.json' with { type: 'json' };

type Sample = keyof typeof shapes;

interface Answer {
  readonly status: number;
  readonly body: Shape;
}

/** What we answer otherwise than RabbitMQ 3.10.8 did. */
const DIFFERENCES: Readonly<Partial<Record<Sample, Answer>>> = {
  // Later versions of RabbitMQ know these.
  'deprecated_features.json': { status: 200, body: [] },
  'hash_password.json': { status: 200, body: { ok: 'string' } },
  'version.json': { status: 200, body: 'string' },
  // There are no shovels: what the sample says of two of them cannot be said.
  'shovels.json': { status: 200, body: [] },
  'shovels_vhost.json': { status: 200, body: [] },
};

const health = (path: string) => `/health/checks/${path}`;

/** Of a broker that is well; `PORT` is its port for AMQP. */
const WELL = {
  'health_local-alarms.json': health('local-alarms'),
  'health_node-is-mirror-sync-critical.json': health('node-is-mirror-sync-critical'),
  'health_certificate-expiration_1_months.json': health('certificate-expiration/1/months'),
  'health_certificate-expiration_1_foo.json': health('certificate-expiration/1/foo'),
  'health_port-listener_5696.json': health('port-listener/PORT'),
  'health_port-listener_1.json': health('port-listener/1'),
  'health_port-listener_abc.json': health('port-listener/abc'),
  'health_protocol-listener_amqp.json': health('protocol-listener/amqp'),
  'health_protocol-listener_http.json': health('protocol-listener/http'),
  'health_protocol-listener_mqtt.json': health('protocol-listener/mqtt'),
  'node_memory_ets.json': '/nodes/rabbit@localhost/memory/ets',
  'deprecated_features.json': '/deprecated-features',
  'hash_password.json': '/auth/hash_password/secret',
  'version.json': '/version',
  'rebalance.json': '/rebalance/queues',
  'shovels.json': '/shovels',
  'shovels_vhost.json': '/shovels/%2F',
  'federation_links.json': '/federation-links',
  'stream_connections.json': '/stream/connections',
  'stream_consumers.json': '/stream/consumers',
  'stream_publishers.json': '/stream/publishers',
};

/** Of one whose memory alarm is on. */
const ALARMED = {
  'alarm_aliveness.json': '/aliveness-test/%2F',
  'alarm_connections.json': '/connections',
  'alarm_health_alarms.json': health('alarms'),
  'alarm_health_local.json': health('local-alarms'),
  'alarm_healthchecks_node.json': '/healthchecks/node',
  'alarm_nodes.json': '/nodes',
};

let well: ManagedBroker;
let alarmed: ManagedBroker;
let connection: ChannelModel;

beforeAll(async () => {
  well = await startManaged();
  alarmed = await startManaged({ config: { 'vm_memory_high_watermark.absolute': 0 } });
  connection = await amqp.connect(alarmed.broker.url, {
    clientProperties: { connection_name: 'blocked' },
  });
  const blocked = new Promise((resolve) => connection.once('blocked', resolve));
  (await connection.createChannel()).publish('', 'nowhere', Buffer.from('x'));
  await blocked;
});

afterAll(async () => {
  await connection.close();
  await well.broker.close();
  await alarmed.broker.close();
});

async function expectSame({ api, broker }: ManagedBroker, name: Sample, path: string) {
  const { status, body } = DIFFERENCES[name] ?? (shapes[name] as Answer);
  const method = name === 'rebalance.json' ? 'POST' : 'GET';
  const sent = method === 'POST' ? {} : undefined;
  const answer = await api.call(method, path.replace('PORT', `${broker.port}`), sent);
  expect(answer.status).toBe(status);
  const exceptions = { absent: ABSENT, otherTypes: OTHER_TYPES };
  expect(differences('', body, answer.json, exceptions)).toEqual([]);
}

describe('our answer has all that RabbitMQ has:', () => {
  test.for(Object.entries(WELL))('%s', ([name, path]) => expectSame(well, name as Sample, path));

  test.for(Object.entries(ALARMED))('%s', ([name, path]) =>
    expectSame(alarmed, name as Sample, path),
  );

  test('every shape is asked for', () => {
    expect(Object.keys({ ...WELL, ...ALARMED }).sort()).toEqual(Object.keys(shapes).sort());
  });
});

test('a connection that publishes under an alarm is blocked', async () => {
  expect((await alarmed.api.get('/connections')).json[0].state).toBe('blocked');
});
