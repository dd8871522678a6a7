// What the clients of a crash run saw, in the order in which they saw it: the only thing that the
// checker judges. Written by the client process, which no fault touches. An attempt is noted before
// its bytes are sent, an outcome when it arrives.

/** A publish that takes effect: at once, or at the tx.commit that was sent right after this note. */
export interface Published {
  readonly kind: 'published';
  /** Counts the starts of the broker; every connection belongs to one. */
  readonly epoch: number;
  /** The connection. */
  readonly link: string;
  /** The confirming channel and its number there, from 1; 0 in tx mode. */
  readonly channel: string;
  readonly tag: number;
  readonly id: string;
  readonly producer: string;
  readonly sequence: number;
  /** Every queue that must get a copy. */
  readonly queues: readonly string[];
  readonly isPersistent: boolean;
  /** Persistent messages of one group survive a crash together or not at all. */
  readonly group: string;
}

/** A basic.ack or basic.nack from the broker, as it came. */
export interface Answered {
  readonly kind: 'answered';
  readonly channel: string;
  readonly tag: number;
  readonly isMultiple: boolean;
  readonly isNack: boolean;
}

/** A tx.commit-ok. */
export interface Committed {
  readonly kind: 'committed';
  readonly group: string;
}

export interface Delivered {
  readonly kind: 'delivered';
  readonly epoch: number;
  readonly link: string;
  readonly queue: string;
  /** Undefined: the body is not one that a producer made. */
  readonly id: string | undefined;
  readonly isRedelivered: boolean;
}

export interface Settled {
  readonly kind: 'settled';
  readonly epoch: number;
  readonly link: string;
  readonly queue: string;
  readonly id: string;
  readonly outcome: 'done' | 'requeued';
  readonly atMs: number;
}

/** The broker was told to end (`atMs`), and did. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly epoch: number;
  readonly isClean: boolean;
  readonly atMs: number;
}

export type HistoryEvent = Published | Answered | Committed | Delivered | Settled | Stopped;
