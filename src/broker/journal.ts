// What the core asks of durable storage for messages. Owned by the core, implemented by `storage/`.
//
// All calls before commit() only fill the current batch and never touch the disk in the caller's turn.
// A batch is atomic: after a crash all of it is there or none, and batches are durable in order.
// A `storageId` names one incarnation of a queue (never reused, never the user's name), or of an exchange
// that holds messages back; a `position` is the queue's own message number (increasing, never reused,
// below 2^48). Every call is idempotent.

/** What is kept per queue beside its chunks; written with every commit that touches the queue. */
export interface QueueState {
  /** The next position to be given. */
  readonly nextPosition: number;
  /** Every position below is settled: nothing below it needs to be read again. */
  readonly floorPosition: number;
  /** Positions below were delivered at least once: they come back as redelivered. */
  readonly cursorPosition: number;
  /** Persistent messages stored and not settled: what a restart will find ready. */
  readonly messageCount: number;
  /** Their body bytes (without headers, as RabbitMQ counts message_bytes). */
  readonly bodyBytes: number;
  /**
   * The head need not be looked at before this time (wall clock): none of the stored messages that
   * will be ready first expires earlier. 0: none expires at all.
   */
  readonly headExpiresAtMs: number;
}

/** One stored chunk, read back. */
export interface StoredChunk {
  readonly firstPosition: number;
  /** Records, one after the other, in the layout of `broker/message/record.ts`; owned by the receiver. */
  readonly bytes: Buffer;
  /** Bit i (LSB first) set = position firstPosition + i is settled; undefined = none. */
  readonly settled: Uint8Array | undefined;
  /**
   * Record indexes whose checksum did not match: quarantined by the engine, to be skipped. When a
   * length was damaged, `bytes` ends before it and the last index here is the number of records in
   * `bytes`: every position from there to the next chunk is lost.
   */
  readonly damaged: readonly number[];
  /** Delivery counts above 0 of its messages, by position; undefined = none. */
  readonly deliveryCounts: ReadonlyMap<number, number> | undefined;
}

/** Where a delayed record stands among those of its owner: in order of due time, then of sequence. */
export interface DelayedPlace {
  /** Milliseconds since the Unix epoch, below 2^48. */
  readonly dueMs: number;
  /** Given by the owner, never twice, below 2^48. */
  readonly sequence: number;
}

export interface DelayedRecord extends DelayedPlace {
  /** One record, owned by the receiver. Undefined: damaged and set aside by the engine, to be deleted. */
  readonly record: Buffer | undefined;
}

export interface DelayedRead {
  readonly records: readonly DelayedRecord[];
  /** The first one behind these, due or not; undefined = there is none. */
  readonly next: DelayedPlace | undefined;
}

/** What is kept per owner beside its delayed records; written with every commit that changes them. */
export interface DelayedState {
  readonly nextSequence: number;
  /** Persistent records that are held: what a restart will find. */
  readonly messageCount: number;
}

/** A key that was seen: see `broker/deduplication/`. */
export interface DeduplicationEntry {
  /** The order in which the keys came; never given twice. */
  readonly sequence: number;
  readonly key: Buffer;
  /** Milliseconds since the Unix epoch; Infinity = until others push it out. */
  readonly expiresMs: number;
}

export interface Journal {
  /**
   * Stores the records in slab[start, end), which hold consecutive positions from `firstPosition`.
   * The slab range must not change until the commit that takes this batch is durable. An engine on
   * disk fills each record's checksum field in place.
   */
  putChunk(
    storageId: number,
    firstPosition: number,
    slab: Buffer,
    start: number,
    end: number,
  ): void;
  /** Removes the chunk that starts at `firstPosition` with its settled bitmap. Unknown chunks are ignored. */
  deleteChunk(storageId: number, firstPosition: number): void;
  /** Removes all chunks that start in [fromPosition, toPosition). May be large: spread over commits. */
  deleteChunks(storageId: number, fromPosition: number, toPosition: number): void;
  /** Replaces the settled bitmap of a chunk (same bit order as StoredChunk.settled). */
  putSettled(storageId: number, firstPosition: number, bitmap: Uint8Array): void;
  putQueueState(storageId: number, state: QueueState): void;
  /** How often a message was delivered; 0 removes the count, which its settlement must do. */
  putDeliveryCount(storageId: number, position: number, count: number): void;
  /** Holds one record until its time. Like a slab range, `record` must not change until it is durable. */
  putDelayed(storageId: number, place: DelayedPlace, record: Buffer): void;
  deleteDelayed(storageId: number, place: DelayedPlace): void;
  putDelayedState(storageId: number, state: DelayedState): void;
  putDeduplicationEntry(storageId: number, entry: DeduplicationEntry): void;
  deleteDeduplicationEntry(storageId: number, sequence: number): void;
  /**
   * Removes everything kept under the id: state and chunks, delivery counts, delayed records, the
   * deduplication window. May be large: spread over commits, finished after a restart.
   */
  dropQueue(storageId: number): void;
  /** Bytes in the batch being filled. */
  readonly batchBytes: number;
  /** True when nothing waits in the batch being filled. */
  readonly isBatchEmpty: boolean;
  /**
   * Starts writing the batch; `onDurable` runs after it is flushed to the disk (or its equal).
   * One commit at a time: not called again before `onDurable` ran. Never runs inside this call.
   * On failure `onDurable` never runs: the engine reports it to the node, which stops (fail-stop).
   */
  commit(onDurable: () => void): void;
  /**
   * Reads chunks in order of position, starting with the one that holds `fromPosition` (or the next
   * later one), until `maxBytes` are reached (at least one chunk) or `toPosition` is passed. Sees all
   * durable commits. Calls back in a later turn; an empty list means there is nothing in the range.
   */
  readChunks(
    storageId: number,
    fromPosition: number,
    toPosition: number,
    maxBytes: number,
    callback: (chunks: StoredChunk[]) => void,
  ): void;
  /**
   * Reads delayed records in order, from the first at or behind `from` while they are due at `toMs` or
   * before, until `maxBytes` are reached (at least one record). Sees all durable commits. Calls back
   * in a later turn.
   */
  readDelayed(
    storageId: number,
    from: DelayedPlace,
    toMs: number,
    maxBytes: number,
    callback: (read: DelayedRead) => void,
  ): void;
  /** At start only: the state of each queue in the store. */
  loadQueueStates(): Map<number, QueueState>;
  /** At start only: the state of each owner of delayed records. */
  loadDelayedStates(): Map<number, DelayedState>;
  /** At start only: what was seen, in order of sequence. */
  loadDeduplicationEntries(storageId: number): DeduplicationEntry[];
  /** At start only: whatever is stored under an id not in `storageIds` is removed in the background. */
  retainQueues(storageIds: ReadonlySet<number>): void;
  /** Waits for the running commit and closes. The batch being filled must be empty. */
  close(): Promise<void>;
}
