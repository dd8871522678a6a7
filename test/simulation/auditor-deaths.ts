// What ends in a queue by a rule, and where it comes out again. The move itself cannot be seen at the
// edge: an entry may be here or where its death leads it, until it comes out of one of the two.

import type { Auditor } from './auditor.ts';
import type { SeenDeath } from './history.ts';
import type { ModelPublish } from './model-channel.ts';
import type { ModelQueue, PublishedMessage, QueueEntry } from './model-queue.ts';

/** How much before the end of a turn its time may have been read. */
const TURN_MS_MAX = 5;
/** Agrees with the wall clock of the simulated node. */
const EPOCH_MS = 1_800_000_000_000;

let moveCount = 0;

/** A consumer refused it. */
export function reject(auditor: Auditor, entry: QueueEntry): void {
  if (entry.queue.rules.deadLetterExchange === undefined || entry.queue.isRemoved) {
    return entry.queue.remove(entry, auditor.now);
  }
  entry.state = 'dead';
  entry.wasRejected = true;
}

/** The publisher was told that the queue has it. */
export function accepted(entry: QueueEntry): void {
  entry.isConfirmed = true;
  const { overflow, isKept } = entry.queue.rules;
  if (overflow === undefined || entry.deaths.length > 0) return;
  if (entry.state === 'ready') entry.isSure = !entry.mayLeave;
  if (entry.state !== 'gone') entry.isOwed = isKept;
}

/** The publisher was told that some queue is full. */
export function refused(auditor: Auditor, publish: ModelPublish): void {
  const { id } = publish.message;
  const refusing = publish.entries.filter(({ queue }) => queue.rules.overflow !== undefined);
  if (!refusing.some((entry) => entry.mayBeRefused || entry.wasHeldBack)) {
    auditor.violation('confirm', `${id} was refused, and no queue was full`);
  }
  for (const entry of refusing) {
    // The news of its death came first.
    if (entry.diedOf === 'maxlen') continue;
    if (entry.state !== 'ready' || entry.delivered === 'yes') {
      auditor.violation('confirm', `${id} was refused by ${entry.queue.name}, which had it`);
    }
    // It never was in the queue; a dead letter may tell of it all the same.
    if (entry.queue.rules.overflow === 'reject-publish-dlx') entry.state = 'dead';
    else entry.queue.remove(entry, auditor.now);
    entry.isSure = false;
    entry.isOwed = entry.queue.rules.overflow === 'reject-publish-dlx';
  }
}

/** Finds whose dead letter came out of the queue, and moves it there in the model. */
export function claim(
  auditor: Auditor,
  queue: ModelQueue,
  message: PublishedMessage,
  deaths: readonly SeenDeath[],
): QueueEntry | undefined {
  const [last] = deaths;
  if (last === undefined) return undefined;
  const origin = originOf(auditor, message, deaths);
  if (origin === undefined) return undefined;
  const problem = deathProblem(auditor, queue, origin, last);
  if (problem !== undefined) {
    auditor.violation('death', `${message.id} in ${queue.name}: ${problem}`);
  }
  const at = auditor.strays.indexOf(origin);
  if (at >= 0) auditor.strays.splice(at, 1);
  if (origin.queue.entries.includes(origin)) origin.queue.remove(origin, auditor.now);
  const copy = queue.enqueue(message, auditor.now, {
    exchange: '',
    routingKey: queue.name,
    deaths,
    enqueuedAtMs: origin.enqueuedAtMs,
    isSeenLate: true,
  });
  copy.wasHeldBack = true;
  origin.diedOf = last.reason;
  if (queue.wasGetLost) copy.delivered = 'maybe';
  copy.moveId = origin.moveId = ++moveCount;
  return copy;
}

function originOf(
  auditor: Auditor,
  message: PublishedMessage,
  deaths: readonly SeenDeath[],
): QueueEntry | undefined {
  const last = deaths[0] as SeenDeath;
  const source = auditor.topology.queues.get(last.queue);
  const before = deathsBefore(deaths);
  const seen = source?.find(message.id, before) ?? again(source, message, deaths);
  if (seen !== undefined) return seen;
  const stray = auditor.strays.find(
    (entry) =>
      entry.message.id === message.id &&
      entry.queue.name === last.queue &&
      JSON.stringify(entry.deaths) === JSON.stringify(before),
  );
  if (stray !== undefined) return stray;
  return source === undefined ? undefined : claim(auditor, source, message, before);
}

function deathsBefore(deaths: readonly SeenDeath[]): SeenDeath[] {
  const [last, ...others] = deaths as [SeenDeath, ...SeenDeath[]];
  return last.count > 1 ? [{ ...last, count: last.count - 1 }, ...others] : others;
}

