// The lanes of a queue: one, or with priorities one per level, made when the first message of its level
// comes. The main lane, that of messages without a priority, is always there.

import type { Journal } from '../journal.ts';
import type { QueueDefinition, RecoveredStates } from './queue-definition.ts';
import { LANE_POSITIONS, type LaneEnvironment, QueueLane } from './queue-lane.ts';
import type { QueueSettings } from './queue-settings.ts';

/** What a queue has levels by. */
export type PriorityLevels = Pick<QueueSettings, 'maxPriority' | 'defaultPriority'>;

/** How many storage ids they take. With x-max-priority 0 it uses one of two, as stores from before have it. */
export function levelCount({ maxPriority }: PriorityLevels): number {
  return maxPriority === undefined ? 1 : Math.max(1, maxPriority) + 1;
}

/** The lane of undelivered dead letters has the id behind those of the levels. */
export function storageIdCount(settings: QueueSettings): number {
  return levelCount(settings) + (settings.canKeepDeadLetters ? 1 : 0);
}

export class QueueLanes {
  /** The lane of messages without a priority. */
  readonly main: QueueLane;
  /** False: one lane for all priorities. */
  readonly hasLevels: boolean;
  readonly #definition: QueueDefinition;
  readonly #environment: LaneEnvironment;
  readonly #highestLevel: number;
  readonly #mainLevel: number;
  readonly #idCount: number;
  /** Those in use, highest level first; the main one is always there. */
  #used: readonly QueueLane[] = [];
  #countsUnackedBytes = false;

  constructor(
    definition: QueueDefinition,
    levels: PriorityLevels,
    environment: LaneEnvironment,
    recovered: RecoveredStates,
  ) {
    this.#definition = definition;
    this.#environment = environment;
    this.#highestLevel = levels.maxPriority ?? 0;
    this.#mainLevel = levels.defaultPriority;
    this.#idCount = levelCount(levels);
    this.hasLevels = levels.maxPriority !== undefined;
    this.main = this.#create(this.#mainLevel, recovered);
    for (let level = 0; level < this.#idCount; level++) {
      if (level === this.#mainLevel) continue;
      if (recovered(this.#storageIdOf(level)) !== undefined) this.#create(level, recovered);
    }
  }

  /** The main lane has the queue's own id; the levels above it follow, then those below. */
  #storageIdOf(level: number): number {
    const count = this.#idCount;
    return this.#definition.storageId + ((level - this.#mainLevel + count) % count);
  }

  /** True while one lane holds all there is. */
  get isSingle(): boolean {
    return this.#used.length === 1;
  }

  #create(level: number, recovered: RecoveredStates): QueueLane {
    const storageId = this.#storageIdOf(level);
    const { isDurable } = this.#definition;
    const lane = new QueueLane(
      { level, storageId, isDurable },
      this.#environment,
      recovered(storageId),
    );
    if (this.#countsUnackedBytes) lane.countUnackedBytes(true);
    const index = this.#used.findIndex((other) => other.level < level);
    this.#used = this.#used.toSpliced(index < 0 ? this.#used.length : index, 0, lane);
    return lane;
  }

  /** The lane for messages of that priority. */
  of(priority: number): QueueLane {
    if (!this.hasLevels || priority < 0) return this.main;
    const level = Math.min(priority, this.#highestLevel);
    return this.#used.find((lane) => lane.level === level) ?? this.#create(level, () => undefined);
  }

  /** The lane of a position as consumers know it. */
  at(position: number): QueueLane {
    if (this.isSingle) return this.main;
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
    if (this.isSingle) return this.main.messages.readyCount;
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
    if (this.isSingle) return this.main.messages.isJournalDirty;
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
