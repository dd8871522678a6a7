// The composition root and the embedded API: the one file that knows every layer. Holds no global
// state, so that many brokers live in one process; says nothing unless it is given a log.

import { Admin } from './admin/admin.ts';
import { type AdminNode, createAdminNode, type ListenerFact } from './admin/admin-node.ts';
import { loadDefinitions } from './admin/definitions/load-definitions.ts';
import { CLUSTER_NAME, GlobalParameters } from './admin/global-parameters.ts';
import { createFirstUsers } from './auth/first-users.ts';
import { InternalUsers, type InternalUsersOptions } from './auth/internal-users.ts';
import { localAdministrator } from './auth/local-administrator.ts';
import { compilePattern } from './auth/name-pattern.ts';
import { Broker } from './broker/broker.ts';
import type { Journal } from './broker/journal.ts';
import { type Config, configOf, type DefaultUserConfig } from './config/config.ts';
import { type DefinitionFile, readDefinitionFiles } from './config/definition-files.ts';
import { localSocketPath } from './config/local-socket.ts';
import type { ManagementListeners } from './management/management-listeners.ts';
import { socketMax } from './network/file-descriptors.ts';
import { type Log, silentLog } from './network/log.ts';
import { isLoopbackAddress } from './network/loopback.ts';
import { availableMemoryBytes, MemoryMonitor } from './network/memory-monitor.ts';
import type { ProcessReadings } from './network/process-readings.ts';
import { SystemClock } from './network/system-clock.ts';
import { SystemRandom } from './network/system-random.ts';
import { type ListenAddress, TcpListener } from './network/tcp-listener.ts';
import { brokerSettings, readingsOf, shareOf } from './node-settings.ts';
import { openStore } from './storage/create-store.ts';
import type { Store } from './storage/store.ts';
import { assert } from './util/assert.ts';
import { version } from './version.ts';

export interface BrokerUser {
  readonly name: string;
  readonly password: string;
  /** RabbitMQ's user tags; none by default. */
  readonly tags?: readonly string[];
  /** Patterns for the default vhost; all of them `.*` by default. */
  readonly permissions?: DefaultUserConfig['permissions'];
}

export interface StartOptions {
  /** Default 5672; 0 takes any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** True: nothing is stored on disk. */
  readonly memory?: boolean;
  /** Default `./data`. */
  readonly dataDir?: string;
  /** Created, or given this password, at every start. Default: guest/guest at the first start. */
  readonly users?: readonly BrokerUser[];
  /** Serve the management HTTP API there (default: not at all); port 0 takes any free one. */
  readonly management?: { readonly port?: number; readonly host?: string };
  /** Serve metrics for Prometheus there (default: not at all); port 0 takes any free one. */
  readonly prometheus?: { readonly port?: number; readonly host?: string };
  /** Any other setting, by its key in the configuration file: `{ heartbeat: 10 }`. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /** Default: silent. A pino logger fits. */
  readonly log?: Log;
  /** The store failed while running: the broker has dropped its clients and confirms nothing more. */
  readonly onFatal?: (reason: Error) => void;
}

export interface RunningBroker {
  /** `amqp://user:password@host:port`, ready for a client. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Where it listens; `host` and `port` are the first of these. */
  readonly listeners: readonly ListenAddress[];
  /** `http://host:port`, before `/api`; undefined when there is no management HTTP API. */
  readonly managementUrl: string | undefined;
  /** `http://host:port/metrics`, for Prometheus; undefined when there is none. */
  readonly metricsUrl: string | undefined;
  /** Policies, vhosts, limits, users, permissions and tracing, changed while the broker runs. */
  readonly admin: Admin;
  /** Closes all connections with 320 CONNECTION_FORCED and stores everything. May be called again. */
  close(): Promise<void>;
}

export interface NodeOptions {
  readonly config: Config;
  readonly users?: readonly BrokerUser[];
  readonly log?: Log;
  readonly onFatal?: (reason: Error) => void;
}

