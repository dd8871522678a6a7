// Many fuzz runs: `node dist/test/hostile/fuzz-main.js --runs 100000 [--first N] [--kind typed]`.
// Prints each failing seed, then one line of summary.

import { parseArgs } from 'node:util';
import { type FuzzKind, fuzzRun } from './fuzz.ts';

const KINDS: readonly FuzzKind[] = ['typed', 'mutated', 'handshake'];

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '30000' },
    first: { type: 'string', default: '1' },
    kind: { type: 'string' },
  },
});
const kinds = KINDS.filter((kind) => values.kind === undefined || values.kind === kind);
const first = Number(values.first);
const runs = Number(values.runs);
let failures = 0;
for (let seed = first; seed < first + runs; seed++) {
  const kind = kinds[seed % kinds.length];
  const problem = kind === undefined ? 'no such kind' : fuzzRun(kind, seed);
  if (problem === undefined) continue;
  failures++;
  console.log(`${kind} seed ${seed}: ${problem.split('\n').slice(0, 6).join('\n  ')}`);
  if (failures >= 20) break;
}
console.log(`fuzz: ${runs} runs, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
