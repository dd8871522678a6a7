// The end of a turn: after all input that waits was taken in, queues deliver, the journal's batch is
// committed, confirms go out, each touched socket is written once. Group commit without timers:
// while a commit is in flight everything collects, and when it ends the next starts at once.

import type { Clock, Timer } from './clock.ts';
import type { Journal } from './journal.ts';
import { Histogram } from './metrics/histogram.ts';

/** A queue with something to deliver. */
export interface Dispatchable {
  dispatch(): void;
}

/** A queue with something to store. */
export interface Journaled {
  /** Adds what is new to the journal's batch. */
  collect(journal: Journal): void;
  /** The commit that took the last collect() is durable. */
  committed(): void;
}

/** A channel or connection with something to send once earlier writes are durable. */
export interface CommitWaiter {
  /** A commit starts that covers everything done so far. */
  commitStarted(): void;
  commitDurable(): void;
}

/** A channel with publisher confirms to send at the end of the turn. */
export interface Confirming {
  sendConfirms(): void;
}

/** A socket's outgoing bytes. */
export interface Flushable {
  flush(): void;
}

/** A connection that is not read until the disk caught up. */
export interface Throttled {
  unthrottle(): void;
}

/** How long settlements wait for a commit that somebody waits for: the age of the oldest lost one. */
const LAZY_COMMIT_MS = 5;
/** Bytes on their way to the disk above which publishers are not read (back-pressure). */
const UNCOMMITTED_BYTES_MAX = 32 << 20;

const COMMIT_SECONDS_BOUNDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

export class Turn {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #lazyCommitMs: number;
  #isScheduled = false;
  #isCommitting = false;
  /** Runs when something is to be stored that nobody waits for. */
  #lazyCommit: Timer | undefined;
  #dispatchables: Dispatchable[] = [];
  #journaled: Journaled[] = [];
  #waiters: CommitWaiter[] = [];
  #confirming: Confirming[] = [];
  #flushables: Flushable[] = [];
  #throttled: Throttled[] = [];
  #idleCallbacks: (() => void)[] = [];
  /** Bytes enqueued for the disk since the last commit started. */
  #waitingBytes = 0;
  #committingBytes = 0;
  #wallMs = 0;
  /** Commits that became durable: for metrics and tests. */
  commitCount = 0;
  /** How long they took, in seconds. */
  readonly commitSeconds = new Histogram(COMMIT_SECONDS_BOUNDS);
  /** Bytes handed to the journal. */
  journalBytes = 0;

  /** `lazyCommitMs` 0: everything is committed at the end of its turn, as if somebody waited. */
  constructor(clock: Clock, journal: Journal, lazyCommitMs: number = LAZY_COMMIT_MS) {
    this.#clock = clock;
    this.#journal = journal;
    this.#lazyCommitMs = lazyCommitMs;
  }

  /** The time of this turn, the same for all of it: what expires is compared with it. */
  get wallMs(): number {
    if (this.#wallMs === 0) {
      this.#wallMs = this.#clock.wallMs();
      this.schedule();
    }
    return this.#wallMs;
  }

  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.afterTurn(this.#run);
  }

  dispatchLater(queue: Dispatchable): void {
    this.#dispatchables.push(queue);
    this.schedule();
  }

  collectLater(queue: Journaled): void {
    this.#journaled.push(queue);
    this.schedule();
  }

  awaitCommit(waiter: CommitWaiter): void {
    this.#waiters.push(waiter);
    this.schedule();
  }

  confirmLater(channel: Confirming): void {
    this.#confirming.push(channel);
    this.schedule();
  }

  flushLater(outgoing: Flushable): void {
    this.#flushables.push(outgoing);
    this.schedule();
  }

  /** True while something durable is not on the disk yet, be it another client's. */
  get isCommitPending(): boolean {
    return this.#isCommitting || !this.#journal.isBatchEmpty;
  }

  addUncommitted(bytes: number): void {
    this.#waitingBytes += bytes;
  }

  get isDiskBehind(): boolean {
    return this.#waitingBytes + this.#committingBytes > UNCOMMITTED_BYTES_MAX;
  }

