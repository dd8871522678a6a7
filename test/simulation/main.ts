// Runs many seeds: `npm run simulate -- --seeds 1000`, or one: `npm run simulate -- --seed 17`. Prints
// each failing seed with the way to replay it, then one line of summary.

import { parseArgs } from 'node:util';
import { Simulation, type SimulationResult } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    steps: { type: 'string', default: '400' },
    history: { type: 'string', default: '40' },
  },
});

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
let failures = 0;
let messages = 0;
let deliveries = 0;
let crashes = 0;
for (const seed of seeds) {
  const result = new Simulation({ seed, steps }).run();
  messages += result.messageCount;
  deliveries += result.deliveryCount;
  crashes += result.crashCount;
  if (result.violations.length === 0) continue;
  failures++;
  printFailure(result);
  if (values.seed !== undefined) printHistory(result);
}
const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
console.log(
  `simulation: ${seeds.length} seeds, ${failures} failed, ${messages} published, ${deliveries} delivered, ${crashes} crashes, ${seconds} s`,
);
process.exitCode = failures === 0 ? 0 : 1;
