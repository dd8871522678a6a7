// What ends in a queue by a rule, and where it comes out again. The move itself cannot be seen at the
// edge: an entry may be here or where its death leads it, until it comes out of one of the two.

import type { Auditor } from './auditor.ts';
import type { SeenDeath } from './history.ts';
import type { ModelPublish } from './model-channel.ts';
import type { ModelQueue, PublishedMessage, QueueEntry } from './model-queue.ts';
import { EPOCH_MS } from './simulated-clock.ts';

/** How much before the end of a turn its time may have been read. */
const TURN_MS_MAX = 5;

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
export function accepted(auditor: Auditor, entry: QueueEntry): void {
  entry.isConfirmed = true;
  auditor.either.confirmed(entry);
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
  auditor.coverage.count(`dead letters: ${last.reason}`);
  if (deaths.length > 1) auditor.coverage.count('dead letters of dead letters');
  const problem = deathProblem(auditor, queue, origin, deaths);
  if (problem !== undefined) {
    auditor.violation('death', `${message.id} in ${queue.name}: ${problem}`);
  }
  const at = auditor.strays.indexOf(origin);
  if (at >= 0) auditor.strays.splice(at, 1);
  if (origin.queue.entries.includes(origin)) origin.queue.remove(origin, auditor.now);
  origin.diedOf = last.reason;
  origin.moveId = ++moveCount;
  origin.isMoved = false;
  // All of them got it in the same commit.
  const targets = new Set([queue, ...targetsOf(auditor, origin, deaths)]);
  if (targets.size > 1) auditor.coverage.count('dead letters in several queues');
  for (const target of targets) arrive(auditor, target, origin, deaths);
  return queue.find(message.id, deaths);
}

/** Where a message goes that died of the newest of these deaths. */
function targetsOf(
  auditor: Auditor,
  origin: QueueEntry,
  deaths: readonly SeenDeath[],
): ModelQueue[] {
  const { deadLetterExchange, deadLetterKey } = origin.queue.rules;
  if (deadLetterExchange === undefined) return [];
  const { routingKey, ccKeys, bccKeys } = origin;
  const keys = deadLetterKey === undefined ? [routingKey, ...ccKeys, ...bccKeys] : [deadLetterKey];
  const routed = auditor.topology.routeAll(deadLetterExchange, keys) ?? [];
  if (deaths[0]?.reason === 'rejected') return routed;
  return routed.filter(({ name }) => !isCycle(deaths, name));
}

/** A message does not come back to a queue without ever having been rejected on the way. */
function isCycle(deaths: readonly SeenDeath[], queue: string): boolean {
  const rejected = deaths.findIndex(({ reason }) => reason === 'rejected');
  const since = rejected < 0 ? deaths : deaths.slice(0, rejected);
  return since.some((death) => death.queue === queue);
}

function arrive(
  auditor: Auditor,
  queue: ModelQueue,
  origin: QueueEntry,
  deaths: readonly SeenDeath[],
): void {
  const { rules } = origin.queue;
  const hasNewKey = rules.deadLetterKey !== undefined;
  const copy = queue.enqueue(origin.message, auditor.now, {
    exchange: rules.deadLetterExchange ?? '',
    routingKey: rules.deadLetterKey ?? origin.routingKey,
    deaths,
    ccKeys: hasNewKey ? [] : origin.ccKeys,
    bccKeys: hasNewKey ? [] : origin.bccKeys,
    enqueuedAtMs: origin.enqueuedAtMs,
    isPersistent: origin.isPersistent,
    heldUntilMs: 0,
    isSeenLate: true,
  });
  copy.wasHeldBack = true;
  copy.moveId = origin.moveId;
  copy.isMoved = true;
  if (queue.wasGetLost) copy.delivered = 'maybe';
  if (!queue.isLossy) return;
  copy.isSure = false;
  copy.isOwed = false;
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
  deaths: readonly SeenDeath[],
): string | undefined {
  const death = deaths[0] as SeenDeath;
  if (origin.state === 'unacked') return `it is unacked in ${death.queue}`;
  if (!targetsOf(auditor, origin, deaths).includes(target)) return 'it belongs elsewhere';
  const reasonProblem = wrongReason(auditor, origin, death.reason);
  if (reasonProblem !== undefined) return reasonProblem;
  if (death.count > 1) return undefined;
  if (death.exchange !== origin.exchange) return `it came by ${death.exchange}`;
  const keys = [origin.routingKey, ...origin.ccKeys];
  if (death.routingKeys.join() !== keys.join()) return `it came with ${death.routingKeys}`;
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
      const isDue = auditor.nowMs >= origin.expiresFromMs - TURN_MS_MAX;
      return isDue ? undefined : `it expires at ${origin.expiresFromMs}, not ${auditor.nowMs}`;
    }
    case 'maxlen':
      if ((rules.maxLength ?? rules.maxLengthBytes) === undefined)
        return `${origin.queue.name} has no limit`;
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
      (other) =>
        other.moveId !== entry.moveId ||
        other.isMoved === entry.isMoved ||
        other.state === 'unacked',
    );
  }
}

/**
 * All queues are empty: what a queue owed must have come out of it, or of where its death led it; and what
 * was in a queue for sure, out of that one.
 */
export function checkDebts(auditor: Auditor): void {
  for (const queue of auditor.topology.queues.values()) {
    for (const { message, isOwed, isSure, state } of queue.entries) {
      if (state === 'unacked') continue;
      if (isOwed) {
        auditor.violation('lost', `${message.id} left ${queue.name} and came out nowhere`);
      } else if (isSure && state === 'ready' && !queue.isAutoDelete) {
        auditor.violation('lost', `${message.id} never came out of ${queue.name}`);
      }
    }
  }
}
