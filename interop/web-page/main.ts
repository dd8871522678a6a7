// Clicks through the management page in a real Chromium, against a real broker. A step passes when what it did is what the
// broker then says, and when the page had no error of any kind on the way: nothing in the console, no violation of its
// content policy, no request that failed unasked.
import { Broker } from './broker.ts';
import { Chromium, type Visit } from './chromium.ts';
import { accessibility } from './steps/accessibility.ts';
import { clients } from './steps/clients.ts';
import { definitions } from './steps/definitions.ts';
import { exchanges } from './steps/exchanges.ts';
import { hostileNames } from './steps/hostile-names.ts';
import { keyboard } from './steps/keyboard.ts';
import { login } from './steps/login.ts';
import { manyQueues } from './steps/many-queues.ts';
import { messages } from './steps/messages.ts';
import { moving } from './steps/moving.ts';
import { overview } from './steps/overview.ts';
import { policies } from './steps/policies.ts';
import { polling } from './steps/polling.ts';
import { queues } from './steps/queues.ts';
import { roles } from './steps/roles.ts';
import { screenshots } from './steps/screenshots.ts';
import { users } from './steps/users.ts';
import { vhosts } from './steps/vhosts.ts';

export type Step = (visit: Visit, broker: Broker) => Promise<void>;

const STEPS: readonly (readonly [string, Step])[] = [
  ['login', login],
  ['overview', overview],
  ['clients', clients],
  ['exchanges', exchanges],
  ['queues', queues],
  ['messages', messages],
  ['moving', moving],
  ['policies', policies],
  ['users', users],
  ['vhosts', vhosts],
  ['definitions', definitions],
  ['roles', roles],
  ['hostile-names', hostileNames],
  ['keyboard', keyboard],
  ['accessibility', accessibility],
  ['polling', polling],
  ['screenshots', screenshots],
  ['many-queues', manyQueues],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some(([step]) => step === name));
if (unknown.length > 0) {
  process.stderr.write(`web-page: no step ${unknown.join(', ')}\n`);
  process.exit(64);
}

const broker = await Broker.start();
const chromium = await Chromium.start();
let failures = 0;
try {
  for (const [name, step] of STEPS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const reason = await attempt(name, step);
    if (reason !== undefined) failures++;
    console.log(
      reason === undefined ? `PASS web-page: ${name}` : `FAIL web-page: ${name}: ${reason}`,
    );
  }
} finally {
  await chromium.close();
  await broker.close();
}
process.exitCode = failures === 0 ? 0 : 1;

/** Undefined when it passed; what went wrong in one line. */
async function attempt(name: string, step: Step): Promise<string | undefined> {
  const visit = await chromium.visit(broker.url);
  try {
    await broker.prepare();
    await step(visit, broker);
    return visit.problems.length > 0 ? oneLine(visit.problems.join(' · ')) : undefined;
  } catch (error) {
    await visit.keepFailure(name);
    const more = visit.problems.length > 0 ? ` (page: ${visit.problems.join(' · ')})` : '';
    return oneLine(`${error instanceof Error ? error.stack : error}${more}`);
  } finally {
    await visit.close();
  }
}

function oneLine(text: string): string {
  // Playwright colours its messages.
  return text
    .replaceAll(/\p{Cc}\[\d+m/gu, '')
    .replaceAll(/\s*\n\s*/g, ' | ')
    .slice(0, 1500);
}
