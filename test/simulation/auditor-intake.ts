// The auditor's rules of delays. A message that asks for one is held by the exchange or queue it comes to:
// nobody gets it before its time; once nothing moves any more it is in its queues, each once, if it was
// stored; the header `x-delay` tells by its sign that it was held.

import type { Auditor } from './auditor.ts';
import type { SeenHeaders } from './history.ts';
import { dueMsOf, type QueueEntry } from './model-queue.ts';
import { EPOCH_MS } from './simulated-clock.ts';

const DELAY_MS_MAX = 4_294_967_295;
const SECONDS_MAX = 100_000_000_000;

/** When a message with these headers that comes now is due; 0: it is not held. */
export function askedDueMs(headers: SeenHeaders, nowMs: number): number {
  const delay = headers['x-delay'];
  if (delay !== undefined) {
    const isAsked = typeof delay === 'number' && delay > 0 && delay <= DELAY_MS_MAX;
    return isAsked ? nowMs + delay : 0;
  }
  const time = headers['x-deliver-at'];
  if (typeof time !== 'number') return 0;
  const atMs = (time < SECONDS_MAX ? time * 1000 : time) - EPOCH_MS;
  return atMs > nowMs ? atMs : 0;
}

/** The headers that the message has when it comes out: BCC is never seen, CC not after it lost its keys. */
export function headersOf(entry: QueueEntry): SeenHeaders {
  const { BCC: _hidden, CC, ...headers } = entry.message.headers;
  const hasCopies = CC !== undefined && (entry.deaths.length === 0 || entry.ccKeys.length > 0);
  const delay = headers['x-delay'];
  const isDelayed = entry.heldUntilMs > 0 && typeof delay === 'number';
  return {
    ...headers,
    ...(hasCopies ? { CC } : {}),
    ...(isDelayed ? { 'x-delay': -delay } : {}),
  };
}

/** It comes out: it must have been released by now, or be due for its retry. */
export function checkReleased(auditor: Auditor, entry: QueueEntry): void {
  if (entry.heldUntilMs > 0 && entry.delivered === 'no') {
    auditor.coverage.count('delayed deliveries');
    if (entry.wasHeldInCrash) auditor.coverage.count('delayed deliveries after a crash');
  }
  if (entry.retryAtMs > 0) auditor.coverage.count('delayed retries');
  if (entry.state === 'held') {
    entry.releasedAt = Math.min(entry.releasedAt, auditor.now);
    const earlyMs = dueMsOf(entry) - auditor.nowMs;
    if (earlyMs > 0) {
      auditor.violation('delay', `${entry.message.id} came out ${earlyMs} ms before its time`);
    }
  }
  entry.retryAtMs = 0;
}

/** Nothing is under way: what was due has been released, and what is not due waits for a timer. */
export function releaseAll(auditor: Auditor): void {
  for (const queue of auditor.topology.queues.values()) {
    for (const entry of queue.held()) {
      entry.state = 'ready';
      entry.releasedAt = Math.min(entry.releasedAt, auditor.now);
      if (auditor.nowMs >= dueMsOf(entry) || !entry.isSure) continue;
      auditor.violation('stuck', `${entry.message.id} is held, and no timer is set for it`);
    }
  }
}
