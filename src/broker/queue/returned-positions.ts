// What becomes of the position of a message that its consumer gave back.

import { assert } from '../../util/assert.ts';
import { READY, STATE_MASK, UNACKED } from '../message/segment.ts';
import type { QueueMessages } from './queue-messages.ts';

/** Returns an unacked message to its place; it is ready again. */
export function requeueAt(messages: QueueMessages, position: number): void {
  const segment = messages.find(position);
  const index = position - segment.base;
  const state = segment.states[index] as number;
  assert((state & STATE_MASK) === UNACKED, 'only an unacked message is requeued');
  segment.states[index] = (state & ~STATE_MASK) | READY;
  messages.unackedCount--;
  messages.readyCount++;
  if (messages.countsUnackedBytes) messages.unackedBodyBytes -= segment.bodyBytes(index);
  messages.passed.push(position);
}
