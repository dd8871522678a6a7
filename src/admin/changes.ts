// When a change that an operator asked for is durable: the one way by which admin/ changes anything.

import type { Turn } from '../broker/turn.ts';

export class Changes {
  readonly #turn: Turn;
  readonly #pending = new Set<(reason: Error) => void>();
  #endReason: Error | undefined;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  /** True: nothing can be changed any more. */
  get hasEnded(): boolean {
    return this.#endReason !== undefined;
  }

  /** Makes the change at once and resolves when it is durable. What `make` throws is the rejection. */
  make<T>(make: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#endReason !== undefined) throw this.#endReason;
      const result = make();
      this.#pending.add(reject);
      this.#turn.awaitCommit({
        commitStarted: () => {},
        commitDurable: () => {
          this.#pending.delete(reject);
          resolve(result);
        },
      });
    });
  }

  /** From now on everything is refused; what is on its way to the disk may still become durable. */
  end(reason: Error): void {
    this.#endReason ??= reason;
  }

  /** Nothing becomes durable any more. */
  fail(reason: Error): void {
    this.#endReason = reason;
    for (const reject of this.#pending) reject(reason);
    this.#pending.clear();
  }
}
