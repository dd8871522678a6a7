// Watches the memory of the process and raises the memory alarm. Invariant: the alarm goes off only
// below a lower mark, and garbage is collected before it is raised and while it is on, because
// blocked publishers allocate nothing and the collector would otherwise never run again.

import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { totalmem } from 'node:os';
import type { Log } from './log.ts';

const CHECK_INTERVAL_MS = 1_000;
/** The alarm ends below this part of the limit: otherwise it would flap with every message. */
const CLEAR_AT = 0.95;
const COLLECT_INTERVAL_MS = 5_000;

export interface MemoryMonitorOptions {
  readonly limitBytes: number;
  readonly onMemoryAlarm: (isOn: boolean) => void;
  readonly log: Log;
  readonly readUsedBytes?: () => number;
  readonly collectGarbage?: () => void;
}

export class MemoryMonitor {
  readonly #options: MemoryMonitorOptions;
  readonly #readUsedBytes: () => number;
  readonly #collectGarbage: () => void;
  #isOn = false;
  #collectedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MemoryMonitorOptions) {
    this.#options = options;
    this.#readUsedBytes = options.readUsedBytes ?? usedMemoryBytes;
    this.#collectGarbage = options.collectGarbage ?? collectGarbage;
  }

  get isAlarmOn(): boolean {
    return this.#isOn;
  }

  /** Looks at once, then every second. */
  start(): void {
    this.check(performance.now());
    this.#timer = setInterval(() => this.check(performance.now()), CHECK_INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  check(nowMs: number): void {
    const { limitBytes } = this.#options;
    const mark = this.#isOn ? limitBytes * CLEAR_AT : limitBytes;
    let usedBytes = this.#readUsedBytes();
    if (usedBytes > mark && nowMs - this.#collectedAtMs >= COLLECT_INTERVAL_MS) {
      this.#collectedAtMs = nowMs;
      this.#collectGarbage();
      usedBytes = this.#readUsedBytes();
    }
    const isOver = usedBytes > mark;
    if (isOver === this.#isOn) return;
    this.#isOn = isOver;
    const fields = { usedBytes, limitBytes };
    if (isOver) this.#options.log.warn(fields, 'memory alarm: publishers are blocked');
    else this.#options.log.info(fields, 'memory alarm is over');
    this.#options.onMemoryAlarm(isOver);
  }
}

/** What this process may use: the machine's memory or the limit of its cgroup (v1 or v2). */
export function availableMemoryBytes(): number {
  // Without a limit, cgroup v1 reports an absurdly large one and v2 none (0 here).
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Memory that belongs to this process alone. Not the plain RSS: that counts the pages of the mapped
 * data file, which are cache that the kernel takes back whenever it likes.
 */
export function usedMemoryBytes(): number {
  return ownMemoryBytes() ?? process.memoryUsage.rss();
}

function ownMemoryBytes(): number | undefined {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'latin1');
  } catch {
    // Not Linux, or no file descriptor left.
    return undefined;
  }
  const anonymous = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  const shared = /^RssShmem:\s+(\d+) kB$/m.exec(status)?.[1];
  if (anonymous === undefined || shared === undefined) return undefined;
  return (Number(anonymous) + Number(shared)) * 1_024;
}

function collectGarbage(): void {
  // The one way to collect that needs no flag at the start of the process.
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}
