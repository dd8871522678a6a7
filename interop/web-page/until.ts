// Waiting for what the page or the broker is about to do, never for a time.
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 15_000;
const POLL_MS = 50;

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`it never came about that ${what}`);
    await sleep(POLL_MS);
  }
}
