// What becomes of the position of a message that its consumer gave back: ready again at once, or after a
// time in which it is neither ready nor unacked.

import { assert } from '../../util/assert.ts';
import { NO_POSITIONS, PositionHeap } from '../../util/position-heap.ts';
import { READY, STATE_MASK, UNACKED, WAITING } from '../message/segment.ts';
import type { QueueMessages } from './queue-messages.ts';

function change(messages: QueueMessages, position: number, from: number, to: number): void {
  const segment = messages.find(position);
  const index = position - segment.base;
  const state = segment.states[index] as number;
  assert((state & STATE_MASK) === from, 'a message is given back once');
  segment.states[index] = (state & ~STATE_MASK) | to;
  const unacked = to === UNACKED ? 1 : -1;
  messages.unackedCount += unacked;
  if (messages.countsUnackedBytes) messages.unackedBodyBytes += unacked * segment.bodyBytes(index);
}

/** Returns an unacked message to its place; it is ready again. */
export function requeueAt(messages: QueueMessages, position: number): void {
  change(messages, position, UNACKED, READY);
  messages.readyCount++;
  if (messages.passed === NO_POSITIONS) messages.passed = new PositionHeap();
  messages.passed.push(position);
}

/** An unacked message begins to wait. */
export function waitAt(messages: QueueMessages, position: number): void {
  change(messages, position, UNACKED, WAITING);
  messages.waitingCount++;
}

/** A message that waits is as it was before. */
export function endWaitAt(messages: QueueMessages, position: number): void {
  change(messages, position, WAITING, UNACKED);
  messages.waitingCount--;
}
