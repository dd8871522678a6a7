// Our broker as a target of conversations: one core, reached over TCP and in memory.
import { InternalUsers } from '../../../src/auth/internal-users.ts';
import { Broker } from '../../../src/broker/broker.ts';
import type { BrokerSettings } from '../../../src/broker/broker-settings.ts';
import { silentLog } from '../../../src/network/log.ts';
import { SystemClock } from '../../../src/network/system-clock.ts';
import { SystemRandom } from '../../../src/network/system-random.ts';
import { TcpListener } from '../../../src/network/tcp-listener.ts';
import type { FieldTable, FieldValue } from '../../../src/protocol/field-table.ts';
import { openMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { openInMemory } from '../amqp/memory-stream.ts';
import { readDefinitions } from './definitions.ts';
import { type ConversationTarget, targetAt } from './target.ts';

export async function openOwnTargets(): Promise<ConversationTarget[]> {
  const broker = prepareBroker();
  const listener = await TcpListener.listen({
    address: { host: '127.0.0.1', port: 0 },
    accept: (transport) => broker.accept(transport),
    log: silentLog,
  });
  const overTcp = targetAt(
    'warren over TCP',
    'warren',
    `amqp://127.0.0.1:${listener.address.port}`,
  );
  return [
    { ...overTcp, close: () => listener.close() },
    {
      name: 'the core in memory',
      broker: 'warren',
      open: () => Promise.resolve(openInMemory(broker)),
      close: () => broker.close(),
    },
  ];
}

function prepareBroker(): Broker {
  const { metadata, journal } = openMemoryStore();
  const random = new SystemRandom();
  const users = new InternalUsers({ metadata, random, loopbackUsers: new Set(['guest']) });
  const broker = new Broker({
    clock: new SystemClock(),
    random,
    journal,
    metadata,
    access: users,
    log: silentLog,
    settings: SETTINGS,
  });
  const definitions = readDefinitions();
  for (const { name } of definitions.vhosts) broker.vhosts.create(name);
  users.putUser('guest', 'guest', ['administrator']);
  users.setPermission('guest', '/', { configure: '.*', write: '.*', read: '.*' });
  for (const { name, password_hash: hash, tags } of definitions.users) {
    users.putUserHash(name, hash, 'rabbit_password_hashing_sha256', tags === '' ? [] : [tags]);
  }
  for (const { user, vhost, ...patterns } of definitions.permissions) {
    users.setPermission(user, vhost, patterns);
  }
  return broker;
}

const CAPABILITIES = [
  'publisher_confirms',
  'exchange_exchange_bindings',
  'basic.nack',
  'consumer_cancel_notify',
  'connection.blocked',
  'consumer_priorities',
  'authentication_failure_close',
  'per_consumer_qos',
  'direct_reply_to',
];

function serverProperties(): FieldTable {
  const text = (value: string): FieldValue => ({ type: 'S', value: Buffer.from(value) });
  return new Map<string, FieldValue>([
    [
      'capabilities',
      { type: 'F', value: new Map(CAPABILITIES.map((name) => [name, { type: 't', value: true }])) },
    ],
    ['cluster_name', text('conversations')],
    ['copyright', text('')],
    ['information', text('')],
    ['platform', text('Node.js')],
    ['product', text('RabbitMQ')],
    ['version', text('3.12.0')],
  ]);
}

const SETTINGS: BrokerSettings = {
  heartbeatSeconds: 60,
  frameMaxBytes: 131_072,
  initialFrameMaxBytes: 8_192,
  channelMax: 2_047,
  maxMessageBytes: 16 * 1024 * 1024,
  handshakeTimeoutMs: 10_000,
  connectionMax: 10_000,
  consumerMaxPerChannel: 10_000,
  messageMemoryBytes: 64 * 1024 * 1024,
  serverProperties: serverProperties(),
  defaultVhost: '/',
};
