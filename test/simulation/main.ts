// Runs many fresh seeds: `npm run simulate -- --seeds 1000` (from --first on, else from a random one), or
// one: `npm run simulate -- --seed 17`. Prints each failing seed with the way to replay it, then one line
// of summary and what was seen. Many seeds that never meet something fail, too.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Coverage, uncovered } from './coverage.ts';
import { Simulation, type SimulationResult } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: String(randomInt(1, 2 ** 31)) },
    seed: { type: 'string' },
    steps: { type: 'string', default: '400' },
    history: { type: 'string', default: '40' },
  },
});

/** So many seeds meet everything. */
const COVERING_SEEDS = 1_000;
const steps = Number(values.steps);
const startedMs = Date.now();

function printFailure(result: SimulationResult): void {
  console.log(
    `seed ${result.seed} failed; replay: npm run simulate -- --seed ${result.seed} --steps ${steps}`,
  );
  for (const violation of result.violations.slice(0, 5)) console.log(`  ${violation}`);
}

function printHistory(result: SimulationResult): void {
  for (const event of result.history.slice(-Number(values.history))) {
    console.log(
      JSON.stringify(event, (key, value) => {
        if (key === 'body') return Buffer.from(value).toString('latin1').slice(0, 24);
        if (key === 'id' && typeof value === 'number') return `${value >>> 16},${value & 0xffff}`;
        return value;
      }),
    );
  }
}

const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.first) + index)
    : [Number(values.seed)];
if (values.seed === undefined) console.log(`simulation: seeds from ${values.first} on`);
let failures = 0;
let messages = 0;
let deliveries = 0;
let crashes = 0;
const coverage = new Coverage();
for (const seed of seeds) {
  const result = new Simulation({ seed, steps }).run();
  messages += result.messageCount;
  deliveries += result.deliveryCount;
  crashes += result.crashCount;
  coverage.add(result.coverage);
  if (result.violations.length === 0) continue;
  failures++;
  printFailure(result);
  if (values.seed !== undefined) printHistory(result);
}
const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
console.log(
  `simulation: ${seeds.length} seeds, ${failures} failed, ${messages} published, ${deliveries} delivered, ${crashes} crashes, ${seconds} s`,
);
const counts = [...coverage.counts].sort(([one], [other]) => one.localeCompare(other));
console.log(`seen: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}`);
const missing = seeds.length < COVERING_SEEDS ? [] : uncovered(coverage);
if (missing.length > 0) console.log(`never seen: ${missing.join(', ')}`);
process.exitCode = failures === 0 && missing.length === 0 ? 0 : 1;
