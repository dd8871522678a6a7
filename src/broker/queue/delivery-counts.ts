// How often messages of one lane were given back, of those that were: their state says COUNTED. The counts
// of messages on the disk lie there, too, and change in the commit of what changed them.

import type { Journal } from '../journal.ts';
import { COUNTED, PERSISTENT, type Segment, STORED } from '../message/segment.ts';

export class DeliveryCounts {
  readonly #counts = new Map<number, number>();
  /** What the next commit writes; 0 = nothing is left of it. */
  readonly #changed = new Map<number, number>();
  readonly #isDurable: boolean;

  /** `isDurable`: the queue's messages survive a restart. */
  constructor(isDurable: boolean) {
    this.#isDurable = isDurable;
  }

  /** Positions with a count: each is in memory and not settled. */
  get size(): number {
    return this.#counts.size;
  }

  of(position: number): number {
    return this.#counts.get(position) ?? 0;
  }

  /** One more; true when the journal is to learn of it. */
  add(segment: Segment, index: number): boolean {
    const position = segment.base + index;
    const count = this.of(position) + 1;
    this.#counts.set(position, count);
    const state = segment.states[index] as number;
    segment.states[index] = state | COUNTED;
    if (!this.#isDurable || (state & PERSISTENT) === 0) return false;
    this.#changed.set(position, count);
    return true;
  }

  /** It came back from the disk with that count. */
  restore(position: number, count: number): void {
    this.#counts.set(position, count);
  }

  /** It leaves memory, and the disk knows its count. */
  forget(position: number): void {
    this.#counts.delete(position);
  }

  /** The message is settled. */
  settled(segment: Segment, index: number): void {
    const position = segment.base + index;
    this.#counts.delete(position);
    const isStored = ((segment.states[index] as number) & STORED) !== 0;
    if (this.#isDurable && isStored) this.#changed.set(position, 0);
    else this.#changed.delete(position);
  }

  clear(): void {
    this.#counts.clear();
    this.#changed.clear();
  }

  /** What changed goes into the journal's batch, behind the records. */
  collect(journal: Journal, storageId: number): void {
    for (const [position, count] of this.#changed) {
      journal.putDeliveryCount(storageId, position, count);
    }
    this.#changed.clear();
  }
}
