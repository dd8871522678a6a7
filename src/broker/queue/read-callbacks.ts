// Those who wait until the next messages of a queue were read from the disk.

export class ReadCallbacks {
  #callbacks: (() => void)[] = [];

  add(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  /** Calls each once; one that waits again is called the next time. */
  run(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }
}
