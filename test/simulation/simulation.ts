// One run: a broker, its clients, its crashes, all from one seed; and the auditor's verdict.

import type { Method } from '../../src/protocol/generated/methods.ts';
import * as amqp from '../../src/protocol/generated/methods.ts';
import { Auditor } from './auditor.ts';
import type { Coverage } from './coverage.ts';
import { EdgeDecoder } from './edge-decoder.ts';
import type { Content, HistoryEvent } from './history.ts';
import { type Move, VISITS } from './idle-visit.ts';
import { SAFE_QUEUE } from './queue-rules.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedClient } from './simulated-client.ts';
import { Agenda } from './simulated-clock.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedNode } from './simulated-node.ts';
import type { PipeBehaviour, PipeObserver, SimulatedPipe } from './simulated-pipe.ts';
import { Workload } from './workload.ts';
import { chooseFamilies, type Family, type WorldFamilies } from './world-families.ts';
import { AUTO_DELETE_QUEUES, declareQueue, durableWorld, SHARED_QUEUES } from './world-names.ts';

export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly messageCount: number;
  readonly deliveryCount: number;
  readonly crashCount: number;
  readonly coverage: Coverage;
  readonly history: readonly HistoryEvent[];
}

export interface SimulationOptions {
  readonly seed: number;
  readonly steps: number;
  /** Replaces the disk, to prove that a bad one is noticed. */
  readonly disk?: SimulatedDisk;
  /** Instead of those that the seed chooses. */
  readonly families?: readonly Family[];
}

const QUIET_EVENTS_MAX = 200_000;
const HISTORY_MAX = 20_000;
const SAME_TURN_MS = 2;
const LULL_MS = 2_000;

