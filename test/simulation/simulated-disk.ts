// What is durable: the only thing that survives a simulated crash. A batch is applied whole or not at
// all. Kept as simply as can be, because it judges the real engines' contract by example.

import type {
  DeduplicationEntry,
  DelayedPlace,
  DelayedRead,
  DelayedState,
  QueueState,
  StoredChunk,
} from '../../src/broker/journal.ts';
import { recordBytesAt } from '../../src/broker/message/record.ts';
import type { MetadataKind, MetadataRecord } from '../../src/broker/metadata.ts';

interface DiskChunk {
  readonly bytes: Buffer;
  readonly recordCount: number;
}

interface DiskQueue {
  readonly chunks: Map<number, DiskChunk>;
  readonly settled: Map<number, Uint8Array>;
  state: QueueState | undefined;
  readonly counts: Map<number, number>;
  /** By due time and sequence. */
  readonly delayed: Map<string, DelayedPlace & { readonly record: Buffer }>;
  delayedState: DelayedState | undefined;
  readonly seen: Map<number, DeduplicationEntry>;
}

const KINDS: readonly MetadataKind[] = [
  'node',
  'vhost',
  'user',
  'permission',
  'exchange',
  'queue',
  'binding',
];

export class SimulatedDisk {
  readonly #queues = new Map<number, DiskQueue>();
  readonly #records = new Map<string, MetadataRecord>();

