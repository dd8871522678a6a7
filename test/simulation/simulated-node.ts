// One broker process in memory: the real core over simulated time, disk and pipes. The only file of
// the simulation that knows how a Broker is put together.

import { compilePattern } from '../../src/auth/name-pattern.ts';
import type { Access } from '../../src/broker/access.ts';
import { Broker } from '../../src/broker/broker.ts';
import type { BrokerLog, BrokerSettings } from '../../src/broker/broker-settings.ts';
import type { Random } from '../../src/broker/clock.ts';
import { EMPTY_TABLE } from '../../src/protocol/field-table.ts';
import { type Agenda, SimulatedClock } from './simulated-clock.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { type PipeBehaviour, type PipeObserver, SimulatedPipe } from './simulated-pipe.ts';
import { SimulatedStore, type StoreObserver, type StoreTiming } from './simulated-store.ts';

export const SIMULATED_SETTINGS: BrokerSettings = {
  heartbeatSeconds: 60,
  frameMaxBytes: 131072,
  initialFrameMaxBytes: 8192,
  channelMax: 2047,
  maxMessageBytes: 16777216,
  handshakeTimeoutMs: 10_000,
  connectionMax: 1_000_000,
  consumerMaxPerChannel: 1_000_000,
  consumerTimeoutMs: Number.POSITIVE_INFINITY,
  consumerTimeoutResponse: 'close_channel',
  messageMemoryBytes: 64 << 20,
  serverProperties: EMPTY_TABLE,
  defaultVhost: '/',
  nodeName: 'warren@test',
  eventExchangeVhost: undefined,
  defaultQueueType: 'classic',
};

/** guest/guest may do everything; nobody else gets in. */
const GUEST_ONLY: Access = {
  authenticate: (name, password, isLoopback, callback) => {
    const isGuest = name === 'guest' && password.toString() === 'guest' && isLoopback;
    callback(isGuest ? { name, tags: [] } : undefined);
  },
  mayUseVhost: () => true,
  allows: () => true,
  restrictsTopics: () => false,
  allowsTopic: () => true,
  userLimit: () => Number.POSITIVE_INFINITY,
  revision: 0,
};

export interface NodeParts {
  readonly agenda: Agenda;
  readonly disk: SimulatedDisk;
  readonly random: Random;
  readonly timing: StoreTiming;
  readonly observer: StoreObserver;
  readonly settings?: Partial<BrokerSettings>;
}

const ignore = (): void => {};
export const NO_OBSERVER: StoreObserver = { commitStarted: ignore, commitDurable: ignore };
export const FAST_STORE: StoreTiming = { commitMs: () => 1, readMs: () => 1 };

export class SimulatedNode {
  readonly clock: SimulatedClock;
  readonly store: SimulatedStore;
  readonly broker: Broker;
  /** What the broker logged as an error: nothing a client does may cause one. */
  readonly errors: string[] = [];
  readonly #agenda: Agenda;
  readonly #pipes = new Set<SimulatedPipe>();

  constructor(parts: NodeParts) {
    this.#agenda = parts.agenda;
    this.clock = new SimulatedClock(parts.agenda);
    this.store = new SimulatedStore(parts.agenda, parts.disk, parts.timing, parts.observer);
    const log: BrokerLog = {
      info: ignore,
      warn: ignore,
      error: (_fields, message) => {
        this.errors.push(message);
      },
    };
    this.broker = new Broker({
      clock: this.clock,
      random: parts.random,
      journal: this.store,
      metadata: this.store,
      access: GUEST_ONLY,
      compilePattern,
      log,
      settings: { ...SIMULATED_SETTINGS, ...parts.settings },
    });
  }

  connect(behaviour: PipeBehaviour, observer?: PipeObserver): SimulatedPipe {
    const pipe = new SimulatedPipe(this.#agenda, behaviour, observer);
    this.#pipes.add(pipe);
    pipe.connect(this.broker.accept(pipe));
    return pipe;
  }

  /** SIGKILL: nothing of the process runs any more, its peers see resets. */
  crash(isInFlightDurable: boolean): void {
    this.clock.stop();
    this.store.crash(isInFlightDurable);
    for (const pipe of this.#pipes) if (!pipe.isClosed) pipe.crash();
    this.#pipes.clear();
  }
}
