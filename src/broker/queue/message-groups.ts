// x-group-by: the ready messages that the cursor of a queue has passed, by group. Each group has its order;
// groups take turns; a group of which something is unacked belongs to its holder. Bounded: see below.

import type { PositionOrder } from '../../util/position-heap.ts';
import { DELIVERED, type Segment } from '../message/segment.ts';
import { GroupKeyReader } from './group-key.ts';
import { GroupedPositions, takeAt } from './grouped-positions.ts';
import { type GroupHolder, GroupLine, MessageGroup, NONE } from './message-group.ts';
import type { QueueMessages } from './queue-messages.ts';
import { firstReadyFrom, residentBytesUpTo } from './resident-segments.ts';

/** Groups take turns among as many messages at the head of the queue, when nobody has to wait. */
const FAIR_COUNT = 4_096;
/** Further messages that are looked at when whoever wants one finds all groups held. */
const STEP_COUNT = 256;

/** How far messages of held groups may be passed by others. Beyond it the queue waits for their holders. */
export interface GroupWindow {
  readonly count: number;
  /** Memory of the segments that hold them. */
  readonly bytes: number;
}

export const GROUP_WINDOW: GroupWindow = { count: 100_000, bytes: 64 * 1024 * 1024 };

export class MessageGroups implements PositionOrder {
  /** Ready messages that were passed. */
  size = 0;
  readonly #messages: QueueMessages;
  readonly #keys: GroupKeyReader;
  readonly #window: GroupWindow;
  readonly #positions = new GroupedPositions();
  /** Messages of an earlier start below were delivered, as far as is known. */
  readonly #recoveredEnd: number;
  readonly #byKey = new Map<string, MessageGroup>();
  readonly #byId: (MessageGroup | undefined)[];
  readonly #freeIds: number[] = [];
  readonly #ungrouped = new MessageGroup(undefined, 0);
  /** Groups that nobody holds, with ready messages. */
  readonly #free = new GroupLine();
  /** Groups of which a message waits for its retry: nobody gets their messages. */
  readonly #waiting = new GroupLine();
  #lastTurn = 0;
  /** No position below is ready and passed. */
  #headFrom = 0;
  #cursorSegment: Segment | undefined;
  #isMemoryUsed = false;

  constructor(
    messages: QueueMessages,
    headers: readonly string[],
    window: GroupWindow = GROUP_WINDOW,
  ) {
    this.#messages = messages;
    this.#keys = new GroupKeyReader(headers);
    this.#window = window;
    this.#recoveredEnd = messages.deliveredEnd;
    this.#byId = [this.#ungrouped];
    messages.passed = this;
  }

  /** Groups with ready or unacked messages that were passed. */
  get groupCount(): number {
    return this.#byKey.size;
  }

  /** Passes messages until there are enough to choose from; false when no more can be passed now. */
  fill(count = FAIR_COUNT): boolean {
    while (this.size < count) if (!this.#pass()) return false;
    return true;
  }

  /** All groups are held: passes some more; false when that is not possible now. */
  fillMore(): boolean {
    const { size } = this;
    this.fill(size + STEP_COUNT);
    return this.size > size;
  }

  /** True when more messages could be passed, had they been read from the disk. */
  get needsCold(): boolean {
    return this.#messages.isCursorAtCold && this.#hasRoom();
  }

  #hasRoom(): boolean {
    if (this.size === 0) return true;
    return this.size < this.#window.count && !this.#isMemoryFull();
  }

