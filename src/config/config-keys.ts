// THE table of configuration keys. A new setting is one row here and its use in config.ts; file,
// environment, flags, checks and the reference in the documentation all follow from the row.
// Names, units and defaults are RabbitMQ's wherever the meaning is the same.

import * as is from './parsers.ts';

export interface ConfigKey<T> {
  readonly parser: is.Parser<T>;
  /** As it would stand in the file. Undefined: not set; a `*` key has no default of its own. */
  readonly default: string | undefined;
  /** One line for the reference. */
  readonly meaning: string;
}

function key<T>(parser: is.Parser<T>, standard: string | undefined, meaning: string): ConfigKey<T> {
  return { parser, default: standard, meaning };
}

const INTEGER_MAX = 2 ** 31 - 1;
const BYTES_MAX = 2 ** 50;
/** Ten years: RabbitMQ's bound for periods. */
const PERIOD_MS_MAX = 315_360_000_000;

/** A last word `*` stands for any one word that the user chooses. */
export const configKeys = {
  'listeners.tcp.*': key(
    is.listener,
    undefined,
    'Where to listen for AMQP: a port or address:port. Without any, listeners.tcp.default = 5672.',
  ),
  bind_address: key(
    is.text,
    '127.0.0.1',
    'Address of listeners given as a port alone. RabbitMQ listens everywhere; here that takes 0.0.0.0 or ::.',
  ),
  data_dir: key(is.text, './data', 'Directory of everything that is stored.'),
  storage_engine: key(
    is.oneOf('lmdb', 'memory'),
    'lmdb',
    'memory stores nothing: all is gone when the broker stops.',
  ),
  cluster_name: key(is.text, 'warren', 'Name shown to clients.'),
  node_name: key(
    is.text,
    undefined,
    'How the node calls itself in events and traces; by default warren@ and the name of the machine.',
  ),
  'product.name': key(is.text, 'WarrenMQ', 'Product name in the server properties.'),
  'product.version': key(
    is.text,
    undefined,
    'Product version in the server properties; by default the version of the package.',
  ),

  default_vhost: key(is.text, '/', 'Virtual host made at the first start.'),
  default_queue_type: key(
    is.oneOf('classic'),
    'classic',
    'Type of queues whose declaration and virtual host name none.',
  ),
  default_user: key(is.text, 'guest', 'User made at the first start.'),
  default_pass: key(is.text, 'guest', "That user's password."),
  'default_user_tags.*': key(
    is.boolean,
    undefined,
    "That user's tags. Without any, default_user_tags.administrator = true.",
  ),
  'default_permissions.configure': key(
    is.anyText,
    '.*',
    "That user's configure pattern in the default vhost.",
  ),
  'default_permissions.read': key(
    is.anyText,
    '.*',
    "That user's read pattern in the default vhost.",
  ),
  'default_permissions.write': key(
    is.anyText,
    '.*',
    "That user's write pattern in the default vhost.",
  ),
  password_hashing_module: key(
    is.oneOf(
      'rabbit_password_hashing_sha256',
      'rabbit_password_hashing_sha512',
      'warren_password_hashing_scrypt',
    ),
    'rabbit_password_hashing_sha256',
    'How new passwords are stored. With scrypt a stolen hash is of little use, but no RabbitMQ can import it.',
  ),
  loopback_users: key(is.oneOf('none'), undefined, 'none: every user may log in from anywhere.'),
  'loopback_users.*': key(
    is.boolean,
    undefined,
    'true: this user may log in from this machine only. guest is such a user unless set to false.',
  ),

  load_definitions: key(
    is.text,
    undefined,
    'File of definitions to bring in at every start, or a directory of such files.',
  ),
  'management.load_definitions': key(is.text, undefined, 'The older name of load_definitions.'),
  'definitions.import_backend': key(
    is.oneOf('local_filesystem'),
    undefined,
    'Where definitions.local.path is: a file or directory of this machine.',
  ),
  'definitions.local.path': key(is.text, undefined, 'The newer name of load_definitions.'),

  heartbeat: key(
    is.integer(0, 65_535),
    '60',
    'Seconds suggested to clients; 0 switches heartbeats off.',
  ),
  frame_max: key(
    is.integer(4_096, 2 ** 24),
    '131072',
    'Largest frame offered to clients, in bytes.',
  ),
  initial_frame_max: key(
    is.integer(4_096, 131_072),
    '8192',
    'Largest frame taken before login, in bytes.',
  ),
  channel_max: key(
    is.integer(0, 65_535),
    '2047',
    'Channels per connection offered to clients; 0 is no limit.',
  ),
  connection_max: key(is.integerOrInfinity(0, INTEGER_MAX), 'infinity', 'Connections of the node.'),
  consumer_max_per_channel: key(
    is.integerOrInfinity(1, INTEGER_MAX),
    'infinity',
    'Consumers on one channel.',
  ),
  consumer_timeout: key(
    is.integerOrInfinity(0, PERIOD_MS_MAX),
    '1800000',
    'Milliseconds a delivery may stay unacknowledged; 0 or infinity is no limit. x-consumer-timeout of a queue or consumer goes before it.',
  ),
  consumer_timeout_response: key(
    is.oneOf('close_channel', 'requeue'),
    'close_channel',
    'What follows then: close_channel closes the channel with 406, as RabbitMQ does; requeue gives only the late message back to its queue, and takes a late acknowledgement of it without effect.',
  ),
  max_message_size: key(is.bytes(1, 536_870_912), '16777216', 'Largest message body, in bytes.'),
  handshake_timeout: key(
    is.integer(100, 3_600_000),
    '10000',
    'Milliseconds from connecting to a finished login.',
  ),

  'vm_memory_high_watermark.relative': key(
    is.decimal(0, 1),
    '0.4',
    'Part of the memory at which publishers are blocked.',
  ),
  'vm_memory_high_watermark.absolute': key(
    is.bytes(0, BYTES_MAX),
    undefined,
    'The same in bytes; goes before the relative one.',
  ),
  message_memory_limit: key(
    is.bytes(0, BYTES_MAX),
    undefined,
    'Messages kept in memory before backlogs move to the disk; by default a quarter of the memory at which publishers are blocked, at most 128MiB.',
  ),
  total_memory_available_override_value: key(
    is.bytes(1, BYTES_MAX),
    undefined,
    'Memory to reckon with instead of what the machine or its cgroup has.',
  ),
  'disk_free_limit.absolute': key(
    is.bytes(0, BYTES_MAX),
    '50MB',
    'Free disk space under which publishers are blocked.',
  ),
  'disk_free_limit.relative': key(
    is.decimal(0, 1_000),
    undefined,
    'The same as a multiple of the memory; the absolute one goes before it.',
  ),

  'event_exchange.enabled': key(
    is.boolean,
    'false',
    'Publish what happens in the broker to the exchange amq.rabbitmq.event.',
  ),
  'event_exchange.vhost': key(
    is.text,
    undefined,
    'Virtual host that has this exchange; by default the one made at the first start.',
  ),

  'management.enabled': key(
    is.boolean,
    'true',
    'Serve the management HTTP API. An embedded broker does so only when it is asked to.',
  ),
  'management.tcp.port': key(is.integer(0, 65_535), '15672', 'Port of the management HTTP API.'),
  'management.tcp.ip': key(
    is.text,
    undefined,
    'Address it listens on; by default that of bind_address.',
  ),
  'management.local_socket': key(
    is.boolean,
    'true',
    "Serve the management HTTP API at management.sock in the data directory, too: without a password, for this machine's user who runs the broker.",
  ),
  'management.path_prefix': key(
    is.pathPrefix,
    undefined,
    'Path before /api and the web page, such as /warren behind a proxy.',
  ),
  'management.cors.allow_origins.*': key(
    is.text,
    undefined,
    'An origin whose pages may use the API, such as https://admin.example; * for all. By default none.',
  ),
  'management.cors.max_age': key(
    is.integer(0, 86_400),
    '1800',
    'Seconds that browsers remember this.',
  ),
  'management.http.max_body_size': key(
    is.bytes(1, 2 ** 30),
    '20000000',
    'Largest body of a request, in bytes.',
  ),
  'management.login_session_timeout': key(
    is.integer(1, 525_600),
    '480',
    'Minutes without a request after which a session of the page ends.',
  ),
  'management.rabbitmq_version': key(
    is.text,
    '3.13.7',
    'Version of RabbitMQ that the API says it is: tools choose their dialect by it.',
  ),

  'prometheus.enabled': key(
    is.boolean,
    'true',
    'Serve metrics for Prometheus at a port of their own. An embedded broker does so only when it is asked to.',
  ),
  'prometheus.tcp.port': key(
    is.integer(0, 65_535),
    '15692',
    'Port of the metrics. Nobody has to log in there.',
  ),
  'prometheus.tcp.ip': key(
    is.text,
    undefined,
    'Address it listens on; by default that of bind_address.',
  ),
  'prometheus.path': key(is.pathPrefix, '/metrics', 'Path of the metrics.'),
  'prometheus.return_per_object_metrics': key(
    is.boolean,
    'false',
    'Tell metrics of each queue, channel and connection also where it is not asked for.',
  ),

  'log.console': key(is.boolean, 'true', 'Write a log to standard error.'),
  'log.console.level': key(
    is.oneOf('debug', 'info', 'warning', 'error', 'critical', 'none'),
    'info',
    'Least level that is logged.',
  ),
} as const satisfies Record<string, ConfigKey<unknown>>;

export type ConfigKeyName = keyof typeof configKeys;

export type ConfigValue<K extends ConfigKeyName> =
  (typeof configKeys)[K] extends ConfigKey<infer T> ? T : never;

const isTableKey = (name: string): name is ConfigKeyName => Object.hasOwn(configKeys, name);

/** The row for a key as written by a user, and the word that stands for its `*`. */
export function findConfigKey(
  written: string,
): { readonly row: ConfigKeyName; readonly word: string | undefined } | undefined {
  if (isTableKey(written) && !written.endsWith('*')) return { row: written, word: undefined };
  // A dot that belongs to the word (a user's name) is written as `\\.`.
  const lastDot = written.search(/(?<!\\)\.(?:[^.\\]|\\\.)*$/);
  if (lastDot < 0) return undefined;
  const family = `${written.slice(0, lastDot)}.*`;
  const word = written.slice(lastDot + 1).replaceAll('\\.', '.');
  return isTableKey(family) && word !== '' && word !== '*' ? { row: family, word } : undefined;
}

export const configKeyNames: readonly ConfigKeyName[] = Object.keys(configKeys).filter(isTableKey);