/** An entry that counts again moves to the front: where it stood before is not told. */
function again(
  source: ModelQueue | undefined,
  message: PublishedMessage,
  deaths: readonly SeenDeath[],
): QueueEntry | undefined {
  const before = canonical(deathsBefore(deaths));
  return source?.entries.find(
    (entry) => entry.message.id === message.id && canonical(entry.deaths) === before,
  );
}

function canonical(deaths: readonly SeenDeath[]): string {
  return deaths
    .map((death) => JSON.stringify(death))
    .sort()
    .join();
}

/** What is not true in the newest entry of x-death, or may not have happened. */
function deathProblem(
  auditor: Auditor,
  target: ModelQueue,
  origin: QueueEntry,
  death: SeenDeath,
): string | undefined {
  const { rules } = origin.queue;
  if (origin.state === 'unacked') return `it is unacked in ${death.queue}`;
  if (rules.deadLetterExchange !== '') return `${death.queue} sends no dead letters there`;
  if ((rules.deadLetterKey ?? origin.routingKey) !== target.name) return 'it belongs elsewhere';
  const reasonProblem = wrongReason(auditor, origin, death.reason);
  if (reasonProblem !== undefined) return reasonProblem;
  if (death.count > 1) return undefined;
  if (death.exchange !== origin.exchange) return `it came by ${death.exchange}`;
  if (death.routingKeys.join() !== origin.routingKey) return `it came with ${death.routingKeys}`;
  const expiration = origin.deaths.length > 0 ? undefined : origin.message.expirationMs;
  if (death.originalExpiration !== (expiration === undefined ? undefined : String(expiration))) {
    return `its expiration was ${death.originalExpiration}`;
  }
  const earliest = Math.floor((EPOCH_MS + origin.enqueuedAtMs - TURN_MS_MAX) / 1000);
  const latest = Math.floor((EPOCH_MS + auditor.nowMs) / 1000);
  const isThen = death.timeSeconds >= earliest && death.timeSeconds <= latest;
  return isThen ? undefined : `it died at ${death.timeSeconds}`;
}

function wrongReason(auditor: Auditor, origin: QueueEntry, reason: string): string | undefined {
  const { rules } = origin.queue;
  switch (reason) {
    case 'rejected':
      return origin.wasRejected ? undefined : 'nobody rejected it';
    case 'expired': {
      if (origin.queue.name === 'limit-cycle' && origin.routingKey === 'limit-cycle') {
        return 'it came back to where it was';
      }
      const isDue = auditor.nowMs >= origin.expiresFromMs - TURN_MS_MAX;
      return isDue ? undefined : `it expires at ${origin.expiresFromMs}, not ${auditor.nowMs}`;
    }
    case 'maxlen':
      if (rules.maxLength === undefined) return `${origin.queue.name} has no limit`;
      if (rules.overflow === 'reject-publish') return `${origin.queue.name} drops nothing`;
      return rules.overflow !== undefined && origin.isConfirmed ? 'it was confirmed' : undefined;
    case 'delivery_limit':
      return origin.returnedMax > (rules.deliveryLimit ?? Number.POSITIVE_INFINITY)
        ? undefined
        : `it was given back ${origin.returnedMax} times at most`;
    default:
      return `it died of ${reason}`;
  }
}

/** Queues that nobody used for long enough are gone, to the millisecond. */
export function expireQueues(auditor: Auditor): void {
  for (const queue of auditor.topology.queues.values()) {
    const { expiresMs } = queue.rules;
    if (expiresMs === undefined || queue.consumers.size > 0) continue;
    if (auditor.nowMs >= queue.lastUsedMs + expiresMs) auditor.removeQueue(queue);
  }
}

/** It came out: after a crash the other side of its move cannot be there too. */
export function settleMove(auditor: Auditor, entry: QueueEntry): void {
  if (entry.moveId === 0) return;
  for (const queue of auditor.topology.queues.values()) {
    queue.entries = queue.entries.filter(
      (other) => other.moveId !== entry.moveId || other === entry || other.state === 'unacked',
    );
  }
}

/** All queues are empty: what a queue owed must have come out of it, or of where its death led it. */
export function checkDebts(auditor: Auditor): void {
  for (const queue of auditor.topology.queues.values()) {
    for (const { message, isOwed, state } of queue.entries) {
      if (!isOwed || state === 'unacked') continue;
      auditor.violation('lost', `${message.id} left ${queue.name} and came out nowhere`);
    }
  }
}
