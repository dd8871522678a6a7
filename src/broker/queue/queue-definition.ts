// What a queue is made from: its declaration, and at a start what the journal held of it.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { QueueState } from '../journal.ts';

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