  /** Looked at where a segment begins, and while it is too much: holders let go in the meantime. */
  #isMemoryFull(): boolean {
    const { cursorSegment, segments } = this.#messages;
    if (cursorSegment !== this.#cursorSegment || this.#isMemoryUsed) {
      this.#cursorSegment = cursorSegment;
      this.#isMemoryUsed = residentBytesUpTo(segments, cursorSegment) > this.#window.bytes;
    }
    return this.#isMemoryUsed;
  }

  /** Enters the message at the cursor. */
  #pass(): boolean {
    const messages = this.#messages;
    if (!this.#hasRoom() || !messages.pass()) return false;
    const segment = messages.takenSegment;
    const index = messages.takenIndex;
    const position = segment.base + index;
    const key = this.#keys.keyAt(segment.slab, segment.offsets[index] as number);
    const group = key === undefined ? this.#ungrouped : this.#groupOf(key);
    if (position < this.#recoveredEnd) {
      segment.states[index] = (segment.states[index] as number) | DELIVERED;
    }
    const entered = this.#positions.of(segment);
    entered.groupIds[index] = group.id;
    entered.nextPositions[index] = NONE;
    if (group.lastPosition === NONE) {
      group.firstPosition = position;
    } else {
      const last = messages.find(group.lastPosition);
      this.#positions.of(last).nextPositions[group.lastPosition - last.base] = position;
    }
    group.lastPosition = position;
    if (this.size++ === 0) this.#headFrom = position;
    if (group.line === undefined) this.#join(group);
    return true;
  }

  #groupOf(key: string): MessageGroup {
    let group = this.#byKey.get(key);
    if (group !== undefined) return group;
    group = new MessageGroup(key, this.#freeIds.pop() ?? this.#byId.length);
    this.#byKey.set(key, group);
    this.#byId[group.id] = group;
    return group;
  }

  #groupAt(segment: Segment, index: number): MessageGroup {
    return this.#byId[this.#positions.of(segment).groupIds[index] as number] as MessageGroup;
  }

  #join(group: MessageGroup): void {
    const line = group.waitingCount > 0 ? this.#waiting : (group.holder?.line ?? this.#free);
    line.join(group, ++this.#lastTurn);
  }

  /** The group waits where it belongs, as the last one; without messages it is forgotten. */
  #place(group: MessageGroup): void {
    group.line?.leave(group);
    if (group.hasReady) return this.#join(group);
    if (group.unackedCount > 0 || group.key === undefined) return;
    this.#byKey.delete(group.key);
    this.#byId[group.id] = undefined;
    this.#freeIds.push(group.id);
  }

  /** The group whose turn it is, of those that nobody or `holder` holds. */
  nextFor(holder: GroupHolder | undefined): MessageGroup | undefined {
    const own = holder?.line.first;
    const free = this.#free.first;
    if (own === undefined || free === undefined) return own ?? free;
    return own.turn < free.turn ? own : free;
  }

  /** Takes the first message of the group out of its place; then it is hold(), or leave() when settled at once. */
  take(group: MessageGroup): void {
    takeAt(this.#messages, this.#removeHead(group));
  }

  #removeHead(group: MessageGroup): number {
    this.size--;
    if (group.hasRequeued) return group.takeRequeued();
    const position = group.firstPosition;
    const segment = this.#messages.find(position);
    const next = this.#positions.of(segment).nextPositions[position - segment.base] as number;
    group.firstPosition = next;
    if (next === NONE) group.lastPosition = NONE;
    return position;
  }

  /** What was taken of the group is the holder's until it is settled or given back. */
  hold(group: MessageGroup, holder: GroupHolder): void {
    if (group.key !== undefined) {
      group.holder = holder;
      group.unackedCount++;
    }
    this.#place(group);
  }

  /** What was taken of the group is settled: it was delivered without acknowledgement, or had expired. */
  leave(group: MessageGroup): void {
    this.#place(group);
  }

  /** A message that was held is settled. Called before its segment may go. */
  settled(segment: Segment, index: number): void {
    const group = this.#groupAt(segment, index);
    if (group.key !== undefined) this.#release(group);
  }

  #release(group: MessageGroup): void {
    if (--group.unackedCount > 0) return;
    group.holder = undefined;
    this.#place(group);
  }

  /** A message that was held is given back, and waits: others of its group do not go before it. */
  wait(segment: Segment, index: number): void {
    const group = this.#groupAt(segment, index);
    if (group.key === undefined) return;
    group.waitingCount++;
    this.#place(group);
  }

  /** Its time has come: it is held as before. */
  endWait(segment: Segment, index: number): void {
    const group = this.#groupAt(segment, index);
    if (group.key === undefined) return;
    group.waitingCount--;
    this.#place(group);
  }

  /** A message that was held is given back. */
  push(position: number): void {
    const segment = this.#messages.find(position);
    const group = this.#groupAt(segment, position - segment.base);
    group.requeue(position);
    if (this.size++ === 0 || position < this.#headFrom) this.#headFrom = position;
    if (group.key !== undefined && group.unackedCount === 1) return this.#release(group);
    if (group.key !== undefined) group.unackedCount--;
    if (group.line === undefined) this.#join(group);
  }

  peek(): number {
    this.#headFrom = firstReadyFrom(this.#messages.segments, this.#headFrom);
    return this.#headFrom;
  }

  /** Takes the head of the queue, to be settled at once. */
  pop(): number {
    const position = this.peek();
    const segment = this.#messages.find(position);
    const group = this.#groupAt(segment, position - segment.base);
    this.#removeHead(group);
    this.#place(group);
    return position;
  }

  clear(): void {
    this.size = 0;
    for (const group of [this.#ungrouped, ...this.#byKey.values()]) {
      group.clear();
      this.#place(group);
    }
  }
}
