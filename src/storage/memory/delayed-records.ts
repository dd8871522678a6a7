// The delayed records of one owner in memory, in order of due time and sequence. Kept in buckets, so
// that putting and deleting cost the same whatever the number and whatever the order of due times.

import type { DelayedPlace } from '../../broker/journal.ts';

const BUCKET_MAX = 512;

export interface HeldRecord extends DelayedPlace {
  readonly record: Buffer;
}

export class DelayedRecords {
  /** In order, and each of them is; none is empty. */
  readonly #buckets: HeldRecord[][] = [];

  put(held: HeldRecord): void {
    const bucketIndex = Math.min(this.#bucketOf(held), this.#buckets.length - 1);
    const bucket = this.#buckets[bucketIndex];
    if (bucket === undefined) {
      this.#buckets.push([held]);
      return;
    }
    const index = indexIn(bucket, held);
    const isThere = compare(bucket[index], held) === 0;
    bucket.splice(index, isThere ? 1 : 0, held);
    if (bucket.length <= BUCKET_MAX) return;
    // What comes at the end fills whole buckets; elsewhere a full one is halved.
    const isAppended = index === BUCKET_MAX;
    this.#buckets.splice(
      bucketIndex + 1,
      0,
      bucket.splice(isAppended ? BUCKET_MAX : BUCKET_MAX >> 1),
    );
  }

  delete(place: DelayedPlace): void {
    const bucketIndex = this.#bucketOf(place);
    const bucket = this.#buckets[bucketIndex];
    if (bucket === undefined) return;
    const index = indexIn(bucket, place);
    if (compare(bucket[index], place) !== 0) return;
    bucket.splice(index, 1);
    if (bucket.length === 0) this.#buckets.splice(bucketIndex, 1);
  }

  /** From the first that is at or behind `from`. */
  *read(from: DelayedPlace): Generator<HeldRecord> {
    let start = this.#bucketOf(from);
    let index = indexIn(this.#buckets[start] ?? [], from);
    for (; start < this.#buckets.length; start++, index = 0) {
      const bucket = this.#buckets[start] as HeldRecord[];
      for (; index < bucket.length; index++) yield bucket[index] as HeldRecord;
    }
  }

  /** Index of the first bucket whose last record is not before the place. */
  #bucketOf(place: DelayedPlace): number {
    let low = 0;
    let high = this.#buckets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#buckets[middle]?.at(-1), place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function indexIn(bucket: readonly HeldRecord[], place: DelayedPlace): number {
  let low = 0;
  let high = bucket.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(bucket[middle], place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Behind the last record nothing comes: it compares as later. */
function compare(one: DelayedPlace | undefined, other: DelayedPlace): number {
  if (one === undefined) return 1;
  return one.dueMs - other.dueMs || one.sequence - other.sequence;
}
