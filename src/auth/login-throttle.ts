// Wrong passwords are slowed down, per user and address: whoever guesses waits longer with each guess.
// Attempts at the same time wait for each other, so that many connections guess no faster than one.

/** Wrong passwords that cost nothing: people mistype. */
export const FREE_FAILURES = 5;
const FIRST_DELAY_MS = 100;
export const DELAY_MS_MAX = 5_000;
/** Whoever would have to wait longer is refused at once. */
const WAIT_MS_MAX = 9_000;
/** After this long without a wrong password all is forgotten. */
const MEMORY_MS = 600_000;
/** Users and addresses that are remembered. Whoever has many addresses has them forgotten earlier. */
const ENTRIES_MAX = 10_000;

interface Entry {
  failureCount: number;
  /** When the next attempt may be looked at. */
  freeAtMs: number;
  forgottenAtMs: number;
}

export class LoginThrottle {
  /** By user and address; the ones that failed last come last. */
  readonly #entries = new Map<string, Entry>();

  /** How long an attempt waits before it is looked at; Infinity: it is refused unseen. */
  takeTurn(name: string, address: string, nowMs: number): number {
    const entry = this.#entries.get(keyOf(name, address));
    if (entry === undefined || entry.forgottenAtMs <= nowMs) return 0;
    const delayMs = delayAfter(entry.failureCount);
    if (delayMs === 0) return 0;
    const startMs = Math.max(nowMs, entry.freeAtMs);
    if (startMs - nowMs > WAIT_MS_MAX) return Number.POSITIVE_INFINITY;
    entry.freeAtMs = startMs + delayMs;
    return startMs - nowMs;
  }

  failed(name: string, address: string, nowMs: number): void {
    const key = keyOf(name, address);
    const known = this.#entries.get(key);
    const failureCount =
      known === undefined || known.forgottenAtMs <= nowMs ? 1 : known.failureCount + 1;
    this.#entries.delete(key);
    this.#entries.set(key, {
      failureCount,
      freeAtMs: Math.max(known?.freeAtMs ?? 0, nowMs + delayAfter(failureCount)),
      forgottenAtMs: nowMs + MEMORY_MS,
    });
    if (this.#entries.size <= ENTRIES_MAX) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as string);
  }

  succeeded(name: string, address: string): void {
    this.#entries.delete(keyOf(name, address));
  }
}

function delayAfter(failureCount: number): number {
  const beyond = failureCount - FREE_FAILURES;
  if (beyond < 0) return 0;
  return Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** Math.min(beyond, 10));
}

/** Names may hold any character, so their border must be told. */
function keyOf(name: string, address: string): string {
  return `${address.length}:${address}${name}`;
}
