// The lanes of a queue: one, or with x-max-priority one per level, made when the first message of its
// level comes.

import type { Journal } from '../journal.ts';
import type { QueueDefinition, RecoveredStates } from './queue-definition.ts';
import { LANE_POSITIONS, type LaneEnvironment, QueueLane } from './queue-lane.ts';

/** How many storage ids a queue takes. With x-max-priority 0 it uses one of two, as stores from before have it. */
export function levelCount(maxPriority: number | undefined): number {
  return maxPriority === undefined ? 1 : Math.max(1, maxPriority) + 1;
}

export class QueueLanes {
  readonly lowest: QueueLane;
  readonly isSingle: boolean;
  readonly #definition: QueueDefinition;
  readonly #environment: LaneEnvironment;
  readonly #highestLevel: number;
  /** Those in use, highest level first; the lowest one is always there. */
  readonly #used: QueueLane[] = [];
  #countsUnackedBytes = false;

  constructor(
    definition: QueueDefinition,
    maxPriority: number | undefined,
    environment: LaneEnvironment,
    recovered: RecoveredStates,
  ) {
    this.#definition = definition;
    this.#environment = environment;
    this.#highestLevel = maxPriority ?? 0;
    this.isSingle = maxPriority === undefined;
    this.lowest = this.#create(0, recovered);
    for (let level = 1; level < levelCount(maxPriority); level++) {
      if (recovered(definition.storageId + level) !== undefined) this.#create(level, recovered);
    }
  }

  #create(level: number, recovered: RecoveredStates): QueueLane {
    const storageId = this.#definition.storageId + level;
    const { isDurable } = this.#definition;
    const lane = new QueueLane(
      { level, storageId, isDurable },
      this.#environment,
      recovered(storageId),
    );
    if (this.#countsUnackedBytes) lane.countUnackedBytes(true);
    const index = this.#used.findIndex((other) => other.level < level);
    this.#used.splice(index < 0 ? this.#used.length : index, 0, lane);
    return lane;
  }

  /** The lane for messages of that priority. */
  of(priority: number): QueueLane {
    if (this.isSingle) return this.lowest;
    const level = Math.max(0, Math.min(priority, this.#highestLevel));
    return this.#used.find((lane) => lane.level === level) ?? this.#create(level, () => undefined);
  }

  /** The lane of a position as consumers know it. */
  at(position: number): QueueLane {
    if (this.isSingle) return this.lowest;
    const level = Math.floor(position / LANE_POSITIONS);
    return this.#used.find((lane) => lane.level === level) as QueueLane;
  }

  fromHighest(): readonly QueueLane[] {
    return this.#used;
  }

  /** The lane of the next message; undefined when none is ready. */
  get head(): QueueLane | undefined {
    return this.#used.find((lane) => lane.messages.readyCount > 0);
  }

  get readyCount(): number {
    if (this.isSingle) return this.lowest.messages.readyCount;
    return this.#used.reduce((sum, { messages }) => sum + messages.readyCount, 0);
  }

  get unackedCount(): number {
    return this.#used.reduce((sum, { messages }) => sum + messages.unackedCount, 0);
  }

  /** Messages that wait for their retry. */
  get waitingCount(): number {
    return this.#used.reduce((sum, { messages }) => sum + messages.waitingCount, 0);
  }

  /** Of ready messages, and of those that wait. */
  get readyBodyBytes(): number {
    return this.#used.reduce(
      (sum, { messages }) => sum + messages.bodyBytes - messages.unackedBodyBytes,
      0,
    );
  }

  get mayExpire(): boolean {
    return this.#used.some(({ messages }) => messages.mayExpire);
  }

  get isJournalDirty(): boolean {
    if (this.isSingle) return this.lowest.messages.isJournalDirty;
    return this.#used.some(({ messages }) => messages.isJournalDirty);
  }

  countUnackedBytes(isOn: boolean): void {
    this.#countsUnackedBytes = isOn;
    for (const lane of this.#used) lane.countUnackedBytes(isOn);
  }

  purge(): number {
    return this.#used.reduce((sum, { messages }) => sum + messages.purge(), 0);
  }

  removeAll(): void {
    for (const { messages } of this.#used) messages.removeAll();
  }

  collect(journal: Journal): void {
    for (const lane of this.#used) lane.collect(journal);
  }

  /** The queue is gone: so is everything of it in the journal. */
  drop(journal: Journal): void {
    for (const lane of this.#used) lane.drop(journal);
  }

  committed(): void {
    for (const lane of this.#used) lane.committed();
  }
}