export class Simulation {
  readonly #random: SeededRandom;
  readonly #brokerRandom: SeededRandom;
  readonly #agenda = new Agenda();
  readonly #disk: SimulatedDisk;
  readonly #auditor = new Auditor();
  readonly #families: WorldFamilies;
  readonly #workload: Workload;
  readonly #options: SimulationOptions;
  readonly #history: HistoryEvent[] = [];
  /** How nasty this run is: percentages per step. */
  readonly #crashPercent: number;
  readonly #clientsMax: number;
  #node!: SimulatedNode;
  #clients: SimulatedClient[] = [];
  #connectionCount = 0;
  #crashCount = 0;
  /** The auditor does not know what is done now. */
  #isUnjudged = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#brokerRandom = new SeededRandom(options.seed + 1);
    this.#disk = options.disk ?? new SimulatedDisk();
    this.#families = chooseFamilies(this.#random, options.families);
    this.#workload = new Workload(this.#random, this.#families, () => this.#agenda.nowMs);
    this.#crashPercent = this.#random.pick([0, 0.5, 1, 3]);
    this.#clientsMax = this.#random.between(1, 5);
  }

  run(): SimulationResult {
    try {
      this.#boot();
      for (let step = 0; step < this.#options.steps && !this.#isOver; step++) this.#step();
      if (!this.#isOver) this.#end();
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      this.#auditor.violation('exception', String(stack));
    }
    return {
      seed: this.#options.seed,
      violations: this.#auditor.violations,
      messageCount: this.#workload.messageCount,
      deliveryCount: this.#auditor.deliveryCount,
      crashCount: this.#crashCount,
      coverage: this.#auditor.coverage,
      history: this.#history,
    };
  }

  get #isOver(): boolean {
    return this.#auditor.violations.length > 0;
  }

  #record(event: HistoryEvent): void {
    if (this.#isUnjudged) return;
    this.#history.push(event);
    if (this.#history.length > 2 * HISTORY_MAX) this.#history.splice(0, HISTORY_MAX);
    this.#auditor.handle(event, this.#agenda.nowMs);
  }

  // ---- the world ------------------------------------------------------------------------------

  #boot(): void {
    const random = this.#random;
    const isSlowDisk = random.chance(30);
    this.#node = new SimulatedNode({
      agenda: this.#agenda,
      disk: this.#disk,
      random: this.#brokerRandom,
      timing: {
        commitMs: () => random.between(0, isSlowDisk ? 200 : 4),
        readMs: () => random.between(0, isSlowDisk ? 100 : 3),
      },
      observer: {
        commitStarted: () => this.#record({ kind: 'commitStarted' }),
        commitDurable: () => this.#record({ kind: 'commitDurable' }),
      },
      settings: { messageMemoryBytes: random.pick([200_000, 2_000_000, 64 << 20]) },
    });
    this.#runScript([{ id: amqp.CHANNEL_OPEN }, ...durableWorld(this.#families)]);
  }

  #connect(): SimulatedClient {
    const random = this.#random;
    const number = ++this.#connectionCount;
    const frameMax = random.chance(20) ? 4096 : 131_072;
    const pipe: SimulatedPipe = this.#node.connect(
      this.#behaviour(),
      this.#observe(number, frameMax),
    );
    return new SimulatedClient(number, pipe, frameMax);
  }

  #behaviour(): PipeBehaviour {
    const random = this.#random;
    const style = random.below(3);
    const delayMax = random.pick([0, 1, 10]);
    const keepPercent = random.pick([0, 0, 30]);
    return {
      cut: (bytes) =>
        style === 0 ? bytes : style === 1 ? random.between(1, bytes) : random.between(1, 400),
      delayMs: () => random.between(0, delayMax),
      keepsBuffer: () => random.chance(keepPercent),
    };
  }

  #observe(connection: number, frameMax: number): PipeObserver {
    const sink =
      (kind: 'received' | 'sent') =>
      (channel: number, method: Method, content: Content | undefined): void => {
        const event = { kind, connection, channel, method };
        this.#record(content === undefined ? event : { ...event, content });
        if (method.id === amqp.CONNECTION_OPEN_OK) outward.frameMax = frameMax;
      };
    const inward = new EdgeDecoder(true, sink('received'));
    const outward = new EdgeDecoder(false, sink('sent'));
    return {
      arriving: (bytes) => inward.take(bytes),
      departing: (bytes) => outward.take(bytes),
      congestion: (isCongested) => this.#record({ kind: 'congestion', connection, isCongested }),
      ended: () => this.#record({ kind: 'ended', connection }),
    };
  }

  /** One or a few events of the world, then the end of the broker's turn. */
  #turn(): boolean {
    if (!this.#agenda.runNext() && !this.#agenda.isTurnOpen) return false;
    const untilMs = this.#agenda.nowMs + SAME_TURN_MS;
    for (let events = this.#random.pick([0, 0, 1, 4]); events > 0; events--) {
      // Only what is due: a timer must not run before the turn that would have cancelled it.
      if ((this.#agenda.nextMs() ?? Number.POSITIVE_INFINITY) <= untilMs) this.#agenda.runNext();
    }
    this.#agenda.endTurn();
    this.#record({ kind: 'turnEnded' });
    return true;
  }

  #step(): void {
    const random = this.#random;
    this.#clients = this.#clients.filter((client) => !client.isGone);
    if (this.#clients.length < this.#clientsMax && random.chance(20))
      this.#clients.push(this.#connect());
    const idle = this.#clients.filter((client) => client.isIdle);
    if (idle.length > 0 && random.chance(50)) this.#workload.step(random.pick(idle));
    for (let turns = random.below(4); turns > 0; turns--) this.#turn();
    if (random.chance(this.#crashPercent)) return this.#crash();
    if (random.chance(0.7)) return this.#settleDown();
    if (this.#clients.length === 0 || !random.chance(1)) return;
    const victim = random.pick(this.#clients);
    if (random.chance(50)) victim.reset();
    else if (victim.isIdle) victim.close();
  }

  #crash(): void {
    this.#crashCount++;
    this.#node.crash(this.#random.chance(50));
    this.#agenda.endTurn();
    this.#record({ kind: 'crashed' });
    this.#workload.crashed();
    this.#clients = [];
    this.#boot();
  }

  /** Nothing in this world takes longer, nor asks the broker to wait for longer. */
  get #isActive(): boolean {
    const { nowMs, isTurnOpen } = this.#agenda;
    return isTurnOpen || (this.#agenda.nextMs() ?? Number.POSITIVE_INFINITY) <= nowMs + LULL_MS;
  }

  /** Nobody does anything until nothing is under way any more. */
  #settleDown(): void {
    for (let count = 0; this.#isActive && this.#turn(); count++) {
      if (this.#isOver) return;
      if (count > QUIET_EVENTS_MAX)
        return this.#auditor.violation('timer', 'the broker never rests');
    }
    this.#record({ kind: 'quiet' });
    const { pendingCount } = this.#node.clock;
    if (pendingCount > 0) this.#auditor.violation('timer', `${pendingCount} timers are left over`);
    for (const error of this.#node.errors) this.#auditor.violation('exception', error);
    const { store } = this.#node;
    if (!store.isBatchEmpty) this.#auditor.violation('stuck', 'a batch that nobody commits');
  }

  /** Plays methods one after the other on a connection of its own. */
  #runScript(
    moves: readonly Move[],
    onReply: (method: Method) => Method | undefined = () => undefined,
  ): void {
    const client = this.#connect();
    const waiting = [...moves];
    client.onReply = (reply) => {
      let next = onReply(reply) ?? waiting.shift();
      for (; typeof next === 'function'; next = waiting.shift()) next(client);
      if (next === undefined) client.close();
      else client.call(1, next);
    };
    for (let count = 0; !client.isGone && !this.#isOver; count++) {
      if (!this.#turn()) break;
      if (count > QUIET_EVENTS_MAX) return this.#auditor.violation('reply', 'a script never ends');
    }
    if (waiting.length > 0) this.#auditor.violation('reply', `${waiting.length} moves are left`);
  }

  /** All clients leave, then everything is taken out of the queues. */
  #end(): void {
    this.#settleDown();
    if (this.#random.chance(50) && !this.#isOver) this.#crash();
    for (const client of this.#clients) client.reset();
    this.#settleDown();
    const shared = SHARED_QUEUES.filter(
      (name) => !AUTO_DELETE_QUEUES.some((auto) => auto === name),
    );
    for (const queue of [...shared, ...this.#families.queues]) {
      if (this.#isOver) return;
      const get: Method = { id: amqp.BASIC_GET, queue, noAck: true };
      if (queue === SAFE_QUEUE) this.#settleDown();
      this.#runScript([{ id: amqp.CHANNEL_OPEN }, declareQueue(queue, -1), get], (reply) =>
        reply.id === amqp.BASIC_GET_OK ? get : undefined,
      );
    }
    if (this.#isOver) return;
    this.#settleDown();
    this.#record({ kind: 'drained' });
    this.#visit();
  }

  /** A broker that waits for nothing holds no timer, whatever it was asked for before. */
  #visit(): void {
    if (this.#isOver) return;
    this.#isUnjudged = true;
    const [name, moves] = this.#random.pick(Object.entries(VISITS));
    this.#runScript([{ id: amqp.CHANNEL_OPEN }, ...moves]);
    const untilMs = this.#agenda.nowMs + LULL_MS;
    while ((this.#agenda.nextMs() ?? Number.POSITIVE_INFINITY) <= untilMs && this.#turn());
    this.#auditor.coverage.count('idle visits');
    const { pendingCount } = this.#node.clock;
    if (pendingCount === 0) return;
    this.#auditor.violation('timer', `${pendingCount} timers are set after: ${name}`);
  }
}
