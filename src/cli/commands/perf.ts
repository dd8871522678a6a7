// `warren perf`: the load generator. Declares the options, reports every mistake in them at once, runs the chosen mode
// and prints its figures. Exit codes: 0 done, 1 broker or connection failed, 64 wrong usage, 3 not everything arrived in
// time, 4 --verify found lost, doubled or disordered messages.
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import type { LoadResult } from '../perf/load-result.ts';
import {
  type NumberKey,
  numberOptions,
  type PerfOptions,
  perfModes,
  type RawPerfOptions,
  readPerfOptions,
} from '../perf/perf-options.ts';
import { connectionsReport, loadReport, progressLine, queuesReport } from '../perf/perf-report.ts';
import { runConnections } from '../perf/run-connections.ts';
import { type LoadProgress, runLoad } from '../perf/run-load.ts';
import { runQueues } from '../perf/run-queues.ts';

const exitCode = {
  done: 0,
  failed: 1,
  incomplete: 3,
  notAsPublished: 4,
  usage: exitCodes.usage,
} as const;

const notes = `
Counts and rates are those of each producer and consumer. Producer and consumer i use queue i modulo
--queues. Without -C, -D or -z the run goes on until it is interrupted. Queues stay unless --delete.

Modes: run (default), drain (consume what is there), connections (open, hold, close --connections),
queues (declare, hold, delete --queues).

Examples:
  warren perf -x 2 -y 4 --size 1024 --autoack --time 30
  warren perf -f persistent --durable -c 1000 -q 1000 -A 100 -C 1000000 --verify --size 1024
  warren perf --rate 5000 --latency --autoack --time 10 --pid 4711`;

export function addPerfCommand(program: Command): void {
  const command = program
    .command('perf')
    .description('measure a broker: publish, consume, open connections, declare queues')
    .option('-h, --uri <uri>', 'broker', 'amqp://guest:guest@127.0.0.1:5672/%2f')
    .helpOption('-?, --help', 'show this')
    .option('--mode <mode>', perfModes.join(', '), 'run')
    .option('-u, --queue <name>', 'queue', 'warren-perf')
    .option('--queue-pattern <pattern>', 'queues by number, such as orders-%d')
    .option('-e, --exchange <name>', 'exchange (empty: straight to the queue)', '')
    .option('-t, --type <type>', 'type of the exchange', 'direct')
    .option('-k, --routing-key <key>', 'routing key, and the key that queues are bound with', 'key')
    .option('-f, --flag <flag>', 'persistent or mandatory (may be repeated)', collect)
    .option('--queue-args <list>', 'arguments of the queues: key=value,…')
    .option('--dead-letter', 'consume what dies in the queues in place of what is in them')
    .option('-a, --autoack', 'consume without acknowledgements')
    .option('--durable', 'durable queues and exchange')
    .option('--auto-delete', 'auto-delete queues and exchange')
    .option('-p, --predeclared', 'declare nothing')
    .option('--purge', 'empty the queues first')
    .option('--delete', 'delete queues and exchange in the end')
    .option('-l, --latency', 'measure latency end to end')
    .option('--verify', 'check that every message arrives once and in order')
    .option('--label <text>', 'copied to the JSON')
    .option('--json', 'print JSON');
  for (const key of Object.keys(numberOptions) as NumberKey[]) {
    const { flags, description, initial } = numberOptions[key];
    command.option(flags, initial > 0 ? `${description} (default: ${initial})` : description);
  }
  command.addHelpText('after', notes).action(async (raw: RawPerfOptions) => {
    process.exitCode = await perf(raw);
  });
}

async function perf(raw: RawPerfOptions): Promise<number> {
  const options = readPerfOptions(raw);
  if (Array.isArray(options)) {
    for (const problem of options) process.stderr.write(`warren perf: ${problem}\n`);
    return exitCode.usage;
  }
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await runMode(options, interruption.signal);
  } catch (error) {
    process.stderr.write(`warren perf: ${error instanceof Error ? error.message : error}\n`);
    return exitCode.failed;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function runMode(options: PerfOptions, interrupted: AbortSignal): Promise<number> {
  if (options.mode === 'connections') {
    const result = await runConnections(options, interrupted);
    print(options, result, connectionsReport(result));
    return exitCode.done;
  }
  if (options.mode === 'queues') {
    const result = await runQueues(options, interrupted);
    print(options, result, queuesReport(result));
    return exitCode.done;
  }
  const display = new ProgressDisplay();
  let result: LoadResult;
  try {
    result = await runLoad(options, interrupted, (read) => display.start(read));
  } finally {
    display.stop();
  }
  print(options, result, loadReport(result));
  if (result.timeout === 1) return exitCode.incomplete;
  const { lost = 0, dups = 0, disorder = 0 } = result;
  return lost + dups + disorder > 0 ? exitCode.notAsPublished : exitCode.done;
}

function print(options: PerfOptions, result: object, report: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : report);
}

function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

/** One line per second on standard error, where that is a terminal; each overwrites the one before. */
class ProgressDisplay {
  private timer: NodeJS.Timeout | undefined;

  start(read: () => LoadProgress): void {
    if (!process.stderr.isTTY) return;
    let before = read();
    let seconds = 0;
    this.timer = setInterval(() => {
      const now = read();
      process.stderr.write(`\r\x1b[K${progressLine(++seconds, before, now)}`);
      before = now;
    }, 1000);
  }

  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    process.stderr.write('\r\x1b[K');
  }
}
