// The auditor's idea of a queue: which messages may come out of it, in which order, and what is known
// of each. After a crash some entries are only possible (`isSure` false): they may come or stay away.

import type { SeenDeath, SeenHeaders } from './history.ts';
import type { ModelConsumer } from './model-channel.ts';
import { ModelWindow } from './model-window.ts';
import {
  DEAD_LETTER_TARGETS,
  NO_RULES,
  type QueueRules,
  type RetryRules,
  rulesOf,
} from './queue-rules.ts';

export interface PublishedMessage {
  readonly id: string;
  readonly body: Buffer;
  readonly exchange: string;
  readonly routingKey: string;
  readonly isPersistent: boolean;
  readonly priority: number | undefined;
  readonly expirationMs: number | undefined;
  readonly headers: SeenHeaders;
}

export interface QueueEntry {
  readonly message: PublishedMessage;
  readonly queue: ModelQueue;
  /** Its queue stores it. */
  readonly isPersistent: boolean;
  position: number;
  /** When it arrived: a number of the history. */
  readonly enqueuedAt: number;
  /** When the broker had taken it in for sure; infinite while that is not known. */
  takenInAt: number;
  /** It arrived behind a reply that may have been held: its place among other publishers' is not known. */
  wasHeldBack: boolean;
  /**
   * `held`: it waits for its time, or was not seen since. `dead`: a rule or a client ended it here; only
   * as a dead letter may it come out again.
   */
  state: 'held' | 'ready' | 'unacked' | 'dead' | 'gone';
  /** When it is due; 0: it was not held back. */
  readonly heldUntilMs: number;
  /** When it was known to have been released; infinite while that is not known. */
  releasedAt: number;
  wasHeldInCrash: boolean;
  /** How it came to this queue. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly deaths: readonly SeenDeath[];
  /** Its further keys: those that are seen, and those that are not. */
  readonly ccKeys: readonly string[];
  readonly bccKeys: readonly string[];
  readonly enqueuedAtMs: number;
  /** It expires within this span. */
  readonly expiresFromMs: number;
  readonly expiresToMs: number;
  /** Its level in a queue with priorities. */
  readonly level: number;
  /** Its group in a queue with groups; undefined: it belongs to none. */
  readonly group: string | undefined;
  /** Who has it while it is unacked; undefined: a get. */
  holder: ModelConsumer | undefined;
  /** A rule may end it at any time. */
  readonly mayLeave: boolean;
  /** In the end it must have come out, here or where its death led it. */
  isOwed: boolean;
  wasRejected: boolean;
  /** How often it was given back: this often at least, and at most. */
  returnedMin: number;
  returnedMax: number;
  /** When it was; since the last restart. */
  returnedAt: number[];
  /** It waits for its retry until then. */
  retryAtMs: number;
  /** The reason with which it came out as a dead letter. */
  diedOf: string | undefined;
  /** The queue may have been full when it came. */
  mayBeRefused: boolean;
  /** Of the two sides of a move that was seen: a crash may bring back either, not both. */
  moveId: number;
  /** It is the side to which the move led. */
  isMoved: boolean;
  /** Of the entries with one such number exactly one is there: the others are its duplicates. 0: none. */
  eitherId: number;
  /** It may be the duplicate of a message that nobody knows to be there. */
  isDoubtful: boolean;
  /** It had ended before a crash that may have brought it back. */
  hadEnded: boolean;
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
  readonly ccKeys: readonly string[];
  readonly bccKeys: readonly string[];
  readonly enqueuedAtMs: number;
  /** A dead letter of a quorum queue stays what it was there. */
  readonly isPersistent: boolean;
  /** It is held back until then; 0: it is not. */
  readonly heldUntilMs: number;
  /** It was there before it was seen: since when is not known. */
  readonly isSeenLate: boolean;
}

