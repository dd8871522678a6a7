// The rounds: start the broker, load it, end it at a random moment, again. Most ends are SIGKILL; some
// hit a broker that starts or shuts down, some are orderly and must end with 0. Then everything is
// drained, twice with a restart in between. All faults of the process itself are collected here; what
// the clients saw is the checker's.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import amqp, { type ChannelModel } from 'amqplib';
import { WarrenProcess } from '../end-to-end/warren-process.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { drain } from './drain.ts';
import type { HistoryEvent } from './history.ts';
import { Load } from './load.ts';
import { BACKLOG, checkWorld, declareWorld } from './world.ts';

const LOAD_MS_MIN = 200;
const LOAD_MS_MAX = 2_000;
/** A start takes a few hundred milliseconds: most of these hit it, some come just after. */
const STARTING_MS_MAX = 450;
const SHUTDOWN_MS_MAX = 150;
const FROZEN_MS = 100;
const PATIENCE_MS = 30_000;
const STARTING_KILL_PERCENT = 30;

const CONFIGURATION = `
message_memory_limit = 4MB
log.console.level = warning
disk_free_limit.absolute = 10MB
`;

/** What the broker may log: clients that are sent away by an orderly end. Any other warning is a fault. */
const FORCED = 'CONNECTION_FORCED';

/**
 * A frozen broker gives its clients time to read everything that it sent, and is then killed as it
 * stands: a confirm that came too early is seen. After a plain SIGKILL the reset connections often
 * swallow the last frames.
 */
type Ending = 'SIGSTOP, SIGKILL' | 'SIGKILL' | 'SIGTERM' | 'SIGTERM, SIGKILL';

/** Twenty, so that one is 5 %. */
const ENDINGS: readonly Ending[] = [
  ...Array.from({ length: 10 }, () => 'SIGSTOP, SIGKILL' as const),
  ...Array.from({ length: 4 }, () => 'SIGKILL' as const),
  ...Array.from({ length: 3 }, () => 'SIGTERM' as const),
  ...Array.from({ length: 3 }, () => 'SIGTERM, SIGKILL' as const),
];

export interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** The compiled entry of the broker. */
  readonly main: string;
  /** An empty directory for the data and the configuration file. */
  readonly directory: string;
  readonly print: (line: string) => void;
}

/** Rejects when the promise takes too long: a run that hangs says where. */
async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} takes too long`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export class Rounds {
  readonly history: HistoryEvent[] = [];
  /** What the process did that it must not do. */
  readonly faults: string[] = [];
  kills = 0;
  startingKills = 0;
  cleanStops = 0;
  readonly #options: RoundsOptions;
  readonly #random: SeededRandom;
  readonly #load: Load;
  readonly #note = (event: HistoryEvent): void => void this.history.push(event);
  #process: WarrenProcess | undefined;
  #epoch = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#load = new Load(options.seed.toString(36), options.seed, this.#note);
    writeFileSync(this.#configFile, CONFIGURATION);
  }

  get #configFile(): string {
    return join(this.#options.directory, 'warren.conf');
  }

  async run(): Promise<void> {
    for (let round = 1; round <= this.#options.rounds; round++) await this.#round(round);
    await this.#drainTwice();
  }

  /** Whatever happened: nothing of this run goes on. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  async abandon(): Promise<void> {
    this.kill();
    await this.#process?.ended();
  }

  async #round(round: number): Promise<void> {
    const url = await this.#start();
    const backlog = await this.#withClient(url, async (client) => {
      if (round === 1) await declareWorld(client);
      return (await checkWorld(client)).get(BACKLOG);
    });
    await inTime(this.#load.start(url, this.#epoch), 'connecting the clients');
    const loadMs = this.#random.between(LOAD_MS_MIN, LOAD_MS_MAX);
    const ending = this.#random.pick(ENDINGS);
    await pause(loadMs);
    await this.#end(ending);
    await inTime(this.#load.ended(), 'the end of the clients');
    const { print } = this.#options;
    print(
      `round ${round}: backlog ${backlog}, ${ending} after ${loadMs} ms, ${this.history.length} events`,
    );
  }

  async #drainTwice(): Promise<void> {
    // In one epoch a message comes to one client once: the drain has an epoch of its own.
    const first = await drain(await this.#start(), this.#epoch, this.#note);
    await this.#end('SIGTERM');
    const second = await drain(await this.#start(), this.#epoch, this.#note);
    await this.#end('SIGTERM');
    this.#options.print(`drained ${first}, then ${second}`);
    if (second > 0) this.faults.push(`${second} messages came after the queues were empty`);
  }

  /** Starts the broker, after killing none, one or two that were starting. */
  async #start(): Promise<string> {
    while (this.#random.chance(STARTING_KILL_PERCENT)) {
      this.#spawn();
      await pause(this.#random.below(STARTING_MS_MAX));
      this.startingKills++;
      await this.#end('SIGKILL');
    }
    return inTime(this.#spawn().ready(), `the start of epoch ${this.#epoch}`);
  }

  #spawn(): WarrenProcess {
    const { main, directory } = this.#options;
    this.#epoch++;
    const data = join(directory, 'data');
    const flags = ['--data-dir', data, '--config', this.#configFile];
    this.#process = new WarrenProcess(
      process.execPath,
      [
        main,
        'start',
        ...flags,
        '--amqp-port',
        '0',
        '--management-port',
        '0',
        '--prometheus-port',
        '0',
        '--bind',
        '127.0.0.1',
      ],
      {},
    );
    return this.#process;
  }

  async #end(ending: Ending): Promise<void> {
    const child = this.#process as WarrenProcess;
    const epoch = this.#epoch;
    const atMs = performance.now();
    const [first, last] = ending.split(', ') as NodeJS.Signals[];
    child.kill(first as NodeJS.Signals);
    if (first === 'SIGSTOP') await pause(FROZEN_MS);
    if (first === 'SIGTERM' && last !== undefined) await pause(this.#random.below(SHUTDOWN_MS_MAX));
    if (last !== undefined) child.kill(last);
    const exit = await inTime(child.ended(), `${ending} of epoch ${epoch}`);
    // One that is told to end in order may be faster than its SIGKILL.
    const isClean = exit === 0 && first === 'SIGTERM';
    if (isClean) this.cleanStops++;
    else if (exit === 'SIGKILL' && ending !== 'SIGTERM') this.kills++;
    else this.faults.push(`epoch ${epoch} ended with ${exit} on ${ending}`);
    for (const line of child.stderr.split('\n')) {
      if (line !== '' && !line.includes(FORCED)) this.faults.push(`epoch ${epoch} said: ${line}`);
    }
    this.#note({ kind: 'stopped', epoch, isClean, atMs });
  }

  async #withClient<T>(url: string, use: (client: ChannelModel) => Promise<T>): Promise<T> {
    const client = await amqp.connect(url);
    client.on('error', () => undefined);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }
}
