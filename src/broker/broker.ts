// The broker: what its connections share, recovery at start, alarms, and the orderly end. Pure: time,
// chance, storage and permissions come in as interfaces.

import { ContentHeaderScan } from '../protocol/content-header-scan.ts';
import type { Access } from './access.ts';
import type { BrokerNode, ReplyReceiver } from './broker-node.ts';
import type { BrokerLog, BrokerSettings } from './broker-settings.ts';
import type { Clock, Random } from './clock.ts';
import { Connection } from './connection/connection.ts';
import { Deadlines } from './deadlines.ts';
import { DueClock } from './delay/due-clock.ts';
import type { Exchange } from './exchange/exchange.ts';
import { Routing } from './exchange/route.ts';
import { Intakes } from './intake.ts';
import type { Journal, QueueState } from './journal.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { IncomingMessage } from './message/incoming-message.ts';
import { MessageMemory } from './message/message-memory.ts';
import type { Metadata } from './metadata.ts';
import { OutgoingSlabs } from './outgoing.ts';
import { Queue, type QueueDefinition } from './queue/queue.ts';
import type { Transport, TransportReceiver } from './transport.ts';
import { Turn } from './turn.ts';
import { IdSequence } from './vhost/id-sequence.ts';
import { IntakeOwners } from './vhost/intake-owners.ts';
import { recoverTopology } from './vhost/recovery.ts';
import { Topology } from './vhost/topology.ts';
import { VirtualHosts } from './vhost/vhosts.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly metadata: Metadata;
  readonly access: Access;
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
  readonly turn: Turn;
  readonly deadlines: Deadlines;
  readonly vhosts: VirtualHosts;
  readonly topology: Topology;
  /** To be told when the effective arguments of a queue or exchange change. */
  readonly intakeOwners: IntakeOwners;
  readonly slabs = new OutgoingSlabs();
  readonly message = new IncomingMessage();
  readonly scan = new ContentHeaderScan();
  readonly routing = new Routing();
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
    this.access = options.access;
    this.log = options.log;
    this.settings = options.settings;
    this.#journal = options.journal;
    this.memory = new MessageMemory(options.settings.messageMemoryBytes);
    this.turn = new Turn(options.clock, options.journal);
    this.deadlines = new Deadlines(options.clock);
    const records = options.metadata.load();
    const ids = new IdSequence(options.metadata);
    ids.restore(records);
    this.vhosts = new VirtualHosts(options.metadata, ids, DEFAULT_LIMITS);
    this.intakeOwners = this.#createIntakeOwners(options, ids);
    const equipExchange = (exchange: Exchange) => this.intakeOwners.exchangeChanged(exchange);
    const states = options.journal.loadQueueStates();
    const createQueue = (definition: QueueDefinition) =>
      this.#createQueue(definition, states.get(definition.storageId));
    this.topology = new Topology({
      access: options.access,
      metadata: options.metadata,
      random: options.random,
      limits: DEFAULT_LIMITS,
      ids,
      vhosts: this.vhosts,
      createQueue,
      equipExchange,
    });
    const recovered = recoverTopology(records, this.vhosts, createQueue, equipExchange);
    for (const line of recovered.unusable) this.log.error({}, line);
    options.journal.retainQueues(recovered.storageIds);
    states.clear();
    this.vhosts.create(options.settings.defaultVhost);
    this.turn.schedule();
  }

  get openConnectionCount(): number {
    return this.#open.size;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#open;
  }

  #createQueue(definition: QueueDefinition, state: QueueState | undefined): Queue {
    const environment = {
      memory: this.memory,
      journal: this.#journal,
      turn: this.turn,
      queueUnused: (queue: Queue) => this.#queueUnused(queue),
    };
    const queue = new Queue(definition, environment, state);
    this.intakeOwners.queueChanged(queue);
    return queue;
  }

  #createIntakeOwners(options: BrokerOptions, ids: IdSequence): IntakeOwners {
    const { clock, journal, metadata } = options;
    const { turn, deadlines, vhosts, routing } = this;
    const intakes = new Intakes({ journal, turn, deadlines, dueClock: new DueClock(clock) });
    return new IntakeOwners({ intakes, ids, metadata, vhosts, routing });
  }

  #queueUnused(queue: Queue): void {
    if (this.topology.queueUnused(queue).isStored) this.turn.schedule();
  }

  /** A new connection; its transport calls back what is returned. */
  accept(transport: Transport): TransportReceiver {
    const connection = new Connection(this, transport, {
      opened: () => {
        this.#open.add(connection);
        this.log.info(connection.logFields(), 'connection opened');
      },
      closed: () => {
        this.#open.delete(connection);
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

  setMemoryAlarm(isOn: boolean): void {
    this.#isMemoryAlarm = isOn;
    this.#setAlarms();
  }

  setDiskAlarm(isOn: boolean): void {
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
