// `npm run crash-rounds -- --rounds 20 [--seed N]`: SIGKILL under load, again and again; one line of
// summary; exit code 1 when anything confirmed was lost or anything else was wrong.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CrashRounds } from './crash-rounds.ts';
import { failuresOf } from './ledger.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});

const dataDirectory = await mkdtemp(join(tmpdir(), 'warrenmq-crash-'));
const rounds = new CrashRounds({
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  dataDirectory,
  onRound: (text) => console.log(text),
});
let failures: string[];
try {
  await rounds.run();
  failures = failuresOf(rounds.ledger.verdict());
} catch (error) {
  failures = [...failuresOf(rounds.ledger.verdict()), `the run broke off: ${error}`];
}
for (const failure of failures) console.log(failure);
if (failures.length === 0 && !values.keep) await rm(dataDirectory, { recursive: true });
else console.log(`data kept in ${dataDirectory}`);
const verdict = rounds.ledger.verdict();
const slowest = Math.round(Math.max(...rounds.startsMs));
console.log(
  `crash rounds: ${values.rounds} x SIGKILL (seed ${values.seed}), ${verdict.publishedCount} published, ` +
    `${verdict.confirmedCount} confirmed, ${verdict.deliveredCount} delivered, ${verdict.lost.length} lost, ` +
    `${verdict.unexpected.length} unexpected, ${verdict.corrupt.length} corrupt, ` +
    `${verdict.misordered.length} misordered, ${verdict.duplicateCount} duplicates (flagged), ` +
    `${verdict.recoveredCount} unanswered came out, slowest start ${slowest} ms`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
