// The auditor's idea of a queue: which messages may come out of it, in which order, and what is known
// of each. After a crash some entries are only possible (`isSure` false): they may come or stay away.

import type { SeenDeath } from './history.ts';
import type { ModelConsumer } from './model-channel.ts';
import { DEAD_LETTER_TARGETS, NO_RULES, type QueueRules, rulesOf } from './queue-rules.ts';

export interface PublishedMessage {
  readonly id: string;
  readonly body: Buffer;
  readonly exchange: string;
  readonly routingKey: string;
  readonly isPersistent: boolean;
  readonly priority: number;
  readonly expirationMs: number | undefined;
}

export interface QueueEntry {
  readonly message: PublishedMessage;
  readonly queue: ModelQueue;
  position: number;
  /** When it arrived: a number of the history. */
  readonly enqueuedAt: number;
  /** When the broker had taken it in for sure; infinite while that is not known. */
  takenInAt: number;
  /** It arrived behind a reply that may have been held: its place among other publishers' is not known. */
  wasHeldBack: boolean;
  /** `dead`: a rule or a client ended it here; only as a dead letter may it come out again. */
  state: 'ready' | 'unacked' | 'dead' | 'gone';
  /** How it came to this queue. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly deaths: readonly SeenDeath[];
  readonly enqueuedAtMs: number;
  /** It expires within this span. */
  readonly expiresFromMs: number;
  readonly expiresToMs: number;
  /** Its level in a queue with priorities. */
  readonly level: number;
  /** A rule may end it at any time. */
  readonly mayLeave: boolean;
  /** In the end it must have come out, here or where its death led it. */
  isOwed: boolean;
  wasRejected: boolean;
  /** How often it was given back: this often at least, and at most. */
  returnedMin: number;
  returnedMax: number;
  /** The reason with which it came out as a dead letter. */
  diedOf: string | undefined;
  /** The queue may have been full when it came. */
  mayBeRefused: boolean;
  /** Of the two sides of a move that was seen: a crash may bring back either, not both. */
  moveId: number;
  delivered: 'no' | 'yes' | 'maybe';
  deliveredAt: number;
  goneAt: number;
  isSure: boolean;
  isConfirmed: boolean;
}

/** How a message comes to a queue. */
export interface Arrival {
  readonly exchange: string;
  readonly routingKey: string;
  readonly deaths: readonly SeenDeath[];
  readonly enqueuedAtMs: number;
  /** It was there before it was seen: since when is not known. */
  readonly isSeenLate: boolean;
}

