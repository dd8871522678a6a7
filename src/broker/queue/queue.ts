// SKELETON: the core author fills this in. The members below are what topology may rely on.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Binding } from '../exchange/binding.ts';

/** What is fixed when a queue is declared. */
export interface QueueDefinition {
  readonly vhostName: string;
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** The owning connection of an exclusive queue, by reference. */
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  /** Names this incarnation in the journal and in metadata (kind `queue`). */
  readonly storageId: number;
}

export interface Queue extends QueueDefinition {
  /** Ready messages (unacked ones not counted), as declare-ok reports. */
  readonly readyCount: number;
  readonly consumerCount: number;
  /** Bindings that lead to this queue; kept by topology. */
  readonly bindings: Set<Binding>;
  /** Drops all ready messages; returns how many. Unacked ones stay. */
  purge(): number;
  /** Ends the incarnation: cancels consumers, drops all messages and the journal state. */
  remove(): void;
}