  /** The connection has stopped reading; it is told when the disk caught up. */
  throttle(connection: Throttled): void {
    this.#throttled.push(connection);
    this.schedule();
  }

  /** Calls back when nothing is left to commit: everything accepted so far is durable. */
  whenIdle(callback: () => void): void {
    this.#idleCallbacks.push(callback);
    this.schedule();
  }

  #run = (): void => {
    this.#isScheduled = false;
    const dispatchables = this.#dispatchables;
    // Dispatching may touch further queues (a dead channel requeues): they join this turn.
    for (let i = 0; i < dispatchables.length; i++) (dispatchables[i] as Dispatchable).dispatch();
    dispatchables.length = 0;
    if (!this.#isCommitting) this.#commitWhenDue();
    const confirming = this.#confirming;
    for (let i = 0; i < confirming.length; i++) (confirming[i] as Confirming).sendConfirms();
    confirming.length = 0;
    const flushables = this.#flushables;
    for (let i = 0; i < flushables.length; i++) (flushables[i] as Flushable).flush();
    flushables.length = 0;
    this.#wallMs = 0;
  };

  /**
   * Somebody waits: commit at once. Else nobody notices a short delay, and the settlements of a
   * consumer join the commit of the next publish instead of keeping it waiting for their own.
   */
  #commitWhenDue(): void {
    const isAwaited =
      this.#lazyCommitMs === 0 ||
      this.#waiters.length + this.#throttled.length + this.#idleCallbacks.length > 0 ||
      this.isDiskBehind;
    if (isAwaited) {
      this.#lazyCommit?.cancel();
      this.#lazyCommit = undefined;
      this.#commit();
    } else if (this.#lazyCommit === undefined && this.#hasSomethingToCommit) {
      this.#lazyCommit = this.#clock.setTimer(this.#lazyCommitMs, () => {
        this.#lazyCommit = undefined;
        if (!this.#isCommitting) this.#commit();
      });
    }
  }

  get #hasSomethingToCommit(): boolean {
    return this.#journaled.length > 0 || !this.#journal.isBatchEmpty;
  }

  #commit(): void {
    const journaled = this.#journaled;
    this.#journaled = [];
    for (let i = 0; i < journaled.length; i++) (journaled[i] as Journaled).collect(this.#journal);
    const waiters = this.#waiters;
    if (this.#journal.isBatchEmpty) {
      // All of it was settled before it had to be written, or is written already: as good as durable.
      this.#waitingBytes = 0;
      for (let i = 0; i < journaled.length; i++) (journaled[i] as Journaled).committed();
      if (waiters.length > 0) {
        this.#waiters = [];
        for (const waiter of waiters) waiter.commitStarted();
        for (const waiter of waiters) waiter.commitDurable();
      }
      this.#unthrottle();
      this.#idle();
      return;
    }
    this.#waiters = [];
    for (const waiter of waiters) waiter.commitStarted();
    this.#isCommitting = true;
    this.#committingBytes = this.#waitingBytes;
    this.#waitingBytes = 0;
    this.journalBytes += this.#journal.batchBytes;
    const startedMs = this.#clock.nowMs();
    this.#journal.commit(() => {
      this.commitSeconds.observe((this.#clock.nowMs() - startedMs) / 1000);
      this.#isCommitting = false;
      this.#committingBytes = 0;
      this.commitCount++;
      for (let i = 0; i < journaled.length; i++) (journaled[i] as Journaled).committed();
      for (const waiter of waiters) waiter.commitDurable();
      this.#unthrottle();
      this.#run();
    });
  }

  #unthrottle(): void {
    if (this.#throttled.length === 0 || this.isDiskBehind) return;
    const throttled = this.#throttled;
    this.#throttled = [];
    for (const connection of throttled) connection.unthrottle();
  }

  #idle(): void {
    if (this.#idleCallbacks.length === 0) return;
    if (this.#dispatchables.length > 0 || this.#journaled.length > 0) return;
    const callbacks = this.#idleCallbacks;
    this.#idleCallbacks = [];
    for (const callback of callbacks) callback();
  }
}
