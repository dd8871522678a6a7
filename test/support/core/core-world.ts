// A broker without sockets: real parts but for time, and a journal whose commits end when the test
// says so. Definitions join the held batches, so a crash loses what was not durable.

import { compilePattern } from '../../../src/auth/name-pattern.ts';
import type {
  Access,
  LoginOrigin,
  Permission,
  TopicPermission,
  User,
  UserLimit,
} from '../../../src/broker/access.ts';
import { Broker } from '../../../src/broker/broker.ts';
import type { BrokerSettings } from '../../../src/broker/broker-settings.ts';
import type { Metadata, MetadataKind, MetadataRecord } from '../../../src/broker/metadata.ts';
import type { PlainValue } from '../../../src/protocol/field-value.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { MemoryMetadata } from '../../../src/storage/memory/memory-metadata.ts';
import { HeldJournal } from './held-journal.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryClient } from './memory-transport.ts';

class HeldMetadata implements Metadata {
  readonly #journal: HeldJournal;
  readonly #inner: Metadata;

  constructor(journal: HeldJournal, inner: Metadata) {
    this.#journal = journal;
    this.#inner = inner;
  }

  load(): MetadataRecord[] {
    return this.#inner.load();
  }

  put(record: MetadataRecord): void {
    this.#journal.join(() => this.#inner.put(record));
  }

  delete(kind: MetadataKind, id: number): void {
    this.#journal.join(() => this.#inner.delete(kind, id));
  }
}

/** guest/guest may do everything but what a test denies. */
export class TestAccess implements Access {
  revision = 0;
  readonly limits = new Map<UserLimit, number>();
  /** Entries such as `configure q` and `topic amq.topic write a.b`. */
  readonly denied = new Set<string>();
  /** Set: answers wait here until the test runs them. */
  waiting: (() => void)[] | undefined;

  authenticate(
    name: string,
    password: Buffer,
    _origin: LoginOrigin,
    callback: (user: User | undefined) => void,
  ): void {
    const user = name === 'guest' && password.equals(Buffer.from('guest'));
    const answer = () => callback(user ? { name, tags: [] } : undefined);
    if (this.waiting === undefined) answer();
    else this.waiting.push(answer);
  }

  mayUseVhost(_user: User, vhost: string): boolean {
    return !this.denied.has(`vhost ${vhost}`);
  }

  allows(_user: User, _vhost: string, permission: Permission, name: string): boolean {
    return !this.denied.has(`${permission} ${name}`);
  }

  restrictsTopics(_user: User, _vhost: string, exchange: string): boolean {
    return [...this.denied].some((entry) => entry.startsWith(`topic ${exchange} `));
  }

  allowsTopic(
    _user: User,
    _vhost: string,
    exchange: string,
    permission: TopicPermission,
    routingKey: string,
  ): boolean {
    return !this.denied.has(`topic ${exchange} ${permission} ${routingKey}`);
  }

  userLimit(_user: User, limit: UserLimit): number {
    return this.limits.get(limit) ?? Number.POSITIVE_INFINITY;
  }
}

const SETTINGS: BrokerSettings = {
  heartbeatSeconds: 60,
  frameMaxBytes: 131_072,
  initialFrameMaxBytes: 8192,
  channelMax: 2047,
  maxMessageBytes: 16 << 20,
  handshakeTimeoutMs: 10_000,
  connectionMax: 1000,
  consumerMaxPerChannel: 1000,
  consumerTimeoutMs: 1_800_000,
  consumerTimeoutResponse: 'close_channel',
  messageMemoryBytes: 1 << 30,
  serverProperties: tableOf({ product: 'test' }),
  defaultVhost: '/',
  nodeName: 'warren@test',
  eventExchangeVhost: undefined,
  defaultQueueType: 'classic',
};

export class CoreWorld {
  readonly clock = new ManualClock();
  readonly journal: HeldJournal;
  readonly access = new TestAccess();
  readonly broker: Broker;
  readonly clients: MemoryClient[] = [];
  readonly warnings: string[] = [];
  readonly #stored: { readonly journal: MemoryJournal; readonly metadata: MemoryMetadata };
  readonly #settings: Partial<BrokerSettings>;

  constructor(settings: Partial<BrokerSettings> = {}, restarted?: CoreWorld) {
    this.#settings = settings;
    this.#stored = restarted === undefined ? emptyStore() : restarted.#stored;
    this.journal = new HeldJournal(this.#stored.journal);
    let randomCount = 0;
    this.broker = new Broker({
      clock: this.clock,
      random: { bytes: (count) => Buffer.alloc(count, ++randomCount) },
      journal: this.journal,
      metadata: new HeldMetadata(this.journal, this.#stored.metadata),
      access: this.access,
      compilePattern,
      log: {
        info: () => undefined,
        warn: (_fields, text) => this.warnings.push(text),
        error: (_fields, text) => this.warnings.push(text),
      },
      settings: { ...SETTINGS, ...settings },
    });
  }

  /** The node died: what was not durable is gone. */
  restarted(settings: Partial<BrokerSettings> = {}): CoreWorld {
    return new CoreWorld({ ...this.#settings, ...settings }, this);
  }

  /** A client whose handshake has not begun. */
  connect(): MemoryClient {
    const client = new MemoryClient((transport) => this.broker.accept(transport));
    this.clients.push(client);
    return client;
  }

  /** A client with an open connection and channel 1. */
  async open(capabilities: Record<string, PlainValue> = {}): Promise<MemoryClient> {
    const client = this.connect();
    client.startConnection(capabilities);
    client.method('channel.open');
    await this.run();
    client.take();
    return client;
  }

  /** Ends turns until nothing is left to do but what waits for the disk. */
  turn(): void {
    do {
      this.clock.endTurn();
      for (const client of this.clients) client.deliver();
    } while (this.clock.isTurnPending);
  }

  /** Ends turns, commits and reads until nothing moves. */
  async run(): Promise<void> {
    this.#settle();
    while (this.journal.isCommitting || this.journal.pendingReadCount > 0) {
      await this.journal.finishRead();
      this.turn();
      await this.journal.finishCommit();
      this.#settle();
    }
  }

  /** Long enough for a commit that nobody waits for, too short for anything else. */
  #settle(): void {
    this.turn();
    this.clock.advance(5);
    this.turn();
  }
}

function emptyStore(): { journal: MemoryJournal; metadata: MemoryMetadata } {
  const journal = new MemoryJournal();
  return { journal, metadata: new MemoryMetadata(journal) };
}
