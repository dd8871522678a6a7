// A topology over an in-memory store of definitions, with an actor who may do everything but what a
// test denies.

import type { Access, Permission, TopicPermission, User } from '../../../src/broker/access.ts';
import type { Actor } from '../../../src/broker/actor.ts';
import type { Random } from '../../../src/broker/clock.ts';
import { BrokerEvents } from '../../../src/broker/events.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../src/broker/limits.ts';
import type { Metadata, MetadataKind, MetadataRecord } from '../../../src/broker/metadata.ts';
import { NodeCounts } from '../../../src/broker/metrics/node-counts.ts';
import { IdSequence } from '../../../src/broker/vhost/id-sequence.ts';
import { recoverTopology } from '../../../src/broker/vhost/recovery.ts';
import type {
  BindingRequest,
  ExchangeDeclaration,
  QueueDeclaration,
  QueueDeletion,
} from '../../../src/broker/vhost/requests.ts';
import { Topology } from '../../../src/broker/vhost/topology.ts';
import { TopologyEvents } from '../../../src/broker/vhost/topology-events.ts';
import type { VirtualHost } from '../../../src/broker/vhost/vhost.ts';
import { VirtualHosts } from '../../../src/broker/vhost/vhosts.ts';
import { AmqpError } from '../../../src/protocol/amqp-error.ts';
import { EMPTY_TABLE } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { TestQueue } from '../exchange/routing-fixture.ts';

/** Keeps records as bytes-owning copies, as a store would. */
export class FakeMetadata implements Metadata {
  readonly records = new Map<string, MetadataRecord>();
  /** Puts and deletes, to see that nothing was written. */
  writeCount = 0;

  load(): MetadataRecord[] {
    return [...this.records.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.id - b.id);
  }

  put(record: MetadataRecord): void {
    this.writeCount++;
    this.records.set(`${record.kind} ${record.id}`, structuredClone(record));
  }

  delete(kind: MetadataKind, id: number): void {
    this.writeCount++;
    this.records.delete(`${kind} ${id}`);
  }

  countOf(kind: MetadataKind): number {
    return this.load().filter((record) => record.kind === kind).length;
  }
}

class FakeAccess implements Access {
  readonly revision = 0;
  /** Entries such as `configure q` and `topic amq.topic read a.b`. */
  readonly denied = new Set<string>();
  /** Every question asked, in order, in the same form. */
  readonly asked: string[] = [];

  authenticate(): never {
    throw new Error('topology never authenticates');
  }

  mayUseVhost(): boolean {
    return true;
  }

  allows(_user: User, _vhost: string, permission: Permission, name: string): boolean {
    this.asked.push(`${permission} ${name}`);
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

  userLimit(): number {
    return Number.POSITIVE_INFINITY;
  }
}

class CountingRandom implements Random {
  #next = 0;

  bytes(count: number): Buffer {
    this.#next++;
    return Buffer.alloc(count, this.#next);
  }
}

export type Plain = { readonly [key: string]: PlainValue };

type Overrides<T> = Partial<Omit<T, 'arguments'>> & { readonly arguments?: Plain };

/** One node's topology; `restarted()` is the same node after a crash. */
export class Bench {
  readonly metadata: FakeMetadata;
  readonly access = new FakeAccess();
  readonly events = new BrokerEvents('warren@test', 1);
  readonly vhosts: VirtualHosts;
  readonly counts = new NodeCounts();
  readonly topology: Topology;
  readonly vhost: VirtualHost;
  readonly actor: Actor = { user: { name: 'ann', tags: [] }, connection: {} };
  readonly stranger: Actor = { user: { name: 'bob', tags: [] }, connection: {} };
  readonly recovered: ReturnType<typeof recoverTopology>;

  constructor(limits: Partial<Limits> = {}, metadata = new FakeMetadata()) {
    this.metadata = metadata;
    const records = metadata.load();
    const ids = new IdSequence(metadata);
    ids.restore(records);
    const allLimits = { ...DEFAULT_LIMITS, ...limits };
    this.vhosts = new VirtualHosts(metadata, ids, allLimits);
    const createQueue = (definition: ConstructorParameters<typeof TestQueue>[0]) =>
      new TestQueue(definition);
    const equipExchange = () => {};
    this.recovered = recoverTopology(records, this.vhosts, createQueue, equipExchange);
    this.vhost = this.vhosts.create('/');
    this.topology = new Topology({
      access: this.access,
      metadata,
      random: new CountingRandom(),
      limits: allLimits,
      ids,
      vhosts: this.vhosts,
      createQueue,
      events: new TopologyEvents(this.events),
      counts: this.counts,
      equipExchange,
    });
  }

  restarted(): Bench {
    return new Bench({}, this.metadata);
  }

  declareExchange(
    name: string,
    overrides: Overrides<ExchangeDeclaration> = {},
    actor = this.actor,
  ) {
    return this.topology.declareExchange(actor, this.vhost, {
      type: 'direct',
      isDurable: false,
      isAutoDelete: false,
      isInternal: false,
      ...overrides,
      name,
      arguments: tableOf(overrides.arguments ?? {}),
    });
  }

  declareQueue(name: string, overrides: Overrides<QueueDeclaration> = {}, actor = this.actor) {
    const declared = this.topology.declareQueue(actor, this.vhost, {
      isDurable: false,
      isExclusive: false,
      isAutoDelete: false,
      ...overrides,
      name,
      arguments: tableOf(overrides.arguments ?? {}),
    });
    return { ...declared, queue: declared.queue as TestQueue };
  }

  deleteQueue(name: string, overrides: Partial<QueueDeletion> = {}, actor = this.actor) {
    const deletion = { ifUnused: false, ifEmpty: false, ...overrides, name };
    return this.topology.deleteQueue(actor, this.vhost, deletion);
  }

  deleteExchange(name: string, ifUnused = false, actor = this.actor) {
    return this.topology.deleteExchange(actor, this.vhost, name, ifUnused);
  }

  bindQueue(source: string, queue: string, overrides: Overrides<BindingRequest> = {}) {
    return this.topology.bind(this.actor, this.vhost, request(source, 'queue', queue, overrides));
  }

  unbindQueue(source: string, queue: string, overrides: Overrides<BindingRequest> = {}) {
    return this.topology.unbind(this.actor, this.vhost, request(source, 'queue', queue, overrides));
  }

  bindExchange(source: string, to: string, overrides: Overrides<BindingRequest> = {}) {
    return this.topology.bind(this.actor, this.vhost, request(source, 'exchange', to, overrides));
  }

  unbindExchange(source: string, to: string, overrides: Overrides<BindingRequest> = {}) {
    return this.topology.unbind(this.actor, this.vhost, request(source, 'exchange', to, overrides));
  }

  hasExchange(name: string): boolean {
    return this.vhost.exchanges.has(name);
  }

  hasQueue(name: string): boolean {
    return this.vhost.queues.has(name);
  }

  queue(name: string): TestQueue {
    return this.vhost.queues.get(name) as TestQueue;
  }
}

export function request(
  source: string,
  destinationKind: 'queue' | 'exchange',
  destination: string,
  overrides: Overrides<BindingRequest> = {},
): BindingRequest {
  const bindingArguments = overrides.arguments ? tableOf(overrides.arguments) : EMPTY_TABLE;
  return {
    routingKey: '',
    ...overrides,
    source,
    destinationKind,
    destination,
    arguments: bindingArguments,
  };
}

/** The reply text with which `action` fails; it must fail with an AmqpError. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AmqpError) return `${error.replyCode} ${error.replyText}`;
    throw error;
  }
  throw new Error('the action was allowed');
}
