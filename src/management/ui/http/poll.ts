// Asks again and again: never twice at once, not while nobody looks, and less often while it fails. Invariant: at any
// moment there is one request or one timer, never both, and none after stop().

export interface PollTimer {
  set(callback: () => void, delayMs: number): unknown;
  clear(handle: unknown): void;
}

export interface PollOptions<Result> {
  readonly load: (signal: AbortSignal) => Promise<Result>;
  readonly onResult: (result: Result) => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds; 0 asks once only. */
  readonly intervalMs: () => number;
  readonly timer: PollTimer;
}

const LONGEST_DELAY_MS = 60_000;

export class Poll<Result> {
  readonly #options: PollOptions<Result>;
  #failures = 0;
  #isHidden = false;
  #isStopped = false;
  #isDue = true;
  #handle: unknown;
  #abort: AbortController | undefined;

  constructor(options: PollOptions<Result>) {
    this.#options = options;
  }

  /** Asks now, or right after the request under way, whose answer may be older than what the caller just changed. */
  refresh(): void {
    this.#isDue = true;
    if (this.#abort === undefined) void this.#ask();
  }

  /** A hidden page asks nothing; one that is shown again asks at once what it missed. */
  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
    if (isHidden) this.#clear();
    else if (this.#isDue && this.#abort === undefined) void this.#ask();
  }

  stop(): void {
    this.#isStopped = true;
    this.#clear();
    this.#abort?.abort();
  }

  async #ask(): Promise<void> {
    this.#clear();
    if (this.#isStopped || this.#isHidden) return;
    this.#isDue = false;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const result = await this.#options.load(abort.signal);
      if (!this.#isStopped) this.#options.onResult(result);
      this.#failures = 0;
    } catch (error) {
      if (!this.#isStopped) this.#options.onError(error);
      this.#failures++;
    }
    this.#abort = undefined;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    if (this.#isDue) {
      void this.#ask();
      return;
    }
    const interval = this.#options.intervalMs();
    if (interval === 0) return;
    const delay = Math.min(interval * 2 ** this.#failures, Math.max(interval, LONGEST_DELAY_MS));
    this.#handle = this.#options.timer.set(() => {
      this.#handle = undefined;
      this.#isDue = true;
      void this.#ask();
    }, delay);
    if (this.#isHidden) this.#clear();
  }

  /** What a timer would have asked for is owed. */
  #clear(): void {
    if (this.#handle === undefined) return;
    this.#options.timer.clear(this.#handle);
    this.#handle = undefined;
    this.#isDue = true;
  }
}
