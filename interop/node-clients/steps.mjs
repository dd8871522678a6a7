// The harness of the Node clients: runs named steps one after the other, prints PASS, FAIL or SKIP for each, and knows
// the broker's address and restart command. A failed step never ends the program: the next one opens its own channel.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

export const url = process.env.AMQP_URL ?? 'amqp://guest:guest@127.0.0.1:5672';
const client = process.env.INTEROP_CLIENT;
const run = randomBytes(4).toString('hex');
const stepLimitMs = 40_000;
let failedCount = 0;

/** The name of a queue or exchange that no other run uses. */
export const named = (what) => `interop.${client}.${run}.${what}`;

/** The broker's address with another query, for clients that take the heartbeat from there. */
export const urlWith = (query) => `${url}${url.includes('?') ? '&' : '?'}${query}`;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the condition holds; the step fails with the message when it does not within ten seconds. */
export async function until(condition, message) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timed out: ${message}`);
    await sleep(10);
  }
}

export async function step(name, body) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`over ${stepLimitMs} ms`)), stepLimitMs);
  });
  try {
    await Promise.race([body(), limit]);
    console.log(`PASS ${client}: ${name}`);
  } catch (error) {
    failedCount += 1;
    console.log(`FAIL ${client}: ${name}: ${String(error?.message ?? error).split('\n')[0]}`);
    console.error(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The step after a restart of the broker: skipped by name where nobody can restart it. */
export async function restartStep(name, body) {
  const command = process.env.BROKER_RESTART;
  if (command === undefined) {
    console.log(`SKIP ${client}: ${name}: BROKER_RESTART is not set`);
    return;
  }
  await step(name, () =>
    body(() => {
      const { status } = spawnSync('bash', ['-c', command], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      if (status !== 0) throw new Error(`the restart command ended with status ${status}`);
    }),
  );
}

export function finish() {
  process.exit(failedCount === 0 ? 0 : 1);
}

/** A body of the given size in which no two aligned blocks are alike, so that a lost or swapped frame shows. */
export function patternedBody(bodyBytes) {
  const body = Buffer.alloc(bodyBytes);
  for (let offset = 0; offset + 4 <= bodyBytes; offset += 4) {
    body.writeUInt32BE(Math.imul(offset, 2_654_435_761) >>> 0, offset);
  }
  return body;
}

export const largeBodyBytes = 3 * 1024 * 1024 + 17;
