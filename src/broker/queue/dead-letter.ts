// Why a message leaves its queue for the dead-letter exchange, and who takes it there.

import type { Queue } from './queue.ts';

/** The words of x-death. */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

export interface DeadLetterSink {
  /**
   * Routes the record at slab[offset] to the queue's dead-letter exchange, within this call. The
   * caller settles it in the same turn, so both are one commit.
   */
  add(queue: Queue, slab: Buffer, offset: number, reason: DeathReason): void;
  /** The queue was made, or its settings changed: what it keeps of dead letters may go now. */
  settingsChanged(queue: Queue): void;
}
