// The typed configuration of one node, made from settings. Reads no file and no environment itself
// (load-config.ts does): the embedded API and the tests make a Config from plain values.

import { hostname } from 'node:os';
import { Settings } from './settings.ts';

export interface ListenerConfig {
  readonly host: string;
  readonly port: number;
}

export interface PrometheusConfig {
  readonly isEnabled: boolean;
  readonly listener: ListenerConfig;
  readonly path: string;
  readonly isPerObject: boolean;
}

export interface ManagementConfig {
  readonly isEnabled: boolean;
  readonly listener: ListenerConfig;
  /** In the data directory, when there is one. */
  readonly hasLocalSocket: boolean;
  /** Empty, or `/prefix`. */
  readonly pathPrefix: string;
  readonly corsOrigins: readonly string[];
  readonly corsMaxAgeSeconds: number;
  readonly bodyBytesMax: number;
  readonly sessionIdleMs: number;
  readonly rabbitmqVersion: string;
}

/** A bound given in bytes, or as a part of the memory that the process may use. */
export type MemoryShare =
  | { readonly absoluteBytes: number }
  | { readonly relativeToMemory: number };

export interface DefaultUserConfig {
  readonly name: string;
  readonly password: string;
  readonly tags: readonly string[];
  readonly permissions: {
    readonly configure: string;
    readonly write: string;
    readonly read: string;
  };
}

/** RabbitMQ's names of those that are its own. */
export type PasswordHashingModule =
  | 'rabbit_password_hashing_sha256'
  | 'rabbit_password_hashing_sha512'
  | 'warren_password_hashing_scrypt';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'critical' | 'none';

export interface Config {
  readonly listeners: readonly ListenerConfig[];
  readonly dataDirectory: string;
  readonly storageEngine: 'lmdb' | 'memory';
  readonly clusterName: string;
  readonly nodeName: string;
  readonly productName: string;
  /** Undefined: the version of the package. */
  readonly productVersion: string | undefined;
  readonly defaultVhost: string;
  readonly defaultQueueType: string;
  readonly defaultUser: DefaultUserConfig;
  readonly passwordHashingModule: PasswordHashingModule;
  readonly loopbackUsers: ReadonlySet<string>;
  /** A file or directory; undefined: nothing is brought in at the start. */
  readonly definitionsPath: string | undefined;
  readonly heartbeatSeconds: number;
  readonly frameMaxBytes: number;
  readonly initialFrameMaxBytes: number;
  readonly channelMax: number;
  /** Infinity: no bound. */
  readonly connectionMax: number;
  /** Infinity: no bound. */
  readonly consumerMaxPerChannel: number;
  /** 0 or Infinity: no bound. */
  readonly consumerTimeoutMs: number;
  readonly consumerTimeoutResponse: 'close_channel' | 'requeue';
  readonly maxMessageBytes: number;
  readonly handshakeTimeoutMs: number;
  readonly memoryHighWatermark: MemoryShare;
  readonly memoryTotalBytes: number | undefined;
  /** Undefined: derived from the memory high watermark. */
  readonly messageMemoryBytes: number | undefined;
  readonly diskFreeLimit: MemoryShare;
  /** Undefined: there is no event exchange. */
  readonly eventExchangeVhost: string | undefined;
  readonly management: ManagementConfig;
  readonly prometheus: PrometheusConfig;
  readonly logLevel: LogLevel;
}

/** What the user wrote cannot be used. Each mistake is one line with its place. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** Throws ConfigError with all mistakes that the settings have collected. */
export function makeConfig(settings: Settings): Config {
  const config: Config = {
    listeners: listeners(settings),
    dataDirectory: required(settings.get('data_dir')),
    storageEngine: required(settings.get('storage_engine')),
    clusterName: required(settings.get('cluster_name')),
    nodeName: settings.get('node_name') ?? `warren@${shortHostname()}`,
    productName: required(settings.get('product.name')),
    productVersion: settings.get('product.version'),
    defaultVhost: required(settings.get('default_vhost')),
    defaultQueueType: required(settings.get('default_queue_type')),
    defaultUser: defaultUser(settings),
    passwordHashingModule: required(settings.get('password_hashing_module')),
    loopbackUsers: loopbackUsers(settings),
    definitionsPath:
      settings.get('load_definitions') ??
      settings.get('definitions.local.path') ??
      settings.get('management.load_definitions'),
    heartbeatSeconds: required(settings.get('heartbeat')),
    frameMaxBytes: required(settings.get('frame_max')),
    initialFrameMaxBytes: required(settings.get('initial_frame_max')),
    channelMax: required(settings.get('channel_max')),
    connectionMax: required(settings.get('connection_max')),
    consumerMaxPerChannel: required(settings.get('consumer_max_per_channel')),
    consumerTimeoutMs: required(settings.get('consumer_timeout')),
    consumerTimeoutResponse: required(settings.get('consumer_timeout_response')),
    maxMessageBytes: required(settings.get('max_message_size')),
    handshakeTimeoutMs: required(settings.get('handshake_timeout')),
    memoryHighWatermark: memoryShare(
      settings.get('vm_memory_high_watermark.absolute'),
      required(settings.get('vm_memory_high_watermark.relative')),
    ),
    memoryTotalBytes: settings.get('total_memory_available_override_value'),
    messageMemoryBytes: settings.get('message_memory_limit'),
    diskFreeLimit: diskFreeLimit(settings),
    eventExchangeVhost: eventExchangeVhost(settings),
    management: management(settings),
    prometheus: prometheus(settings),
    logLevel:
      settings.get('log.console') === false ? 'none' : required(settings.get('log.console.level')),
  };
  if (settings.mistakes.length > 0) throw new ConfigError(settings.mistakes);
  return config;
}