function areSame(some: readonly SeenDeath[], others: readonly SeenDeath[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

/** Among those of its level it comes out in order of arrival: with groups only among those of its own, and
 * when a dead letter or delayed message came to its queue is not known. */
export function isInLine(entry: QueueEntry): boolean {
  const { deaths, heldUntilMs, queue } = entry;
  return deaths.length === 0 && heldUntilMs === 0 && queue.rules.groupBy === undefined;
}

/** Its level in a queue with priorities; quorum queues always have them. */
function levelOf(priority: number | undefined, rules: QueueRules): number {
  if (rules.isQuorum === true) return Math.min(priority ?? 4, 31);
  return rules.maxPriority === undefined ? 0 : Math.min(priority ?? 0, rules.maxPriority);
}

/** It was given back, or may have been: too often ends it. */
export function mayHaveReturned(entry: QueueEntry): void {
  entry.returnedMax++;
  const { deliveryLimit = Number.POSITIVE_INFINITY } = entry.queue.rules;
  if (entry.returnedMax > deliveryLimit) entry.isSure = false;
}

/** When what is held may come out. */
export function dueMsOf(entry: QueueEntry): number {
  return Math.max(entry.heldUntilMs, entry.retryAtMs);
}

export type ReturnReason = 'failed' | 'returned';

/** How long it waits, at least, when it was given back `count` times. */
function retryDelayMs(retry: RetryRules | undefined, reason: ReturnReason, count: number): number {
  if (retry === undefined || (retry.type !== 'all' && retry.type !== reason)) return 0;
  const { minMs, maxMs, backoff } = retry;
  const growth = { fixed: 1, linear: count, exponential: 2 ** (count - 1) }[backoff];
  return Math.min(minMs * growth, maxMs);
}

function bodyBytes(entries: readonly QueueEntry[]): number {
  return entries.reduce((sum, { message }) => sum + message.body.length, 0);
}

/** How many of them, at most, have so few octets together. */
function countWithin(entries: readonly QueueEntry[], maxBytes: number): number {
  const sizes = entries.map(({ message }) => message.body.length).sort((one, other) => one - other);
  let sum = 0;
  const end = sizes.findIndex((size) => {
    sum += size;
    return sum > maxBytes;
  });
  return end < 0 ? sizes.length : end;
}

function groupIn(headers: SeenHeaders, header: string): string | undefined {
  const value = headers[header];
  return value === undefined ? undefined : String(value);
}

export class ModelQueue {
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** The connection that owns an exclusive queue. */
  readonly owner: number | undefined;
  readonly rules: QueueRules;
  window: ModelWindow | undefined;
  /** Live entries (ready or unacked) in order of position. */
  entries: QueueEntry[] = [];
  /** Entries that are gone, but whose end may not be durable yet. */
  ghosts: QueueEntry[] = [];
  /** In the order in which they came. */
  readonly consumers = new Set<ModelConsumer>();
  /** Of a queue with a single active consumer. */
  active: ModelConsumer | undefined;
  /** The active one followed another. */
  hasHandedOver = false;
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
  /** A dead letter may have gone to somebody without being seen; and ended there, without acknowledgement. */
  wasGetLost = false;
  isLossy = false;
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
    this.window = this.rules.window && new ModelWindow(this.rules.window);
  }

  addConsumer(consumer: ModelConsumer): void {
    this.consumers.add(consumer);
    this.hadConsumer = true;
    this.active ??= consumer;
  }

  removeConsumer(consumer: ModelConsumer): void {
    this.consumers.delete(consumer);
    if (consumer !== this.active) return;
    this.active = undefined;
    this.hasHandedOver = this.consumers.size > 0;
    for (const next of this.consumers) {
      if (this.active === undefined || next.priority > this.active.priority) this.active = next;
    }
  }

  enqueue(message: PublishedMessage, at: number, arrival: Arrival): QueueEntry {
    const { ttlMs, maxLength, maxLengthBytes, overflow, groupBy } = this.rules;
    const isDrop = (maxLength ?? maxLengthBytes) !== undefined && overflow === undefined;
    const own = arrival.deaths.length === 0 ? message.expirationMs : undefined;
    const lifeMs = Math.min(ttlMs ?? Number.POSITIVE_INFINITY, own ?? Number.POSITIVE_INFINITY);
    const mayLeave = isDrop || lifeMs !== Number.POSITIVE_INFINITY;
    const isTaken = overflow === undefined || arrival.deaths.length > 0;
    const entry: QueueEntry = {
      // A spread of `arrival` would make this the slowest line of the auditor.
      exchange: arrival.exchange,
      routingKey: arrival.routingKey,
      deaths: arrival.deaths,
      ccKeys: arrival.ccKeys,
      bccKeys: arrival.bccKeys,
      enqueuedAtMs: arrival.enqueuedAtMs,
      heldUntilMs: arrival.heldUntilMs,
      expiresFromMs: arrival.enqueuedAtMs + lifeMs,
      expiresToMs: arrival.isSeenLate ? Number.POSITIVE_INFINITY : arrival.enqueuedAtMs + lifeMs,
      group: groupBy === undefined ? undefined : groupIn(message.headers, groupBy),
      holder: undefined,
      level: levelOf(message.priority, this.rules),
      mayLeave,
      isOwed: this.rules.isKept && isTaken,
      wasRejected: false,
      returnedMin: 0,
      returnedMax: 0,
      returnedAt: [],
      retryAtMs: 0,
      diedOf: undefined,
      mayBeRefused: !isTaken && this.#mayBeFull(message),
      moveId: 0,
      isMoved: false,
      eitherId: 0,
      isDoubtful: false,
      hadEnded: false,
      message,
      queue: this,
      isPersistent: arrival.isPersistent || this.rules.isQuorum === true,
      position: this.#nextPosition++,
      enqueuedAt: at,
      takenInAt: at,
      wasHeldBack: arrival.heldUntilMs > 0,
      releasedAt: arrival.heldUntilMs > 0 ? Number.POSITIVE_INFINITY : 0,
      wasHeldInCrash: false,
      state: arrival.heldUntilMs > 0 ? 'held' : 'ready',
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

  /** For one more. */
  #mayBeFull(message: PublishedMessage): boolean {
    const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY } =
      this.rules;
    const ready = this.ready();
    return ready.length >= maxLength || bodyBytes(ready) + message.body.length > maxLengthBytes;
  }

  held(): QueueEntry[] {
    return this.entries.filter((entry) => entry.state === 'held');
  }

  /** Settled, dropped or handed out without acknowledgement. */
  remove(entry: QueueEntry, at: number): void {
    entry.state = 'gone';
    entry.goneAt = at;
    this.entries.splice(this.entries.indexOf(entry), 1);
    if (this.isDurable && entry.isPersistent) this.ghosts.push(entry);
  }

  /** It is given back at this event and time. */
  requeue(entry: QueueEntry, reason: ReturnReason, at: number, nowMs: number): void {
    if (entry.state !== 'unacked') return;
    this.gaveBack = true;
    entry.state = 'ready';
    entry.returnedAt.push(at);
    entry.returnedMin++;
    mayHaveReturned(entry);
    if (entry.mayLeave) entry.isSure = false;
    const delayMs = retryDelayMs(this.rules.retry, reason, entry.returnedMin);
    if (delayMs === 0) return;
    entry.state = 'held';
    entry.retryAtMs = nowMs + delayMs;
  }

  /** It was not purged after all. */
  restore(entry: QueueEntry): void {
    this.ghosts = this.ghosts.filter((ghost) => ghost !== entry);
    entry.state = 'ready';
    this.entries.push(entry);
    this.entries.sort((one, other) => one.position - other.position);
  }

  /** How many ready messages the broker may count. */
  readyRange(nowMs: number): [number, number] {
    const ready = this.ready();
    const due = this.held().filter((entry) => dueMsOf(entry) <= nowMs);
    const sure = ready.filter((entry) => entry.isSure).length;
    // A queue with rules delivers what it can before it counts.
    const isDelivering = this.rules !== NO_RULES && this.consumers.size > 0;
    const low = isDelivering ? 0 : Math.max(0, sure - this.pendingGetCount);
    return [low, this.#readyMax(ready) + due.length];
  }

  #readyMax(ready: readonly QueueEntry[]): number {
    const {
      maxLength = Number.POSITIVE_INFINITY,
      maxLengthBytes = Number.POSITIVE_INFINITY,
      overflow,
    } = this.rules;
    if (DEAD_LETTER_TARGETS.includes(this.name)) return Number.POSITIVE_INFINITY;
    // What consumers give back may exceed a limit that refuses.
    const isBound = overflow === undefined ? !this.mayExceed : !this.gaveBack;
    return isBound
      ? Math.min(maxLength, ready.length, countWithin(ready, maxLengthBytes))
      : ready.length;
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
