// How a range of the store is read off the serving turn: keys are listed, LMDB loads their pages on another
// thread (a page that is not in memory would stop every connection), then the values are copied out.
// Invariant: nothing is thrown or called back into a turn that is not a reader's own.

import type { DatabaseName, Environment } from './environment.ts';

export class ReadSteps {
  readonly #environment: Environment;
  readonly #onFatal: (reason: Error) => void;
  #isStopped = false;

  constructor(environment: Environment, onFatal: (reason: Error) => void) {
    this.#environment = environment;
    this.#onFatal = onFatal;
  }

  /** Reads that have not called back never will. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Runs the first step, in a later turn. */
  begin(step: () => void): void {
    setImmediate(() => this.#guarded(step));
  }

  /** Runs the next step once the pages of the keys are in memory. */
  prefetch(database: DatabaseName, keys: Buffer[], step: () => void): void {
    this.#environment.prefetch(database, keys, () => this.#guarded(step));
  }

  /** Empty when LMDB cannot follow the page: that value is lost, the next one need not be. */
  value(database: DatabaseName, key: Buffer): Buffer | undefined {
    try {
      return this.#environment.get(database, key);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Outside of a step: what the receiver throws is no failure of the store. */
  finish(callback: () => void): void {
    queueMicrotask(() => {
      if (!this.#isStopped) callback();
    });
  }

  #guarded(step: () => void): void {
    if (this.#isStopped) return;
    try {
      step();
    } catch (error) {
      this.#onFatal(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
