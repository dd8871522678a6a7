// Time and chance as the core sees them. The simulator replaces both, so no rule may reach around them.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds of a monotonic clock: for durations. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch: only for what a client reads as a date. */
  wallMs(): number;
  /** Calls back once, after at least `delayMs`. A pending timer does not keep the process alive. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Calls back once, when all input that is waiting now has been taken in (end of turn). */
  afterTurn(callback: () => void): void;
}

export interface Random {
  /** `count` unpredictable bytes: server-generated names and opaque reply-to addresses. */
  bytes(count: number): Buffer;
}
