// HOT. The deliveries of one channel that are not acknowledged yet: delivery tag → (consumer, position)
// in rings, oldest first. `multiple` pops a prefix. Budget: no allocation per delivery once warm.

import { assert } from '../../util/assert.ts';
import type { ReturnReason } from '../queue/retry-delay.ts';

/** Whoever holds the position of a delivery: a consumer, or the channel's own basic.get. */
export interface DeliveryOwner {
  /** How long a delivery may stay unacknowledged; Infinity = for ever. */
  readonly consumerTimeoutMs: number;
  /** Acknowledged. */
  settle(position: number): void;
  /** Refused for good: a dead letter, where the queue has an exchange for them. */
  reject(position: number): void;
  /** Given back. */
  requeue(position: number, reason: ReturnReason): void;
}

/** How a client, or the end of its channel, settles a delivery. */
export type Settlement = 'acknowledge' | 'reject' | ReturnReason;

export function settleDelivery(
  owner: DeliveryOwner,
  position: number,
  settlement: Settlement,
): void {
  if (settlement === 'acknowledge') owner.settle(position);
  else if (settlement === 'reject') owner.reject(position);
  else owner.requeue(position, settlement);
}

const CAPACITY_START = 16;
const NONE = new Float64Array(0);

export class UnackedDeliveries {
  /** Deliveries neither settled nor requeued. */
  count = 0;
  /** Called by the next add(), once; undefined: nobody waits for it. */
  onNextAdd: (() => void) | undefined = undefined;
  /** 0 until the first delivery: most channels of a large node only publish, or do nothing. */
  #capacity = 0;
  #tags = NONE;
  #positions = NONE;
  #owners: (DeliveryOwner | undefined)[] = [];
  // Entries lie at [#head, #head + #length) modulo the capacity; settled ones in the middle stay as
  // holes (owner undefined) until the head passes them.
  #head = 0;
  #length = 0;

  add(tag: number, owner: DeliveryOwner, position: number): void {
    if (this.#length === this.#capacity) this.#grow();
    const at = (this.#head + this.#length) & (this.#capacity - 1);
    this.#tags[at] = tag;
    this.#positions[at] = position;
    this.#owners[at] = owner;
    this.#length++;
    this.count++;
    if (this.onNextAdd !== undefined) this.#tellAdded();
  }

  #tellAdded(): void {
    const onNextAdd = this.onNextAdd as () => void;
    this.onNextAdd = undefined;
    onNextAdd();
  }

  /** Meaningful while count > 0. */
  get oldestTag(): number {
    return this.#tags[this.#head] as number;
  }

  /** Visits what is outstanding up to `tag`, oldest first. The visitor must not change anything. */
  forEachUpTo(tag: number, visit: (tag: number, owner: DeliveryOwner) => void): void {
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#head + i) & (this.#capacity - 1);
      if ((this.#tags[at] as number) > tag) return;
      const owner = this.#owners[at];
      if (owner !== undefined) visit(this.#tags[at] as number, owner);
    }
  }

  /** True when `tag` is outstanding. */
  has(tag: number): boolean {
    return this.#find(tag) >= 0;
  }

  // What takeOne() and takeFirst() found.
  takenOwner: DeliveryOwner | undefined = undefined;
  takenPosition = 0;
  takenTag = 0;

  /** Takes one delivery out; false when the tag is not outstanding. */
  takeOne(tag: number): boolean {
    const at = this.#find(tag);
    if (at < 0) return false;
    this.#takeAt(at);
    this.#dropHoles();
    return true;
  }

  /** Takes the oldest delivery out if its tag is at most `tag`. */
  takeFirst(tag: number): boolean {
    if (this.#length === 0) return false;
    const at = this.#head;
    if ((this.#tags[at] as number) > tag) return false;
    this.#takeAt(at);
    this.#dropHoles();
    return true;
  }

  #takeAt(at: number): void {
    this.takenOwner = this.#owners[at];
    this.takenPosition = this.#positions[at] as number;
    this.takenTag = this.#tags[at] as number;
    this.#owners[at] = undefined;
    this.count--;
  }

  #dropHoles(): void {
    const mask = this.#capacity - 1;
    while (this.#length > 0 && this.#owners[this.#head] === undefined) {
      this.#head = (this.#head + 1) & mask;
      this.#length--;
    }
    if (this.#length === 0 && this.#capacity > 4096) this.#resize(CAPACITY_START);
  }

  /** Ring index of an outstanding tag, or -1. Tags grow, so the ring is sorted. */
  #find(tag: number): number {
    const mask = this.#capacity - 1;
    if (this.#length === 0) return -1;
    if (this.#tags[this.#head] === tag) return this.#head;
    let low = 0;
    let high = this.#length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tags[(this.#head + middle) & mask] as number) < tag) low = middle + 1;
      else high = middle;
    }
    const at = (this.#head + low) & mask;
    return this.#tags[at] === tag && this.#owners[at] !== undefined ? at : -1;
  }

  /**
   * Puts a delivery back that a transaction had taken (tx.rollback): its hole is still there unless
   * the head passed it.
   */
  restore(
    tags: readonly number[],
    owners: readonly DeliveryOwner[],
    positions: readonly number[],
  ): void {
    const entries: { tag: number; owner: DeliveryOwner; position: number }[] = [];
    while (this.takeFirst(Number.POSITIVE_INFINITY)) {
      assert(this.takenOwner !== undefined, 'an outstanding delivery has an owner');
      entries.push({ tag: this.takenTag, owner: this.takenOwner, position: this.takenPosition });
    }
    for (let i = 0; i < tags.length; i++) {
      entries.push({
        tag: tags[i] as number,
        owner: owners[i] as DeliveryOwner,
        position: positions[i] as number,
      });
    }
    entries.sort((a, b) => a.tag - b.tag);
    for (const entry of entries) this.add(entry.tag, entry.owner, entry.position);
  }

  #grow(): void {
    this.#resize(Math.max(CAPACITY_START, this.#capacity * 2));
  }

  #resize(capacity: number): void {
    const tags = new Float64Array(capacity);
    const positions = new Float64Array(capacity);
    const owners: (DeliveryOwner | undefined)[] = new Array(capacity).fill(undefined);
    const mask = this.#capacity - 1;
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#head + i) & mask;
      tags[i] = this.#tags[at] as number;
      positions[i] = this.#positions[at] as number;
      owners[i] = this.#owners[at];
    }
    this.#tags = tags;
    this.#positions = positions;
    this.#owners = owners;
    this.#capacity = capacity;
    this.#head = 0;
  }
}
