import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'warren-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(content: string): string {
  const path = join(directory, 'warren.conf');
  writeFileSync(path, content);
  return path;
}

interface Sources {
  readonly content?: string;
  readonly environment?: Record<string, string>;
  readonly flags?: readonly { flag: string; key: string; value: string }[];
}

function load({ content, environment = {}, flags = [] }: Sources): LoadedConfig {
  return loadConfig({ filePath: content && file(content), environment, flags });
}

function mistakes(sources: Sources): readonly string[] {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.mistakes.map((line) => line.replace(directory, ''));
    }
    throw error;
  }
  return [];
}

test('flags go before the environment, and that before the file', () => {
  const content = 'heartbeat = 10\nchannel_max = 10\nframe_max = 5000';
  const environment = { WARREN_CHANNEL_MAX: '20', WARREN_FRAME_MAX: '6000', PATH: '/bin' };
  const flags = [{ flag: '--frame-max', key: 'frame_max', value: '7000' }];
  const { config } = load({ content, environment, flags });
  expect(config).toMatchObject({ heartbeatSeconds: 10, channelMax: 20, frameMaxBytes: 7_000 });
});

test('environment names follow one rule, families included', () => {
  const { config } = load({
    environment: {
      WARREN_LISTENERS_TCP_DEFAULT: '7001',
      WARREN_VM_MEMORY_HIGH_WATERMARK_RELATIVE: '0.5',
      WARREN_LOOPBACK_USERS_ANN: 'true',
      WARREN_DEFAULT_USER: 'Ann',
    },
  });
  expect(config.listeners).toEqual([{ host: '127.0.0.1', port: 7_001 }]);
  expect(config.memoryHighWatermark).toEqual({ relativeToMemory: 0.5 });
  expect(config.loopbackUsers).toEqual(new Set(['ann', 'guest']));
  expect(config.defaultUser.name).toBe('Ann');
});

test('WARREN_CONFIG_FILE names the file, and --config goes before it', () => {
  const environment = { WARREN_CONFIG_FILE: file('heartbeat = 7') };
  expect(loadConfig({ environment, flags: [] }).config.heartbeatSeconds).toBe(7);
  const missing = join(directory, 'missing.conf');
  expect(() => loadConfig({ filePath: missing, environment, flags: [] })).toThrow(
    /missing.conf.*ENOENT/,
  );
});

test.each<[Sources, string]>([
  [
    { content: '\nheartbeat = soon' },
    '/warren.conf:2: heartbeat must be a whole number from 0 to 65535, not "soon"',
  ],
  [
    { content: 'hartbeat = 1' },
    '/warren.conf:1: hartbeat: there is no such key; did you mean heartbeat?',
  ],
  [
    { content: 'listeners.tpc.default = 1' },
    '/warren.conf:1: listeners.tpc.default: there is no such key; did you mean listeners.tcp.default?',
  ],
  [{ content: 'xyzzy = 1' }, '/warren.conf:1: xyzzy: there is no such key'],
  [{ content: 'heartbeat 10' }, '/warren.conf:1: expected "key = value", found "heartbeat ..."'],
  [
    { content: "cluster_name = 'x" },
    '/warren.conf:1: cluster_name has an opening single quote but no closing one',
  ],
  [
    { content: 'disk_free_limit.absolute = 1.5GB' },
    `/warren.conf:1: disk_free_limit.absolute must be a size from 0 to ${2 ** 50} bytes, such as 512MiB or 2GB, not "1.5GB"`,
  ],
  [
    { content: 'log.console.level = loud' },
    '/warren.conf:1: log.console.level must be one of debug, info, warning, error, critical, none, not "loud"',
  ],
  [
    { content: 'vm_memory_high_watermark.relative = 40' },
    '/warren.conf:1: vm_memory_high_watermark.relative must be a number from 0 to 1, not "40"',
  ],
  [
    { content: 'connection_max = many' },
    '/warren.conf:1: connection_max must be a whole number from 0 to 2147483647, or infinity, not "many"',
  ],
  [
    { content: 'loopback_users.guest = no' },
    '/warren.conf:1: loopback_users.guest must be true or false, not "no"',
  ],
  [
    { content: 'default_user =' },
    '/warren.conf:1: default_user must be a text that is not empty, not ""',
  ],
  [
    { environment: { WARREN_HARTBEAT: '1' } },
    'WARREN_HARTBEAT: there is no such key; did you mean WARREN_HEARTBEAT?',
  ],
  [
    { environment: { WARREN_HEARTBEAT: '-1' } },
    'WARREN_HEARTBEAT: heartbeat must be a whole number from 0 to 65535, not "-1"',
  ],
  [
    { flags: [{ flag: '--amqp-port', key: 'listeners.tcp.default', value: '70000' }] },
    '--amqp-port: listeners.tcp.default must be a port from 0 to 65535, or address:port such as 127.0.0.1:5672 or [::1]:5672, not "70000"',
  ],
])('%o', (sources, expected) => {
  expect(mistakes(sources)).toEqual([expected]);
});

test('all mistakes of all sources are reported at once', () => {
  const found = mistakes({
    content: 'heartbeat = x\nnonsense\nchannel_max = -1',
    environment: { WARREN_NONSENSE: '1' },
    flags: [{ flag: '--amqp-port', key: 'listeners.tcp.default', value: 'x' }],
  });
  expect(found.map((line) => line.split(': ')[0])).toEqual([
    '/warren.conf:1',
    '/warren.conf:2',
    '/warren.conf:3',
    'WARREN_NONSENSE',
    '--amqp-port',
  ]);
});

test('keys of RabbitMQ that have no effect here give one warning each', () => {
  const { warnings } = load({
    content:
      'management.ssl.port = 15671\nauth_backends.1 = internal\nchannel_tick_interval = 1\nheartbeat = 5',
  });
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toContain('management.ssl.port has no effect');
});

test('a key that is set twice gives a warning, and the later one counts', () => {
  const { config, warnings } = load({ content: 'heartbeat = 5\nheartbeat = 6' });
  expect(config.heartbeatSeconds).toBe(6);
  expect(warnings).toHaveLength(1);
});
