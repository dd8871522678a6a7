// One priority level of a queue: its messages in memory, in the journal, and on their way between the
// two. A queue without priorities has one lane. To the journal each lane is a queue of its own.

import type { Journal, QueueState } from '../journal.ts';
import type { MessageMemory } from '../message/message-memory.ts';
import type { MessageAges } from '../metrics/message-ages.ts';
import { recoverMessages } from './cold-span.ts';
import { DeliveryCounts } from './delivery-counts.ts';
import { QueueJournal } from './queue-journal.ts';
import { QueueMessages } from './queue-messages.ts';
import { QueuePaging } from './queue-paging.ts';
import { unackedBodyBytesOf } from './resident-segments.ts';

/** Positions of a lane begin at its level times this, seen from outside of the queue. */
export const LANE_POSITIONS = 2 ** 44;

/** What a lane needs of its node. */
export interface LaneEnvironment {
  readonly memory: MessageMemory;
  readonly journal: Journal;
}

export interface LaneDefinition {
  readonly level: number;
  readonly storageId: number;
  readonly isDurable: boolean;
}

export class QueueLane {
  readonly level: number;
  readonly storageId: number;
  /** To be added to a position of `messages` when it leaves the queue. */
  readonly positionOffset: number;
  readonly messages: QueueMessages;
  readonly paging: QueuePaging;
  /** When the head expires, as an earlier start left it; 0 = never. Void once the head was read. */
  recoveredExpiresAtMs: number;
  /** Messages that came since the start have positions from here on. */
  readonly firstPosition: number;
  /** Since when the messages wait; undefined: nobody keeps that, or none does. */
  ages: MessageAges | undefined = undefined;
  readonly #journal: QueueJournal;
  readonly #isDurable: boolean;

  constructor(
    definition: LaneDefinition,
    environment: LaneEnvironment,
    recovered: QueueState | undefined,
  ) {
    this.level = definition.level;
    this.storageId = definition.storageId;
    this.#isDurable = definition.isDurable;
    this.positionOffset = definition.level * LANE_POSITIONS;
    this.messages = new QueueMessages(environment.memory);
    if (recovered !== undefined) recoverMessages(this.messages, recovered);
    this.firstPosition = this.messages.nextPosition;
    this.recoveredExpiresAtMs = recovered?.headExpiresAtMs ?? 0;
    this.#journal = new QueueJournal(this.messages, this.storageId, definition.isDurable);
    this.paging = new QueuePaging(this.messages, environment.journal, this.storageId);
  }

  /** Unacked messages are always in memory. */
  countUnackedBytes(isOn: boolean): void {
    const { messages } = this;
    if (messages.countsUnackedBytes === isOn) return;
    messages.countsUnackedBytes = isOn;
    messages.unackedBodyBytes = isOn ? this.unackedBodyBytes : 0;
  }

  get unackedBodyBytes(): number {
    const { messages } = this;
    if (messages.countsUnackedBytes && messages.unackedBodyBytes > 0)
      return messages.unackedBodyBytes;
    return unackedBodyBytesOf(messages.segments, messages.unackedCount);
  }

  /** The smallest position that is not settled. Only while there is one. */
  get oldestPosition(): number {
    return this.#journal.floorPosition();
  }

  /** An unacked message is given back. */
  countReturn(position: number): void {
    const { messages } = this;
    const segment = messages.find(position);
    messages.deliveryCounts ??= new DeliveryCounts(this.#isDurable);
    if (messages.deliveryCounts.add(segment, position - segment.base)) {
      messages.isJournalDirty = true;
    }
  }

  collect(journal: Journal): void {
    this.#journal.collect(journal);
  }

  /** The queue is gone: so is everything of it in the journal. */
  drop(journal: Journal): void {
    this.messages.isJournalDirty = false;
    if (this.#journal.hasStored) journal.dropQueue(this.storageId);
  }

  /** The commit that took the last collect() is durable. */
  committed(): void {
    this.#journal.committed();
    this.paging.finishLeaving();
  }
}
