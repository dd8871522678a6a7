// Those who wait until the next messages of a queue were read from the disk.

export class ReadCallbacks {
  #callbacks: (() => void)[] | undefined;

  add(callback: () => void): void {
    this.#callbacks ??= [];
    this.#callbacks.push(callback);
  }

  /** Calls each once; one that waits again is called the next time. */
  run(): void {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) return;
    this.#callbacks = undefined;
    for (const callback of callbacks) callback();
  }
}
