// Consumers that go in the middle of a turn. A queue with rules delivers at once when somebody asks for
// its counts, so they may have got messages of which the edge hears at the end of the turn, or never.

import type { Auditor } from './auditor.ts';
import type { ModelChannel, ModelConsumer } from './model-channel.ts';
import { type ModelQueue, mayHaveReturned, type QueueEntry } from './model-queue.ts';
import { NO_RULES } from './queue-rules.ts';

/** The consumer is gone; its channel still tells what it got. */
export function leaves(consumer: ModelConsumer): void {
  if (consumer.queue.rules === NO_RULES) return;
  consumer.channel.leaving.set(consumer.tag, consumer);
}

/** The channel is gone: what its consumers got in this turn is back, or lost with a no-ack. */
export function isCutOff(auditor: Auditor, consumer: ModelConsumer): void {
  if (consumer.queue.rules === NO_RULES) return;
  weaken(auditor, consumer.queue, consumer.isNoAck);
}

/** Somebody may have got what is ready, without being seen to. */
export function weaken(auditor: Auditor, queue: ModelQueue, isNoAck: boolean): void {
  queue.wasGetLost = true;
  if (isNoAck) {
    queue.isLossy = true;
    auditor.either.lost(queue);
  }
  for (const entry of [...queue.ready(), ...queue.held()]) {
    if (entry.delivered === 'no') entry.delivered = 'maybe';
    mayHaveReturned(entry);
    if (!isNoAck) continue;
    entry.isSure = false;
    entry.isOwed = false;
  }
}

/** A delivery that left in front of the end of its channel: the message is back already. */
export function deliveredBeforeClose(
  auditor: Auditor,
  channel: ModelChannel,
  consumer: ModelConsumer,
  entry: QueueEntry,
): boolean {
  if (!channel.isClosing) return false;
  entry.delivered = 'yes';
  entry.deliveredAt = auditor.now;
  if (consumer.isNoAck) consumer.queue.remove(entry, auditor.now);
  return true;
}

/** A purge came behind the delivery after all. */
export function restorePurged(queue: ModelQueue, id: string): void {
  const purged = queue.purgedInTurn.find(({ message }) => message.id === id);
  if (purged === undefined) return;
  queue.purgedInTurn.splice(queue.purgedInTurn.indexOf(purged), 1);
  queue.restore(purged);
}
