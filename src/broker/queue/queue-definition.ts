// What a queue is made from: its declaration, what it needs of its node, and at a start what the journal
// held of it.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Random } from '../clock.ts';
import type { Intakes } from '../intake.ts';
import type { QueueState } from '../journal.ts';
import type { DeadLetterSink } from './dead-letter.ts';
import type { Queue } from './queue.ts';
import type { LaneEnvironment } from './queue-lane.ts';
import type { LimitsEnvironment } from './queue-limits.ts';

/** What a queue needs of its node. */
export interface QueueEnvironment extends LaneEnvironment, LimitsEnvironment {
  readonly intakes: Intakes;
  readonly deadLetters: DeadLetterSink;
  readonly random: Random;
  /** The last consumer of an auto-delete queue left. */
  queueUnused(queue: Queue): void;
  /** Nobody used the queue for as long as x-expires says. */
  queueExpired(queue: Queue): void;
}

/** What is fixed when a queue is declared. */
export interface QueueDefinition {
  readonly vhostName: string;
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** The owning connection of an exclusive queue, by reference. */
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  /**
   * Names this incarnation in the journal and in metadata (kind `queue`). With priorities each level
   * has its own in the journal: the ids that follow.
   */
  readonly storageId: number;
}

/** What the journal held of a lane at start, by its storage id. */
export type RecoveredStates = (storageId: number) => QueueState | undefined;
