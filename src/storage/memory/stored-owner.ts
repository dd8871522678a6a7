// What is kept in memory under one storage id beside chunks: delivery counts, delayed records, the
// deduplication window.

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedRead,
  DelayedRecord,
  DelayedState,
} from '../../broker/journal.ts';
import { DelayedRecords } from './delayed-records.ts';

export class StoredOwner {
  readonly deliveryCounts = new Map<number, number>();
  readonly delayed = new DelayedRecords();
  delayedState: DelayedState | undefined;
  readonly #seen = new Map<number, DeduplicationEntry>();

  putDeliveryCount(position: number, count: number): void {
    if (count === 0) this.deliveryCounts.delete(position);
    else this.deliveryCounts.set(position, count);
  }

  deleteDeliveryCounts(fromPosition: number, toPosition: number): void {
    for (const position of [...this.deliveryCounts.keys()]) {
      if (position >= fromPosition && position < toPosition) this.deliveryCounts.delete(position);
    }
  }

  /** Undefined when there are none. */
  countsWithin(fromPosition: number, recordCount: number): Map<number, number> | undefined {
    if (this.deliveryCounts.size === 0) return undefined;
    const counts = new Map<number, number>();
    for (let position = fromPosition; position < fromPosition + recordCount; position++) {
      const count = this.deliveryCounts.get(position);
      if (count !== undefined) counts.set(position, count);
    }
    return counts.size === 0 ? undefined : counts;
  }

  readDelayed(from: DelayedPlace, toMs: number, maxBytes: number): DelayedRead {
    const records: DelayedRecord[] = [];
    let bytes = 0;
    for (const { dueMs, sequence, record } of this.delayed.read(from)) {
      const isFull = records.length > 0 && bytes + record.length > maxBytes;
      if (dueMs > toMs || isFull) return { records, next: { dueMs, sequence } };
      records.push({ dueMs, sequence, record: Buffer.from(record) });
      bytes += record.length;
    }
    return { records, next: undefined };
  }

  putDeduplicationEntry(entry: DeduplicationEntry): void {
    this.#seen.set(entry.sequence, entry);
  }

  deleteDeduplicationEntry(sequence: number): void {
    this.#seen.delete(sequence);
  }

  deduplicationEntries(): DeduplicationEntry[] {
    return [...this.#seen.values()].sort((one, other) => one.sequence - other.sequence);
  }
}
