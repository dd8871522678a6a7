// One group of messages (all of one key) and the lines in which groups wait for their turn.

import { PositionHeap } from '../../util/position-heap.ts';

/** No position. */
export const NONE = -1;

/** Who may hold groups: a consumer, or what basic.get handed out. Its groups with ready messages wait here. */
export class GroupHolder {
  readonly line = new GroupLine();
}

export class MessageGroup {
  /** Undefined: messages without a key. Nobody holds them. */
  readonly key: string | undefined;
  readonly id: number;
  /** Undefined while nothing of the group is unacked: whoever takes next becomes it. */
  holder: GroupHolder | undefined = undefined;
  unackedCount = 0;
  /** Of these, those that wait for their retry. */
  waitingCount = 0;
  /** Messages never taken, first and last; those between are linked (see grouped-positions.ts). */
  firstPosition = NONE;
  lastPosition = NONE;
  /** Messages given back: all of them were in front of firstPosition. */
  #requeued: PositionHeap | undefined;
  // The line it waits in.
  line: GroupLine | undefined = undefined;
  previous: MessageGroup | undefined = undefined;
  next: MessageGroup | undefined = undefined;
  /** When it joined the line: smaller waits longer. */
  turn = 0;

  constructor(key: string | undefined, id: number) {
    this.key = key;
    this.id = id;
  }

  get hasReady(): boolean {
    return this.firstPosition !== NONE || this.hasRequeued;
  }

  get hasRequeued(): boolean {
    return this.#requeued !== undefined && this.#requeued.size > 0;
  }

  /** Its first ready message. Only when hasReady. */
  get headPosition(): number {
    return this.#requeued !== undefined && this.#requeued.size > 0
      ? this.#requeued.peek()
      : this.firstPosition;
  }

  requeue(position: number): void {
    this.#requeued ??= new PositionHeap();
    this.#requeued.push(position);
  }

  /** Only when hasRequeued. */
  takeRequeued(): number {
    const heap = this.#requeued as PositionHeap;
    const position = heap.pop();
    if (heap.size === 0) this.#requeued = undefined;
    return position;
  }

  /** Forgets its ready messages. */
  clear(): void {
    this.firstPosition = this.lastPosition = NONE;
    this.#requeued = undefined;
  }
}

/** Groups in the order of their turns. */
export class GroupLine {
  first: MessageGroup | undefined = undefined;
  #last: MessageGroup | undefined;

  join(group: MessageGroup, turn: number): void {
    group.line = this;
    group.turn = turn;
    group.previous = this.#last;
    if (this.#last === undefined) this.first = group;
    else this.#last.next = group;
    this.#last = group;
  }

  leave(group: MessageGroup): void {
    const { previous, next } = group;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    group.line = group.previous = group.next = undefined;
  }
}
