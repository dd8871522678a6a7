import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { type Config, ConfigError, configOf } from '../../src/config/config.ts';
import { configKeyNames, configKeys, findConfigKey } from '../../src/config/config-keys.ts';
import { isUnsupportedKey } from '../../src/config/unsupported-keys.ts';

test('the defaults', () => {
  expect(configOf({})).toEqual({
    listeners: [{ host: '127.0.0.1', port: 5_672 }],
    dataDirectory: './data',
    storageEngine: 'lmdb',
    clusterName: 'warren',
    nodeName: `warren@${hostname().split('.')[0]}`,
    productName: 'WarrenMQ',
    productVersion: undefined,
    defaultVhost: '/',
    defaultQueueType: 'classic',
    defaultUser: {
      name: 'guest',
      password: 'guest',
      tags: ['administrator'],
      permissions: { configure: '.*', write: '.*', read: '.*' },
    },
    passwordHashingModule: 'rabbit_password_hashing_sha256',
    loopbackUsers: new Set(['guest']),
    definitionsPath: undefined,
    heartbeatSeconds: 60,
    frameMaxBytes: 131_072,
    initialFrameMaxBytes: 8_192,
    channelMax: 2_047,
    connectionMax: Number.POSITIVE_INFINITY,
    consumerMaxPerChannel: Number.POSITIVE_INFINITY,
    consumerTimeoutMs: 1_800_000,
    consumerTimeoutResponse: 'close_channel',
    maxMessageBytes: 16_777_216,
    handshakeTimeoutMs: 10_000,
    memoryHighWatermark: { relativeToMemory: 0.4 },
    memoryTotalBytes: undefined,
    messageMemoryBytes: undefined,
    diskFreeLimit: { absoluteBytes: 50_000_000 },
    eventExchangeVhost: undefined,
    management: {
      isEnabled: true,
      listener: { host: '127.0.0.1', port: 15_672 },
      hasLocalSocket: true,
      pathPrefix: '',
      corsOrigins: [],
      corsMaxAgeSeconds: 1_800,
      bodyBytesMax: 20_000_000,
      sessionIdleMs: 28_800_000,
      rabbitmqVersion: '3.13.7',
    },
    prometheus: {
      isEnabled: true,
      listener: { host: '127.0.0.1', port: 15_692 },
      path: '/metrics',
      isPerObject: false,
    },
    logLevel: 'info',
  } satisfies Config);
});

test('every default of the table can be parsed', () => {
  for (const name of configKeyNames) {
    const { parser, default: standard } = configKeys[name];
    if (standard !== undefined)
      expect([name, parser.parse(standard)]).not.toEqual([name, undefined]);
  }
});

test('no key is both supported and unsupported', () => {
  expect(configKeyNames.filter((name) => isUnsupportedKey(name))).toEqual([]);
});

test.each<[Record<string, string | number | boolean>, Partial<Config>]>([
  [{ node_name: 'one@here' }, { nodeName: 'one@here' }],
  [{ 'event_exchange.enabled': true }, { eventExchangeVhost: '/' }],
  [{ 'event_exchange.enabled': true, default_vhost: 'd' }, { eventExchangeVhost: 'd' }],
  [{ 'event_exchange.enabled': true, 'event_exchange.vhost': 'v' }, { eventExchangeVhost: 'v' }],
  [{ 'event_exchange.vhost': 'v' }, { eventExchangeVhost: undefined }],
  [{ 'listeners.tcp.default': 5_673 }, { listeners: [{ host: '127.0.0.1', port: 5_673 }] }],
  [
    { 'listeners.tcp.1': '10.0.0.1:5672', 'listeners.tcp.2': 5_674, bind_address: '0.0.0.0' },
    {
      listeners: [
        { host: '10.0.0.1', port: 5_672 },
        { host: '0.0.0.0', port: 5_674 },
      ],
    },
  ],
  [{ loopback_users: 'none' }, { loopbackUsers: new Set() }],
  [{ 'loopback_users.guest': false }, { loopbackUsers: new Set() }],
  [{ 'loopback_users.ann': true }, { loopbackUsers: new Set(['ann', 'guest']) }],
  [{ 'loopback_users.a\\.b': true }, { loopbackUsers: new Set(['a.b', 'guest']) }],
  [
    { 'vm_memory_high_watermark.absolute': '1GB' },
    { memoryHighWatermark: { absoluteBytes: 1_000_000_000 } },
  ],
  [{ 'disk_free_limit.relative': '1.5' }, { diskFreeLimit: { relativeToMemory: 1.5 } }],
  [
    { 'disk_free_limit.relative': '1.5', 'disk_free_limit.absolute': '1GB' },
    { diskFreeLimit: { absoluteBytes: 1_000_000_000 } },
  ],
  [{ 'log.console': false }, { logLevel: 'none' }],
  [{ connection_max: 10 }, { connectionMax: 10 }],
  // More than 2^31 milliseconds, as people write for "a year".
  [{ consumer_timeout: 31_622_400_000 }, { consumerTimeoutMs: 31_622_400_000 }],
  [{ consumer_timeout: 0 }, { consumerTimeoutMs: 0 }],
  [{ consumer_timeout: 'infinity' }, { consumerTimeoutMs: Number.POSITIVE_INFINITY }],
  [{ consumer_timeout_response: 'requeue' }, { consumerTimeoutResponse: 'requeue' }],
])('%o', (values, expected) => {
  expect(configOf(values)).toMatchObject(expected);
});

test('tags that are set replace the default tag', () => {
  const values = { 'default_user_tags.policymaker': true, 'default_user_tags.management': false };
  expect(configOf(values).defaultUser.tags).toEqual(['policymaker']);
});

test('keys are found whole, by family, and not otherwise', () => {
  expect(findConfigKey('heartbeat')).toEqual({ row: 'heartbeat', word: undefined });
  expect(findConfigKey('listeners.tcp.x')).toEqual({ row: 'listeners.tcp.*', word: 'x' });
  for (const name of [
    'listeners.tcp',
    'listeners.tcp.',
    'listeners.tcp.*',
    'toString',
    '',
    '.',
    'a.*',
  ]) {
    expect(findConfigKey(name)).toBeUndefined();
  }
});

test('all mistakes are thrown together', () => {
  const bad = { heartbeat: 'x', nonsense_key: 1, channel_max: 70_000 };
  expect(() => configOf(bad)).toThrow(ConfigError);
  try {
    configOf(bad);
  } catch (error) {
    expect((error as ConfigError).mistakes).toHaveLength(3);
  }
});
