// What the core asks of durable storage for messages. Owned by the core, implemented by `storage/`.
//
// All calls before commit() only fill the current batch and never touch the disk in the caller's turn.
// A batch is atomic: after a crash all of it is there or none, and batches are durable in order.
// A `storageId` names one incarnation of a queue (never reused, never the user's name); a `position`
// is the queue's own message number (increasing, never reused, below 2^48). Every call is idempotent.

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
  /** Removes state and all chunks of a queue. May be large: spread over commits, finished after a restart. */
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
  /** At start only: the state of each queue in the store. */
  loadQueueStates(): Map<number, QueueState>;
  /** At start only: all queues in the store but not in `storageIds` are removed in the background. */
  retainQueues(storageIds: ReadonlySet<number>): void;
  /** Waits for the running commit and closes. The batch being filled must be empty. */
  close(): Promise<void>;
}