/** `values` by the keys of the configuration file. For embedding programs and tests. */
export function configOf(values: Readonly<Record<string, string | number | boolean>>): Config {
  const settings = new Settings();
  for (const [key, value] of Object.entries(values)) settings.add(key, String(value), 'config');
  return makeConfig(settings);
}

/** For keys with a default, where undefined cannot be: the table's test asserts that each parses. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a key without default is used as if it had one');
  return value;
}

function listeners(settings: Settings): ListenerConfig[] {
  const bindAddress = required(settings.get('bind_address'));
  const configured = [...settings.family('listeners.tcp.*').values()];
  if (configured.length === 0) return [{ host: bindAddress, port: 5_672 }];
  return configured.map(({ host, port }) => ({ host: host ?? bindAddress, port }));
}

function prometheus(settings: Settings): PrometheusConfig {
  return {
    isEnabled: required(settings.get('prometheus.enabled')),
    listener: {
      host: settings.get('prometheus.tcp.ip') ?? required(settings.get('bind_address')),
      port: required(settings.get('prometheus.tcp.port')),
    },
    path: required(settings.get('prometheus.path')),
    isPerObject: required(settings.get('prometheus.return_per_object_metrics')),
  };
}

function management(settings: Settings): ManagementConfig {
  return {
    isEnabled: required(settings.get('management.enabled')),
    listener: {
      host: settings.get('management.tcp.ip') ?? required(settings.get('bind_address')),
      port: required(settings.get('management.tcp.port')),
    },
    hasLocalSocket: required(settings.get('management.local_socket')),
    pathPrefix: settings.get('management.path_prefix') ?? '',
    corsOrigins: [...settings.family('management.cors.allow_origins.*').values()],
    corsMaxAgeSeconds: required(settings.get('management.cors.max_age')),
    bodyBytesMax: required(settings.get('management.http.max_body_size')),
    sessionIdleMs: required(settings.get('management.login_session_timeout')) * 60_000,
    rabbitmqVersion: required(settings.get('management.rabbitmq_version')),
  };
}

function defaultUser(settings: Settings): DefaultUserConfig {
  const tags = settings.family('default_user_tags.*');
  return {
    name: required(settings.get('default_user')),
    password: required(settings.get('default_pass')),
    // Any tag that is set replaces the default, as in RabbitMQ: that is how to take it away.
    tags: tags.size === 0 ? ['administrator'] : trueWords(tags),
    permissions: {
      configure: required(settings.get('default_permissions.configure')),
      write: required(settings.get('default_permissions.write')),
      read: required(settings.get('default_permissions.read')),
    },
  };
}

function loopbackUsers(settings: Settings): ReadonlySet<string> {
  if (settings.get('loopback_users') === 'none') return new Set();
  const named = settings.family('loopback_users.*');
  const names = new Set(trueWords(named));
  // Safer than RabbitMQ, where naming another user frees guest.
  if (named.get('guest') !== false) names.add('guest');
  return names;
}

/** Up to the first dot, as RabbitMQ names its nodes. */
function shortHostname(): string {
  return hostname().replace(/\..*$/s, '');
}

function eventExchangeVhost(settings: Settings): string | undefined {
  if (settings.get('event_exchange.enabled') !== true) return undefined;
  return settings.get('event_exchange.vhost') ?? settings.get('default_vhost');
}

function trueWords(family: ReadonlyMap<string, boolean>): string[] {
  return [...family].filter(([, isSet]) => isSet).map(([word]) => word);
}

function memoryShare(absoluteBytes: number | undefined, relativeToMemory: number): MemoryShare {
  return absoluteBytes === undefined ? { relativeToMemory } : { absoluteBytes };
}

function diskFreeLimit(settings: Settings): MemoryShare {
  const relative = settings.get('disk_free_limit.relative');
  const absoluteBytes = required(settings.get('disk_free_limit.absolute'));
  // The absolute one has a default, so it wins only where it was written down.
  return relative === undefined || settings.isSet('disk_free_limit.absolute')
    ? { absoluteBytes }
    : { relativeToMemory: relative };
}
