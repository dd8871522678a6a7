// Watches the free bytes of one file system and raises the disk alarm well before it is full. Between
// two looks, what is written counts against the last figure and brings the next look forward, so a
// fast publisher cannot outrun the clock. Only a look raises or ends the alarm, never the estimate.

/** RabbitMQ's default for disk_free_limit.absolute. */
export const DISK_FREE_LIMIT_BYTES = 50_000_000;
const CHECK_INTERVAL_MS = 1000;
/** LMDB copies the pages above what it writes; batches of small chunks double. */
const WRITE_FACTOR = 2;

export interface DiskMonitorOptions {
  readonly limitBytes: number;
  readonly readFreeBytes: () => Promise<number>;
  readonly onDiskAlarm: (isLow: boolean, freeBytes: number) => void;
  /** After each look, for what else depends on room (the ballast file). */
  readonly onChecked?: (freeBytes: number) => void;
  readonly intervalMs?: number;
}

export class DiskMonitor {
  readonly #options: DiskMonitorOptions;
  #freeBytes = Number.POSITIVE_INFINITY;
  #writtenBytes = 0;
  #isLow = false;
  #isChecking = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DiskMonitorOptions) {
    this.#options = options;
  }

  get isLow(): boolean {
    return this.#isLow;
  }

  /** Looks at once, then every second. */
  async start(): Promise<void> {
    await this.check();
    this.#timer = setInterval(
      () => void this.check(),
      this.#options.intervalMs ?? CHECK_INTERVAL_MS,
    );
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#isStopped = true;
  }

  /** Counts bytes that are about to be written; looks at once when they might pass the limit. */
  noteWritten(bytes: number): void {
    this.#writtenBytes += bytes * WRITE_FACTOR;
    if (this.#isLow) return;
    if (this.#freeBytes - this.#writtenBytes < this.#options.limitBytes) void this.check();
  }

  async check(): Promise<void> {
    if (this.#isChecking || this.#isStopped) return;
    this.#isChecking = true;
    const writtenBefore = this.#writtenBytes;
    // A disk that cannot be asked is treated as one without room.
    const freeBytes = await this.#options.readFreeBytes().catch(() => 0);
    this.#isChecking = false;
    if (this.#isStopped) return;
    this.#freeBytes = freeBytes;
    this.#writtenBytes -= writtenBefore;
    this.#judge(freeBytes);
    this.#options.onChecked?.(freeBytes);
  }

  #judge(freeBytes: number): void {
    const { limitBytes, onDiskAlarm } = this.#options;
    const isLow = this.#isLow
      ? freeBytes < limitBytes + hysteresisBytes(limitBytes)
      : freeBytes < limitBytes;
    if (isLow === this.#isLow) return;
    this.#isLow = isLow;
    onDiskAlarm(isLow, freeBytes);
  }
}

/** How far above the limit the alarm ends: publishers must not be blocked and released every second. */
function hysteresisBytes(limitBytes: number): number {
  return Math.max(1 << 20, Math.floor(limitBytes / 10));
}
