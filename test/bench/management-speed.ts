// `node dist/test/bench/management-speed.js`: how long the management API and the metrics take with many queues, and how
// long messages wait meanwhile. Prints the least of several runs, because other programs share the machine; never fails
// for a figure. `--cpu-prof DIRECTORY` keeps a profile of the broker.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import amqp, { type ConfirmChannel } from 'amqplib';
import { Command } from 'commander';
import { startOwnBroker, type TargetBroker } from './target-broker.ts';

interface SpeedOptions {
  readonly queues: string;
  readonly runs: string;
  readonly cpuProf?: string;
}

/** What is asked for, and the goals of its duration. */
const REQUESTS = [
  { name: 'first page of 100 queues', path: '/api/queues?page=1&page_size=100', goalMs: 50 },
  { name: 'the same, sorted by messages', path: '/api/queues?page=1&page_size=100&sort=messages' },
  { name: 'all queues', path: '/api/queues', goalMs: 1_000 },
  { name: 'metrics', path: '/metrics' },
  { name: 'metrics per object', path: '/metrics/per-object', goalMs: 300 },
  { name: 'overview', path: '/api/overview' },
  { name: 'export of definitions', path: '/api/definitions' },
] as const;

/** Longest that a message may wait because of a request. */
const WAIT_GOAL_MS = 10;
const PROBE_QUEUE = 'speed-probe';
const IDLE_MS = 1_000;

async function measure(
  { uri, httpUrls: [api = '', metrics = ''] }: TargetBroker,
  queueCount: number,
  runs: number,
): Promise<void> {
  const connection = await amqp.connect(uri);
  const channel = await connection.createConfirmChannel();
  await declareQueues(channel, queueCount);
  const asker = new Asker();
  const probe = await Probe.start(await connection.createConfirmChannel());
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  print('nothing', Number.NaN, undefined, probe.takeLongestMs());
  for (const request of REQUESTS) {
    let leastMs = Number.POSITIVE_INFINITY;
    let leastWaitMs = Number.POSITIVE_INFINITY;
    for (let run = 0; run < runs; run++) {
      const url = new URL(request.path, request.path.startsWith('/metrics') ? metrics : api);
      probe.takeLongestMs();
      leastMs = Math.min(leastMs, await asker.durationMs(url));
      leastWaitMs = Math.min(leastWaitMs, probe.takeLongestMs());
    }
    print(request.name, leastMs, 'goalMs' in request ? request.goalMs : undefined, leastWaitMs);
  }
  await probe.stop();
  await asker.stop();
  await connection.close();
}

/** Each with a message, so that nothing of a view is empty. */
async function declareQueues(channel: ConfirmChannel, queueCount: number): Promise<void> {
  for (let index = 0; index < queueCount; index++) {
    const name = `speed-${index}`;
    const declared = channel.assertQueue(name, { durable: true });
    channel.sendToQueue(name, Buffer.from('{}'));
    if (index % 500 === 499) await declared;
  }
  await channel.waitForConfirms();
}

/** One message after the other goes through the broker; the longest way is kept. */
class Probe {
  readonly #channel: ConfirmChannel;
  /** Undefined: none is under way. */
  #sentMs: number | undefined;
  #longestMs = 0;
  #isStopped = false;

  private constructor(channel: ConfirmChannel) {
    this.#channel = channel;
  }

  static async start(channel: ConfirmChannel): Promise<Probe> {
    const probe = new Probe(channel);
    await channel.assertQueue(PROBE_QUEUE, { durable: false, autoDelete: true });
    await channel.consume(PROBE_QUEUE, () => probe.#arrived(), { noAck: true });
    probe.#send();
    return probe;
  }

  /** Also of the message that is under way. */
  takeLongestMs(): number {
    const longestMs = Math.max(this.#longestMs, this.#underWayMs());
    this.#longestMs = 0;
    return longestMs;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#channel.close();
  }

  #underWayMs(): number {
    return this.#sentMs === undefined ? 0 : performance.now() - this.#sentMs;
  }

  #send(): void {
    this.#sentMs = performance.now();
    this.#channel.sendToQueue(PROBE_QUEUE, Buffer.from('probe'));
  }

  #arrived(): void {
    this.#longestMs = Math.max(this.#longestMs, this.#underWayMs());
    this.#sentMs = undefined;
    // Not without a pause: the broker is to be measured, not kept busy.
    setTimeout(() => {
      if (!this.#isStopped) this.#send();
    }, 1);
  }
}

/** Asks from a thread of its own: to take in what comes would delay the probe. */
class Asker {
  readonly #worker = new Worker(new URL(import.meta.url));

  async durationMs(url: URL): Promise<number> {
    this.#worker.postMessage(url.href);
    const [answer] = await once(this.#worker, 'message');
    return answer as number;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Until the last byte is here. What comes is not looked at. */
function durationMs(url: string): Promise<number> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { auth: 'guest:guest' }, (response: IncomingMessage) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      response.resume();
      response.on('error', reject);
      response.on('end', () => resolve(performance.now() - startMs));
    }).on('error', reject);
  });
}

function print(name: string, ms: number, goalMs: number | undefined, waitMs: number): void {
  const goal = goalMs === undefined ? '' : `goal ${goalMs} ms`;
  const duration = Number.isNaN(ms) ? '' : `${ms.toFixed(1)} ms`;
  const wait = `a message waited ${waitMs.toFixed(1)} ms at most (goal ${WAIT_GOAL_MS} ms)`;
  process.stdout.write(`${name.padEnd(30)}${duration.padStart(10)}  ${goal.padEnd(12)}  ${wait}\n`);
}

async function main(): Promise<void> {
  const program = new Command('management-speed')
    .option('--queues <count>', 'queues to declare', '10000')
    .option('--runs <count>', 'runs of each request', '5')
    .option('--cpu-prof <directory>', 'keeps a profile of the broker there')
    .parse();
  const options = program.opts<SpeedOptions>();
  const broker = await startOwnBroker(false, options.cpuProf);
  try {
    await measure(broker, Number(options.queues), Number(options.runs));
  } finally {
    await broker.stop();
  }
}

if (isMainThread) await main();
else {
  parentPort?.on('message', (url: string) => {
    // A failed request ends the thread, and with it the program.
    void durationMs(url).then((ms) => parentPort?.postMessage(ms));
  });
}