  #queue(storageId: number): DiskQueue {
    let queue = this.#queues.get(storageId);
    if (queue === undefined) {
      queue = {
        chunks: new Map(),
        settled: new Map(),
        state: undefined,
        counts: new Map(),
        delayed: new Map(),
        delayedState: undefined,
        seen: new Map(),
      };
      this.#queues.set(storageId, queue);
    }
    return queue;
  }

  putChunk(storageId: number, firstPosition: number, bytes: Buffer): void {
    let recordCount = 0;
    for (let at = 0; at < bytes.length; at += recordBytesAt(bytes, at)) {
      if (recordBytesAt(bytes, at) < 9) throw new Error('a chunk that is not made of records');
      recordCount++;
    }
    const queue = this.#queue(storageId);
    queue.chunks.set(firstPosition, { bytes, recordCount });
    queue.settled.delete(firstPosition);
  }

  deleteChunk(storageId: number, firstPosition: number): void {
    const queue = this.#queues.get(storageId);
    queue?.chunks.delete(firstPosition);
    queue?.settled.delete(firstPosition);
  }

  deleteChunks(storageId: number, fromPosition: number, toPosition: number): void {
    for (const position of this.#queues.get(storageId)?.chunks.keys() ?? []) {
      if (position >= fromPosition && position < toPosition) this.deleteChunk(storageId, position);
    }
    const counts = this.#queues.get(storageId)?.counts;
    for (const position of counts?.keys() ?? []) {
      if (position >= fromPosition && position < toPosition) counts?.delete(position);
    }
  }

  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void {
    this.#queue(storageId).settled.set(firstPosition, bitmap);
  }

  putQueueState(storageId: number, state: QueueState): void {
    this.#queue(storageId).state = state;
  }

  putDeliveryCount(storageId: number, position: number, count: number): void {
    if (count === 0) this.#queues.get(storageId)?.counts.delete(position);
    else this.#queue(storageId).counts.set(position, count);
  }

  putDelayed(storageId: number, { dueMs, sequence }: DelayedPlace, record: Buffer): void {
    const key = `${dueMs} ${sequence}`;
    this.#queue(storageId).delayed.set(key, { dueMs, sequence, record });
  }

  deleteDelayed(storageId: number, { dueMs, sequence }: DelayedPlace): void {
    this.#queues.get(storageId)?.delayed.delete(`${dueMs} ${sequence}`);
  }

  putDelayedState(storageId: number, state: DelayedState): void {
    this.#queue(storageId).delayedState = state;
  }

  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void {
    this.#queue(storageId).seen.set(entry.sequence, entry);
  }

  deleteDeduplicationEntry(storageId: number, sequence: number): void {
    this.#queues.get(storageId)?.seen.delete(sequence);
  }

  readDelayed(storageId: number, from: DelayedPlace, toMs: number, maxBytes: number): DelayedRead {
    const order = (one: DelayedPlace, other: DelayedPlace): number =>
      one.dueMs - other.dueMs || one.sequence - other.sequence;
    const all = [...(this.#queues.get(storageId)?.delayed.values() ?? [])]
      .filter((held) => order(held, from) >= 0)
      .sort(order);
    let bytes = 0;
    let count = 0;
    for (const { dueMs, record } of all) {
      bytes += record.length;
      if (dueMs > toMs || (count > 0 && bytes > maxBytes)) break;
      count++;
    }
    const next = all[count];
    return {
      records: all.slice(0, count).map((held) => ({ ...held, record: Buffer.from(held.record) })),
      next: next === undefined ? undefined : { dueMs: next.dueMs, sequence: next.sequence },
    };
  }

  delayedStates(): Map<number, DelayedState> {
    const states = new Map<number, DelayedState>();
    for (const [storageId, { delayedState }] of this.#queues) {
      if (delayedState !== undefined) states.set(storageId, delayedState);
    }
    return states;
  }

  deduplicationEntries(storageId: number): DeduplicationEntry[] {
    const seen = this.#queues.get(storageId)?.seen.values() ?? [];
    return [...seen].sort((one, other) => one.sequence - other.sequence);
  }

  dropQueue(storageId: number): void {
    this.#queues.delete(storageId);
  }

  putRecord(record: MetadataRecord): void {
    this.#records.set(`${record.kind} ${record.id}`, record);
  }

  deleteRecord(kind: MetadataKind, id: number): void {
    this.#records.delete(`${kind} ${id}`);
  }

  records(): MetadataRecord[] {
    return [...this.#records.values()].sort(
      (one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || one.id - other.id,
    );
  }

  queueStates(): Map<number, QueueState> {
    const states = new Map<number, QueueState>();
    for (const [storageId, queue] of this.#queues) {
      if (queue.state !== undefined) states.set(storageId, queue.state);
    }
    return states;
  }

  retainQueues(storageIds: ReadonlySet<number>): void {
    for (const storageId of this.#queues.keys()) {
      if (!storageIds.has(storageId)) this.#queues.delete(storageId);
    }
  }

  readChunks(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
  ): StoredChunk[] {
    const queue = this.#queues.get(storageId);
    if (queue === undefined) return [];
    const found: StoredChunk[] = [];
    let bytes = 0;
    for (const [firstPosition, chunk] of [...queue.chunks].sort((a, b) => a[0] - b[0])) {
      if (firstPosition + chunk.recordCount <= fromPosition) continue;
      if (firstPosition >= toPosition) break;
      if (found.length > 0 && bytes + chunk.bytes.length > maxBytes) break;
      bytes += chunk.bytes.length;
      found.push({
        firstPosition,
        bytes: Buffer.from(chunk.bytes),
        settled: queue.settled.get(firstPosition)?.slice(),
        damaged: [],
        deliveryCounts: countsOf(queue, firstPosition, chunk.recordCount),
      });
    }
    return found;
  }

  get storedBytes(): number {
    let bytes = 0;
    for (const queue of this.#queues.values()) {
      for (const chunk of queue.chunks.values()) bytes += chunk.bytes.length;
      for (const held of queue.delayed.values()) bytes += held.record.length;
    }
    return bytes;
  }
}

function countsOf(
  queue: DiskQueue,
  firstPosition: number,
  recordCount: number,
): ReadonlyMap<number, number> | undefined {
  const counts = [...queue.counts].filter(
    ([position]) => position >= firstPosition && position < firstPosition + recordCount,
  );
  return counts.length === 0 ? undefined : new Map(counts);
}