/**
 * Starts a broker inside this process. Rejects with ConfigError, StoreError, or the system's error
 * (EADDRINUSE) when it cannot.
 */
export async function startBroker(options: StartOptions = {}): Promise<RunningBroker> {
  const { port, host, memory, dataDir, management, prometheus } = options;
  const { users, config, log, onFatal } = options;
  return startNode({
    config: configOf({
      ...(port !== undefined && { 'listeners.tcp.default': port }),
      ...(host !== undefined && { bind_address: host }),
      ...(memory === true && { storage_engine: 'memory' }),
      ...(dataDir !== undefined && { data_dir: dataDir }),
      'management.enabled': management !== undefined,
      ...(management?.port !== undefined && { 'management.tcp.port': management.port }),
      ...(management?.host !== undefined && { 'management.tcp.ip': management.host }),
      'prometheus.enabled': prometheus !== undefined,
      ...(prometheus?.port !== undefined && { 'prometheus.tcp.port': prometheus.port }),
      ...(prometheus?.host !== undefined && { 'prometheus.tcp.ip': prometheus.host }),
      ...config,
    }),
    ...(users !== undefined && { users }),
    ...(log !== undefined && { log }),
    ...(onFatal !== undefined && { onFatal }),
  });
}

/** The same for a whole configuration: what `warren start` calls. */
export async function startNode(options: NodeOptions): Promise<RunningBroker> {
  const node = new WarrenNode(options);
  try {
    await whileAlive(() => node.start());
    return node;
  } catch (error) {
    await node.abandon();
    throw error;
  }
}

