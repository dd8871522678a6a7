// `npm run bench`: measures our broker scenario by scenario, interleaved with a peer where one is given (A B A B), and
// prints medians beside the goals. It never fails for a figure: only for a run that did not do its work.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { version } from '../../src/version.ts';
import { benchTable, type ScenarioResult, scenarioResult } from './bench-report.ts';
import { runScenario } from './run-scenario.ts';
import { type Sample, type Scenario, scenarios } from './scenarios.ts';
import { runningBroker, startOwnBroker, type TargetBroker } from './target-broker.ts';

interface BenchOptions {
  readonly peer?: string;
  readonly peerPid: string;
  readonly broker?: string;
  readonly pid: string;
  readonly runs: string;
  readonly json?: string;
  readonly quick?: boolean;
  readonly save?: boolean;
  readonly pin?: boolean;
}

const program: Command = new Command('bench')
  .description(`scenarios: ${scenarios.map(({ name }) => name).join(' ')}`)
  .argument('[scenario...]', 'which to run (default: all)')
  .option('--peer <uri>', 'another broker, measured in turns with ours')
  .option('--peer-pid <pid>', "the peer's process", '0')
  .option('--broker <uri>', 'measure this running broker in place of starting ours')
  .option('--pid <pid>', 'its process', '0')
  .option('--runs <count>', 'runs of each scenario', '3')
  .option('--json <file>', 'write the results to a file, - for standard output')
  .option('--save', 'keep the results as those of this version')
  .option('--pin', 'broker on core 0, generator on core 1 (taskset)')
  .option('--quick', 'a smoke run: one run with few messages')
  .action(bench);

await program.parseAsync();

async function bench(names: string[], options: BenchOptions): Promise<void> {
  const chosen = choose(names);
  const runs = options.quick === true ? 1 : wholeNumber('--runs', options.runs, 1, 100);
  const pid = wholeNumber('--pid', options.pid, 0, 4_194_304);
  const peerPid = wholeNumber('--peer-pid', options.peerPid, 0, 4_194_304);
  if (options.pin === true) requireTaskset();
  const { broker: given, peer } = options;
  const own = () =>
    given === undefined
      ? startOwnBroker(options.pin === true)
      : Promise.resolve(runningBroker(given, pid));
  const results: ScenarioResult[] = [];
  for (const scenario of chosen) {
    const ownRuns: Sample[] = [];
    const peerRuns: Sample[] = [];
    for (let run = 0; run < runs; run++) {
      process.stderr.write(`${scenario.name} ${run + 1}/${runs}: ${scenario.title}\n`);
      await measure(scenario, await own(), options, ownRuns);
      if (peer === undefined) continue;
      await measurePeer(scenario, runningBroker(peer, peerPid), options, peerRuns);
    }
    const goals = options.quick === true ? [] : scenario.goals;
    results.push(scenarioResult({ ...scenario, goals }, ownRuns, peerRuns));
  }
  report(chosen, results, options);
}

/** Each run of ours has a fresh process and an empty store; one that cannot do a scenario adds no sample. */
async function measure(
  scenario: Scenario,
  broker: TargetBroker,
  options: BenchOptions,
  samples: Sample[],
): Promise<void> {
  try {
    const settings = { quick: options.quick === true, pinned: options.pin === true };
    const sample = await runScenario(scenario, broker, settings);
    if (sample !== undefined) samples.push(sample);
  } finally {
    await broker.stop();
  }
}

/** A peer that loses messages or gives up costs its own sample, not the whole run. */
async function measurePeer(
  scenario: Scenario,
  peer: TargetBroker,
  options: BenchOptions,
  samples: Sample[],
): Promise<void> {
  try {
    await measure(scenario, peer, options, samples);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    process.stderr.write(`${scenario.name}: the peer did not do its work: ${reason}\n`);
  }
}

function report(
  chosen: readonly Scenario[],
  results: readonly ScenarioResult[],
  options: BenchOptions,
): void {
  const document = {
    version,
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    quick: options.quick === true,
    pinned: options.pin === true,
    results,
  };
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (options.json === '-') process.stdout.write(text);
  else {
    // What a smoke run measures is start-up: comparing that with goals would only mislead.
    const judged = options.quick === true ? [] : chosen;
    process.stdout.write(benchTable(judged, results));
    if (options.json !== undefined) writeFileSync(options.json, text);
  }
  if (options.save !== true) return;
  // From dist/test/bench back to the sources, where results are kept with the code that they belong to.
  const file = fileURLToPath(
    new URL(`../../../test/bench/results/${version}.json`, import.meta.url),
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function choose(names: readonly string[]): Scenario[] {
  if (names.length === 0) return [...scenarios];
  return names.map((name) => {
    const scenario = scenarios.find((candidate) => candidate.name === name);
    if (scenario === undefined) {
      const known = scenarios.map((candidate) => candidate.name).join(', ');
      program.error(`there is no scenario "${name}"; there are ${known}`);
    }
    return scenario;
  });
}

function wholeNumber(flag: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
    program.error(`${flag}: "${text}" is not a whole number from ${minimum} to ${maximum}`);
  }
  return value;
}

function requireTaskset(): void {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
  } catch {
    program.error('--pin needs taskset, which is not here');
  }
}
