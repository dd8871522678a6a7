// The broker: what its connections share, recovery at start, alarms, and the orderly end. Pure: time,
// chance, storage and permissions come in as interfaces.

import { ContentHeaderScan } from '../protocol/content-header-scan.ts';
import type { FieldTable } from '../protocol/field-table.ts';
import type { Access } from './access.ts';
import type { BrokerNode, OpenConnection, ReplyReceiver } from './broker-node.ts';
import { BrokerPublisher } from './broker-publisher.ts';
import type { BrokerLog, BrokerSettings } from './broker-settings.ts';
import type { Clock, Random } from './clock.ts';
import { Connection } from './connection/connection.ts';
import {
  alarmChanged,
  connectionClosed,
  connectionCreated,
} from './connection/connection-events.ts';
import { Deadlines } from './deadlines.ts';
import { DueClock } from './delay/due-clock.ts';
import { EventExchange } from './event-exchange.ts';
import { BrokerEvents } from './events.ts';
import type { Exchange } from './exchange/exchange.ts';
import { Routing } from './exchange/route.ts';
import { Intakes } from './intake.ts';
import type { Journal, QueueState } from './journal.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { IncomingMessage } from './message/incoming-message.ts';
import { MessageMemory } from './message/message-memory.ts';
import type { Metadata } from './metadata.ts';
import { NodeCounts } from './metrics/node-counts.ts';
import type { CompilePattern } from './name-pattern.ts';
import { OutgoingSlabs } from './outgoing.ts';
import { Queue } from './queue/queue.ts';
import type { QueueDefinition, QueueEnvironment } from './queue/queue-definition.ts';
import { QUEUE_TYPES } from './queue/queue-types.ts';
import type { Transport, TransportReceiver } from './transport.ts';
import { Turn } from './turn.ts';
import { DeadLetters } from './vhost/dead-letters.ts';
import { ExchangeIntakes } from './vhost/exchange-intakes.ts';
import { IdSequence } from './vhost/id-sequence.ts';
import { Policies } from './vhost/policies.ts';
import { recoverTopology } from './vhost/recovery.ts';
import type { TopologyChange } from './vhost/requests.ts';
import { Topology } from './vhost/topology.ts';
import { TopologyEvents } from './vhost/topology-events.ts';
import { VirtualHosts } from './vhost/vhosts.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly metadata: Metadata;
  readonly access: Access;
  readonly compilePattern: CompilePattern;
  readonly log: BrokerLog;
  readonly settings: BrokerSettings;
}

/** Clients get this long to take the last frames of a shutdown. */
const CLOSE_GRACE_MS = 2000;
const CLOSE_POLL_MS = 10;

export class Broker implements BrokerNode {
  readonly clock: Clock;
  readonly random: Random;
  readonly access: Access;
  readonly log: BrokerLog;
  readonly settings: BrokerSettings;
  serverProperties: FieldTable;
  readonly deadlines: Deadlines;
  readonly turn: Turn;
  readonly vhosts: VirtualHosts;
  readonly topology: Topology;
  readonly events: BrokerEvents;
  readonly publisher: BrokerPublisher;
  readonly policies: Policies;
  readonly slabs = new OutgoingSlabs();
  readonly counts = new NodeCounts();
  readonly message = new IncomingMessage();
  readonly scan = new ContentHeaderScan();
  readonly routing: Routing;
  readonly replyReceivers = new Map<string, ReplyReceiver>();
  readonly memory: MessageMemory;
  alarms: readonly string[] = [];
  readonly #journal: Journal;
  /** Every connection that was accepted and whose socket is not closed. */
  readonly #accepted = new Set<Connection>();
  readonly #open = new Set<Connection>();
  #isMemoryAlarm = false;
  #isDiskAlarm = false;
  #isClosing = false;

  constructor(options: BrokerOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.routing = new Routing(options.random);
    this.access = options.access;
    this.log = options.log;
    this.settings = options.settings;
    this.serverProperties = options.settings.serverProperties;
    this.#journal = options.journal;
    this.memory = new MessageMemory(options.settings.messageMemoryBytes);
    this.deadlines = new Deadlines(options.clock);
    this.turn = new Turn(options.clock, options.journal);
    const { nodeName, eventExchangeVhost } = options.settings;
    this.events = new BrokerEvents(nodeName, Math.floor(options.clock.wallMs() / 1000));
    this.publisher = new BrokerPublisher(this.turn, this.routing);
    const topologyEvents = new TopologyEvents(this.events);
    const records = options.metadata.load();
    const ids = new IdSequence(options.metadata);
    ids.restore(records);
    this.vhosts = new VirtualHosts(options.metadata, ids, DEFAULT_LIMITS, {
      events: topologyEvents,
      counts: this.counts,
      eventExchangeVhost,
      defaultQueueType: QUEUE_TYPES.get(options.settings.defaultQueueType),
    });
    const states = options.journal.loadQueueStates();
    const intakes = new Intakes({
      journal: options.journal,
      turn: this.turn,
      deadlines: this.deadlines,
      dueClock: new DueClock(options.clock),
    });
    const { metadata, random } = options;
    const { vhosts, counts } = this;
    const exchangeIntakes = new ExchangeIntakes({ intakes, ids, metadata, vhosts, random });
    const equipExchange = (exchange: Exchange) => exchangeIntakes.equip(exchange);
    const environment = this.#queueEnvironment(intakes, states);
    const createQueue = (definition: QueueDefinition) =>
      new Queue(definition, environment, (storageId) => states.get(storageId));
    this.topology = new Topology({
      access: options.access,
      ...{ metadata, random, vhosts, ids, createQueue, counts },
      limits: DEFAULT_LIMITS,
      events: topologyEvents,
      equipExchange,
    });
    const recovered = recoverTopology(records, this.vhosts, createQueue, equipExchange);
    this.policies = new Policies({
      metadata: options.metadata,
      ids,
      limits: DEFAULT_LIMITS,
      vhosts: this.vhosts,
      events: this.events,
      compilePattern: options.compilePattern,
      equipExchange,
    });
    for (const line of recovered.unusable) this.log.error({}, line);
    for (const line of this.policies.recover(records)) this.log.error({}, line);
    options.journal.retainQueues(recovered.storageIds);
    states.clear();
    this.#createDefaultVhost(options.settings.defaultVhost);
    if (eventExchangeVhost !== undefined) this.#publishEvents(eventExchangeVhost);
    this.turn.schedule();
  }

