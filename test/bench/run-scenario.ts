// Runs one scenario once against one broker, with the load generator as its own process, and reduces its JSON to the
// figures of the report.
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readProcessUsage } from '../../src/cli/perf/broker-process.ts';
import type { LoadResult } from '../../src/cli/perf/load-result.ts';
import { cpuMilliseconds, rounded } from '../../src/cli/perf/measuring.ts';
import type { ConnectionsResult } from '../../src/cli/perf/run-connections.ts';
import type { QueuesResult } from '../../src/cli/perf/run-queues.ts';
import type { Sample, Scenario } from './scenarios.ts';
import type { TargetBroker } from './target-broker.ts';

export interface RunSettings {
  readonly quick: boolean;
  /** The generator on core 1. */
  readonly pinned: boolean;
}

const generator = fileURLToPath(new URL('./generator.js', import.meta.url));
const run = promisify(execFile);

/** Undefined where this broker cannot be put through the scenario. */
export async function runScenario(
  scenario: Scenario,
  broker: TargetBroker,
  settings: RunSettings,
): Promise<Sample | undefined> {
  const count = settings.quick ? quickCount(scenario) : scenario.count;
  const perf = <Result>(...flags: string[]) =>
    generate<Result>(broker, settings, ['--queue', `bench-${scenario.name}`, ...flags]);
  switch (scenario.kind) {
    case 'load': {
      const length =
        scenario.seconds !== undefined && !settings.quick
          ? ['--time', String(scenario.seconds)]
          : ['--pmessages', String(count)];
      return loadSample(
        scenario,
        await perf<LoadResult>(...scenario.flags, ...length, '--purge', '--delete'),
      );
    }
    case 'backlog':
      return runBacklog(scenario, count, perf);
    case 'restart':
      return runRestart(scenario, count, broker, perf);
    case 'connections': {
      const size = ['--mode', 'connections', '--connections', String(count)];
      const result = await perf<ConnectionsResult>(...size, ...scenario.flags);
      const { open_rate, broker: usage } = result;
      return { open_rate, ...(usage === undefined ? {} : { kb_each: usage.kb_per_conn }) };
    }
    case 'queues': {
      const size = ['--mode', 'queues', '--queues', String(count)];
      const result = await perf<QueuesResult>(...size, ...scenario.flags);
      const { declare_s, broker: usage } = result;
      return { declare_s, ...(usage === undefined ? {} : { kb_each: usage.kb_per_queue }) };
    }
    case 'idle':
      return runIdle(broker, count);
  }
}

type Perf = <Result>(...flags: string[]) => Promise<Result>;

async function runBacklog(scenario: Scenario, count: number, perf: Perf): Promise<Sample> {
  const fill = ['--consumers', '0', '--pmessages', String(count), '--purge'];
  const filled = await perf<LoadResult>(...scenario.flags, ...fill);
  const drain = ['--mode', 'drain', '--cmessages', String(count), '--delete'];
  const drained = await perf<LoadResult>(...scenario.flags, ...drain);
  return { ...loadSample(scenario, filled), drain_rate: drained.consume_rate };
}

async function runRestart(
  scenario: Scenario,
  count: number,
  broker: TargetBroker,
  perf: Perf,
): Promise<Sample | undefined> {
  if (broker.crashAndStart === undefined) return undefined;
  const fill = ['--consumers', '0', '--pmessages', String(count), '--purge'];
  const filled = await perf<LoadResult>(...scenario.flags, ...fill);
  const killed = Date.now();
  await broker.crashAndStart();
  const drain = ['--mode', 'drain', '--durable', '--cmessages', '1', '--qos', '1'];
  const drained = await perf<LoadResult>(...drain, '--connect-retry', '60');
  const first = drained.started_at_ms + (drained.first_delivery_since_start_ms ?? Number.NaN);
  return { ...loadSample(scenario, filled), first_delivery_s: rounded((first - killed) / 1000, 3) };
}

async function runIdle(broker: TargetBroker, seconds: number): Promise<Sample | undefined> {
  if (broker.pid === 0) return undefined;
  await delay(1000);
  const before = readProcessUsage(broker.pid);
  await delay(seconds * 1000);
  const after = readProcessUsage(broker.pid);
  if (before === undefined || after === undefined) throw new Error('the broker ended while idle');
  const cpuShare = cpuMilliseconds(before, after) / 10 / seconds;
  return { rss_mb: Math.round(after.residentMebibytes), cpu_pct: rounded(cpuShare, 2) };
}

function loadSample(scenario: Scenario, result: LoadResult): Sample {
  const sample: Sample = { rate: result[scenario.rate], gen_cpu_pct: result.gen_cpu_pct };
  if (scenario.latency !== undefined) {
    const latency = result[scenario.latency];
    if (latency !== undefined) {
      sample.p50_us = latency.p50;
      sample.p99_us = latency.p99;
    }
  }
  if (result.broker !== undefined) {
    sample.cpu_s_per_Mmsg = result.broker.cpu_s_per_Mmsg;
    sample.rss_mb = result.broker.rss_mb;
  }
  return sample;
}

async function generate<Result>(
  broker: TargetBroker,
  settings: RunSettings,
  flags: readonly string[],
): Promise<Result> {
  const args = [generator, 'perf', '--json', '--uri', broker.uri, ...flags];
  // A broker that has just been killed and started is watched only once it answers.
  if (broker.pid > 0) args.push('--pid', String(broker.pid));
  const [command, prefix] = settings.pinned
    ? ['taskset', ['-c', '1', process.execPath]]
    : [process.execPath, []];
  const { stdout } = await run(command, [...prefix, ...args]);
  return JSON.parse(stdout) as Result;
}

/** Small enough for a smoke test, large enough that every flag takes effect. */
function quickCount(scenario: Scenario): number {
  if (scenario.kind === 'idle') return 1;
  if (scenario.flags.includes('--producers')) return 20;
  return Math.min(2_000, Math.ceil(scenario.count / 10));
}