class WarrenNode implements RunningBroker {
  readonly #config: Config;
  readonly #users: readonly BrokerUser[] | undefined;
  readonly #log: Log;
  readonly #onFatal: (reason: Error) => void;
  readonly #listeners: TcpListener[] = [];
  #store: Store | undefined;
  #broker: Broker | undefined;
  #admin: Admin | undefined;
  #adminNode: AdminNode | undefined;
  /** Loaded for those who want it: an embedded broker mostly does without. */
  #http: ManagementListeners | undefined;
  #memoryMonitor: MemoryMonitor | undefined;
  #readings: ProcessReadings | undefined;
  #isDiskLow = false;
  #fatalReason: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: NodeOptions) {
    this.#config = options.config;
    this.#users = options.users;
    this.#log = options.log ?? silentLog;
    this.#onFatal = options.onFatal ?? (() => {});
  }

  get listeners(): readonly ListenAddress[] {
    return this.#listeners.map((listener) => listener.address);
  }

  get admin(): Admin {
    assert(this.#admin !== undefined, 'the broker is started before anyone has it');
    return this.#admin;
  }

  get host(): string {
    return this.#listeners[0]?.address.host ?? '';
  }

  get port(): number {
    return this.#listeners[0]?.address.port ?? 0;
  }

  get managementUrl(): string | undefined {
    const { pathPrefix } = this.#config.management;
    return httpUrl(this.#http?.address, pathPrefix);
  }

  get metricsUrl(): string | undefined {
    return httpUrl(this.#http?.prometheusAddress, this.#config.prometheus.path);
  }

  get url(): string {
    const { name, password } = this.#users?.[0] ?? this.#config.defaultUser;
    const login = `${encodeURIComponent(name)}:${encodeURIComponent(password)}`;
    return `amqp://${login}@${reachableHost(this.host)}:${this.port}`;
  }

  async start(): Promise<void> {
    const config = this.#config;
    const memoryBytes = config.memoryTotalBytes ?? availableMemoryBytes();
    const memoryLimitBytes = shareOf(config.memoryHighWatermark, memoryBytes);
    const diskFreeLimit = shareOf(config.diskFreeLimit, memoryBytes);
    const store = await this.#openStore(diskFreeLimit);
    this.#store = store;
    const random = new SystemRandom();
    const clock = new SystemClock();
    const { definitionsPath } = config;
    const files = definitionsPath === undefined ? [] : readDefinitionFiles(definitionsPath);
    const users = this.#openUsers({ metadata: store.metadata, random, clock }, files);
    const globalParameters = new GlobalParameters(store.metadata);
    globalParameters.ensureClusterId(random);
    const clusterName = globalParameters.text(CLUSTER_NAME) ?? config.clusterName;
    await commit(store.journal);
    const broker = new Broker({
      clock,
      random,
      journal: store.journal,
      metadata: store.metadata,
      access: users,
      compilePattern,
      log: this.#log,
      settings: brokerSettings({ ...config, clusterName }, memoryLimitBytes),
    });
    this.#broker = broker;
    users.events.listen(broker.events);
    const readings = readingsOf(config, memoryLimitBytes, diskFreeLimit);
    this.#readings = readings;
    const adminNode = createAdminNode({
      ...{ broker, users, globalParameters, facts: this.#facts(), readings },
      sessionIdleMs: config.management.sessionIdleMs,
    });
    this.#adminNode = adminNode;
    this.#admin = new Admin(adminNode);
    await loadDefinitions(adminNode, files, this.#log);
    if (this.#isDiskLow) broker.setDiskAlarm(true);
    this.#memoryMonitor = new MemoryMonitor({
      limitBytes: memoryLimitBytes,
      onMemoryAlarm: (isOn) => broker.setMemoryAlarm(isOn),
      log: this.#log,
    });
    this.#memoryMonitor.start();
    await this.#listen(broker);
    await this.#listenHttp(adminNode, readings);
    if (this.#fatalReason !== undefined) throw this.#fatalReason;
  }

  #openUsers(
    parts: Pick<InternalUsersOptions, 'metadata' | 'random' | 'clock'>,
    files: readonly DefinitionFile[],
  ): InternalUsers {
    const { loopbackUsers, defaultUser, defaultVhost, passwordHashingModule } = this.#config;
    const users = new InternalUsers({
      ...parts,
      loopbackUsers,
      hashingAlgorithm: passwordHashingModule,
      onRefused: (user, reason, { protocol, address }) =>
        this.#log.warn({ user, reason, protocol, address }, 'login refused'),
    });
    createFirstUsers(users, {
      wanted: this.#users,
      standard: defaultUser,
      comeWithDefinitions: files.some(({ definitions }) => Array.isArray(definitions['users'])),
      vhost: defaultVhost,
    });
    return users;
  }

  async #listen(broker: Broker): Promise<void> {
    const shared = {
      accept: broker.accept.bind(broker),
      log: this.#log,
      socketMax: socketMax(),
    };
    for (const address of this.#config.listeners) {
      this.#listeners.push(await TcpListener.listen({ address, ...shared }));
    }
  }

  close(): Promise<void> {
    this.#closing ??= whileAlive(() => this.#closeInOrder());
    return this.#closing;
  }

  /** Gives back what a start that failed had taken already. */
  async abandon(): Promise<void> {
    try {
      await this.close();
    } catch (error) {
      // The reason why the start failed is the one that the caller must see.
      this.#log.error({ err: error }, 'the broker that could not start did not close cleanly');
    }
  }

  async #closeInOrder(): Promise<void> {
    for (const listener of this.#listeners) listener.stopAccepting();
    this.#http?.stopAccepting();
    this.#adminNode?.changes.end(new Error('the broker is closed'));
    this.#memoryMonitor?.stop();
    this.#adminNode?.statistics.stop();
    this.#readings?.stop();
    if (this.#fatalReason === undefined) await this.#broker?.close();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#http?.close();
    // After a failure the store must not be touched again: its heap may be damaged.
    if (this.#fatalReason !== undefined) throw this.#fatalReason;
    await this.#store?.close();
  }

  #facts(): AdminNode['facts'] {
    const { clusterName, productName, productVersion, management } = this.#config;
    return {
      clusterName,
      productName,
      productVersion: productVersion ?? version,
      rabbitmqVersion: management.rabbitmqVersion,
      listeners: () => this.#listenerFacts(),
      damagedCount: () => this.#store?.damagedCount ?? 0,
    };
  }

  #listenerFacts(): ListenerFact[] {
    const amqp = this.listeners.map((address) => ({ protocol: 'amqp', ...address }));
    return [...amqp, ...(this.#http?.facts ?? [])];
  }

  async #listenHttp(node: AdminNode, readings: ProcessReadings): Promise<void> {
    const { dataDirectory, storageEngine, management, prometheus } = this.#config;
    if (!management.isEnabled && !prometheus.isEnabled) return;
    readings.start();
    await node.statistics.start();
    const { listener, pathPrefix, corsOrigins, corsMaxAgeSeconds, bodyBytesMax } = management;
    const hasSocket = management.hasLocalSocket && storageEngine !== 'memory';
    const path = localSocketPath(dataDirectory);
    const api = {
      ...{ node, address: listener, pathPrefix, bodyBytesMax, isLoopbackAddress, log: this.#log },
      cors: { origins: corsOrigins, maxAgeSeconds: corsMaxAgeSeconds },
      local: hasSocket ? { path, user: localAdministrator } : undefined,
    };
    const metrics = { ...prometheus, node, address: prometheus.listener, log: this.#log };
    const { ManagementListeners } = await import('./management/management-listeners.ts');
    this.#http = new ManagementListeners();
    await this.#http.listen({
      api: management.isEnabled ? api : undefined,
      prometheus: prometheus.isEnabled ? metrics : undefined,
    });
  }

  #openStore(diskFreeLimitBytes: number): Promise<Store> {
    if (this.#config.storageEngine === 'memory') return openStore({ engine: 'memory' });
    return openStore({
      engine: 'lmdb',
      directory: this.#config.dataDirectory,
      diskFreeLimitBytes,
      onFatal: (reason) => this.#failStop(reason),
      onDamage: (damage) => this.#log.error({ ...damage }, 'damaged data was set aside'),
      onDiskAlarm: (isLow, freeBytes) => this.#setDiskAlarm(isLow, freeBytes, diskFreeLimitBytes),
    });
  }

  #setDiskAlarm(isLow: boolean, freeBytes: number, limitBytes: number): void {
    this.#isDiskLow = isLow;
    if (isLow) this.#log.warn({ freeBytes, limitBytes }, 'disk alarm: publishers are blocked');
    else this.#log.info({ freeBytes, limitBytes }, 'disk alarm is over');
    this.#broker?.setDiskAlarm(isLow);
  }

  /** Nothing can be confirmed any more: clients are dropped at once, so that none waits in vain. */
  #failStop(reason: Error): void {
    if (this.#fatalReason !== undefined) return;
    this.#fatalReason = reason;
    this.#adminNode?.changes.fail(reason);
    this.#memoryMonitor?.stop();
    for (const listener of this.#listeners) void listener.close();
    void this.#http?.close();
    this.#onFatal(reason);
  }
}

/** The broker's own timers let the process end; an awaited start or close must not be cut short. */
async function whileAlive(work: () => Promise<void>): Promise<void> {
  const keepAlive = setInterval(() => {}, 2 ** 30);
  try {
    await work();
  } finally {
    clearInterval(keepAlive);
  }
}

function commit(journal: Journal): Promise<void> {
  if (journal.isBatchEmpty) return Promise.resolve();
  return new Promise((resolve) => journal.commit(resolve));
}

function httpUrl(address: ListenAddress | undefined, path: string): string | undefined {
  return address && `http://${reachableHost(address.host)}:${address.port}${path}`;
}

/** An address that a client on this machine can connect to. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