  #createDefaultVhost(name: string): void {
    if (this.vhosts.get(name) !== undefined) return;
    this.vhosts.create(name);
    this.vhosts.describe(name, { description: 'Default virtual host' });
  }

  get openConnectionCount(): number {
    return this.#open.size;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#open;
  }

  #publishEvents(vhostName: string): void {
    const exchange = new EventExchange(this.vhosts, vhostName, this.publisher, this.clock);
    this.events.listen((name, fields) => exchange.publish(name, fields));
  }

  /** Turns the firehose of a vhost on or off. False when there is no such vhost. */
  setTracing(vhostName: string, isOn: boolean): boolean {
    const vhost = this.vhosts.get(vhostName);
    if (vhost === undefined) return false;
    vhost.isTraced = isOn;
    this.log.info({ vhost: vhostName }, `tracing is ${isOn ? 'on' : 'off'}`);
    return true;
  }

  #queueEnvironment(intakes: Intakes, states: ReadonlyMap<number, QueueState>): QueueEnvironment {
    const shared = {
      memory: this.memory,
      journal: this.#journal,
      turn: this.turn,
      deadlines: this.deadlines,
      random: this.random,
    };
    const recovered = (storageId: number) => states.get(storageId);
    const deadLetters = new DeadLetters(this.vhosts, shared, this.random, recovered);
    return {
      ...shared,
      intakes,
      clock: this.clock,
      deadLetters,
      queueUnused: (queue) => this.#queueGone(this.topology.queueUnused(queue)),
      queueExpired: (queue) => this.#queueGone(this.topology.queueExpired(queue)),
    };
  }

  #queueGone(change: TopologyChange): void {
    if (change.isStored) this.turn.schedule();
  }

  /** A new connection; its transport calls back what is returned. */
  accept(transport: Transport): TransportReceiver {
    const connection = new Connection(this, transport, {
      opened: () => {
        this.#open.add(connection);
        this.counts.churn.connectionsCreated++;
        connectionCreated(connection);
        this.log.info(connection.logFields(), 'connection opened');
      },
      closed: () => {
        this.#open.delete(connection);
        this.counts.churn.connectionsClosed++;
        connectionClosed(connection);
        this.log.info(connection.logFields(), 'connection closed');
      },
    });
    this.#accepted.add(connection);
    if (this.#isClosing) transport.destroy();
    return {
      receive: (chunk) => connection.receive(chunk),
      drained: () => connection.drained(),
      closed: () => {
        this.#accepted.delete(connection);
        connection.closed();
      },
    };
  }

  /** Ends the connections of a vhost and all that is in it. Throws NotFoundError. */
  deleteVhost(name: string): void {
    const vhost = this.vhosts.existing(name);
    this.closeConnections((one) => one.vhost === vhost, `vhost '${name}' is deleted`);
    this.vhosts.delete(name);
    this.turn.schedule();
  }

  /** Closes those connections with 320 CONNECTION_FORCED and the reason. */
  closeConnections(isMeant: (connection: OpenConnection) => boolean, reason: string): void {
    for (const connection of [...this.#open]) if (isMeant(connection)) connection.force(reason);
  }

  setMemoryAlarm(isOn: boolean): void {
    if (isOn !== this.#isMemoryAlarm) alarmChanged(this, 'memory', isOn);
    this.#isMemoryAlarm = isOn;
    this.#setAlarms();
  }

  setDiskAlarm(isOn: boolean): void {
    if (isOn !== this.#isDiskAlarm) alarmChanged(this, 'disk', isOn);
    this.#isDiskAlarm = isOn;
    this.#setAlarms();
  }

  #setAlarms(): void {
    const alarms: string[] = [];
    if (this.#isMemoryAlarm) alarms.push('low on memory');
    if (this.#isDiskAlarm) alarms.push('low on disk');
    this.alarms = alarms;
    if (alarms.length > 0) return;
    for (const connection of this.#open) connection.unblock();
  }

  /**
   * Closes every connection with 320 CONNECTION_FORCED and waits until everything that was accepted
   * is durable.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.deadlines.stop();
    for (const connection of [...this.#accepted]) {
      connection.force("broker forced connection closure with reason 'shutdown'");
    }
    await new Promise<void>((resolve) => this.turn.whenIdle(resolve));
    await this.#untilClosed();
  }

  #untilClosed(): Promise<void> {
    const deadline = this.clock.nowMs() + CLOSE_GRACE_MS;
    return new Promise((resolve) => {
      const check = () => {
        if (this.#accepted.size > 0 && this.clock.nowMs() < deadline) {
          this.clock.setTimer(CLOSE_POLL_MS, check);
          return;
        }
        for (const connection of [...this.#accepted]) connection.transport.destroy();
        resolve();
      };
      check();
    });
  }
}
