// `npm run crash-rounds -- --rounds 20 [--seed N] [--keep] [--main FILE]`: ends a real broker under
// load again and again and checks that it kept its promises. Exit code 1 on any violation. A seed
// gives the same plan again, not the same interleaving.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check, type Verdict, VIOLATION_CLASSES } from './checker.ts';
import { Rounds } from './rounds.ts';
import { ORDERED_QUEUES } from './world.ts';

const EXAMPLES_MAX = 5;
const SETTLE_GRACE_MS = 1_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
    main: { type: 'string', default: 'dist/src/main.js' },
  },
});

const startedMs = Date.now();
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const directory = mkdtempSync(join(tmpdir(), 'warren-crash-'));
console.log(`crash rounds: ${rounds} rounds, seed ${seed}`);
const run = new Rounds({ rounds, seed, main: values.main, directory, print: console.log });
process.on('exit', () => run.kill());
try {
  await run.run();
} catch (error) {
  run.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  await run.abandon();
}
const verdict = check(run.history, {
  orderedQueues: ORDERED_QUEUES,
  settleGraceMs: SETTLE_GRACE_MS,
});
for (const fault of run.faults) console.log(`fault: ${fault}`);
const counts = printViolations(verdict);
console.log(summary(verdict, counts));
const isGood = run.faults.length === 0 && verdict.violations.length === 0;
if (isGood || !values.keep) rmSync(directory, { recursive: true });
else console.log(`data kept in ${directory}`);
process.exitCode = isGood ? 0 : 1;

/** A few examples of each class; returns the counts. */
function printViolations({ violations }: Verdict): Map<string, number> {
  const found = new Map<string, number>();
  for (const violation of VIOLATION_CLASSES) {
    const those = violations.filter((each) => each.violation === violation);
    found.set(violation, those.length);
    for (const { text } of those.slice(0, EXAMPLES_MAX)) console.log(`${violation}: ${text}`);
    if (those.length > EXAMPLES_MAX) {
      console.log(`${violation}: and ${those.length - EXAMPLES_MAX} more`);
    }
  }
  return found;
}

function summary(verdict: Verdict, found: ReadonlyMap<string, number>): string {
  const { attempts, confirmed, nacked, recovered, duplicates, unmarkedDuplicates } = verdict;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  return [
    `crash rounds: ${rounds} rounds`,
    `${run.kills} kills (${run.startingKills} while starting)`,
    `${run.cleanStops} clean stops`,
    `${attempts} published`,
    `${confirmed} confirmed`,
    ...[...found].map(([violation, count]) => `${count} ${violation}`),
    `${recovered} recovered`,
    `${nacked} nacked`,
    `${duplicates} duplicates (${unmarkedDuplicates} unmarked)`,
    `${run.faults.length} faults`,
    `${seconds} s`,
  ].join(', ');
}