function areSame(some: readonly SeenDeath[], others: readonly SeenDeath[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

export class ModelQueue {
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** The connection that owns an exclusive queue. */
  readonly owner: number | undefined;
  readonly rules: QueueRules;
  /** Live entries (ready or unacked) in order of position. */
  entries: QueueEntry[] = [];
  /** Entries that are gone, but whose end may not be durable yet. */
  ghosts: QueueEntry[] = [];
  readonly consumers = new Set<ModelConsumer>();
  hadConsumer = false;
  /** For x-expires. */
  lastUsedMs = 0;
  isRemoved = false;
  /** Gets that were asked and not answered. */
  pendingGetCount = 0;
  /** Per level: the last position that was handed out for the first time. */
  readonly firstDeliveredEnds = new Map<number, number>();
  /** The lowest level that was delivered for the first time in this turn. */
  lowestLevel = Number.POSITIVE_INFINITY;
  /** A dead letter may have gone to a get whose answer nobody saw. */
  wasGetLost = false;
  /** Dropped in this turn by a purge, which lets consumers of a queue with rules take theirs first. */
  purgedInTurn: QueueEntry[] = [];
  /** Messages came back from consumers, a get or a crash. */
  gaveBack = false;
  /** A restart brought back what was unacked: until it was read, the queue may be too long. */
  mayExceed = false;
  #nextPosition = 0;

  constructor(name: string, isDurable: boolean, isAutoDelete: boolean, owner: number | undefined) {
    this.name = name;
    this.isDurable = isDurable;
    this.isAutoDelete = isAutoDelete;
    this.owner = owner;
    this.rules = rulesOf(name);
  }

  enqueue(message: PublishedMessage, at: number, arrival: Arrival): QueueEntry {
    const { ttlMs, maxLength, overflow, maxPriority, deliveryLimit } = this.rules;
    const isDrop = maxLength !== undefined && overflow === undefined;
    const own = arrival.deaths.length === 0 ? message.expirationMs : undefined;
    const lifeMs = Math.min(ttlMs ?? Number.POSITIVE_INFINITY, own ?? Number.POSITIVE_INFINITY);
    const isLimited = isDrop || deliveryLimit !== undefined;
    const mayLeave = isLimited || lifeMs !== Number.POSITIVE_INFINITY;
    const isTaken = overflow === undefined || arrival.deaths.length > 0;
    const entry: QueueEntry = {
      ...arrival,
      expiresFromMs: arrival.enqueuedAtMs + lifeMs,
      expiresToMs: arrival.isSeenLate ? Number.POSITIVE_INFINITY : arrival.enqueuedAtMs + lifeMs,
      level: maxPriority === undefined ? 0 : Math.min(message.priority, maxPriority),
      mayLeave,
      isOwed: this.rules.isKept && isTaken,
      wasRejected: false,
      returnedMin: 0,
      returnedMax: 0,
      diedOf: undefined,
      mayBeRefused: !isTaken && this.ready().length >= (maxLength ?? 0),
      moveId: 0,
      message,
      queue: this,
      position: this.#nextPosition++,
      enqueuedAt: at,
      takenInAt: at,
      wasHeldBack: false,
      state: 'ready',
      delivered: 'no',
      deliveredAt: 0,
      goneAt: 0,
      isSure: !mayLeave && isTaken,
      isConfirmed: false,
    };
    this.entries.push(entry);
    return entry;
  }

  find(id: string, deaths: readonly SeenDeath[]): QueueEntry | undefined {
    return this.entries.find((entry) => entry.message.id === id && areSame(entry.deaths, deaths));
  }

  ready(): QueueEntry[] {
    return this.entries.filter((entry) => entry.state === 'ready');
  }

  /** Settled, dropped or handed out without acknowledgement. */
  remove(entry: QueueEntry, at: number): void {
    entry.state = 'gone';
    entry.goneAt = at;
    this.entries.splice(this.entries.indexOf(entry), 1);
    if (this.isDurable && entry.message.isPersistent) this.ghosts.push(entry);
  }

  requeue(entry: QueueEntry): void {
    if (entry.state !== 'unacked') return;
    this.gaveBack = true;
    entry.state = 'ready';
    entry.returnedMin++;
    entry.returnedMax++;
    if (entry.mayLeave) entry.isSure = false;
  }

  /** It was not purged after all. */
  restore(entry: QueueEntry): void {
    this.ghosts = this.ghosts.filter((ghost) => ghost !== entry);
    entry.state = 'ready';
    this.entries.push(entry);
    this.entries.sort((one, other) => one.position - other.position);
  }

  /** How many ready messages the broker may count. */
  readyRange(): [number, number] {
    const ready = this.ready();
    const sure = ready.filter((entry) => entry.isSure).length;
    // A queue with rules delivers what it can before it counts.
    const isDelivering = this.rules !== NO_RULES && this.consumers.size > 0;
    const low = isDelivering ? 0 : Math.max(0, sure - this.pendingGetCount);
    return [low, this.#readyMax(ready)];
  }

  #readyMax(ready: readonly QueueEntry[]): number {
    const { maxLength, overflow } = this.rules;
    if (DEAD_LETTER_TARGETS.includes(this.name)) return Number.POSITIVE_INFINITY;
    if (maxLength === undefined) return ready.length;
    // What consumers give back may exceed a limit that refuses.
    const isBound = overflow === undefined ? !this.mayExceed : !this.gaveBack;
    return isBound ? Math.min(maxLength, ready.length) : ready.length;
  }

  /** What a restart knows of the order of deliveries: nothing. */
  noteRestart(): void {
    this.firstDeliveredEnds.clear();
    this.ghosts = [];
  }

  /** Takes over what may come back of an incarnation that a crash may have brought back. */
  adopt(entries: readonly QueueEntry[]): void {
    for (const old of entries) {
      this.entries.push({ ...old, queue: this, position: this.#nextPosition++ });
    }
  }
}
