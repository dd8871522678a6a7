// The auditor's rules of who gets a message: the consumers of the highest priority that can take one; and of a
// queue with a single active consumer only that one, which is the first to come until it leaves, then the one
// of the highest priority that waits, among equals the oldest.

import type { Auditor } from './auditor.ts';
import { canTake } from './auditor-quiet.ts';
import type { ModelConsumer } from './model-channel.ts';
import { NO_RULES } from './queue-rules.ts';

/** It gets a message. */
export function checkTurn(auditor: Auditor, consumer: ModelConsumer, id: string): void {
  const { queue } = consumer;
  if (queue.rules.isSingleActive === true) {
    auditor.coverage.count('deliveries to a single active consumer');
    if (queue.hasHandedOver) auditor.coverage.count('deliveries to one that took over');
    if (consumer === queue.active) return;
    return auditor.violation('consumer', `${id} went to ${consumer.tag}, which is not active`);
  }
  // Queues with limits may deliver in the middle of a turn: what others could take then is not known.
  if (queue.rules === NO_RULES || queue.name === 'active-none') {
    auditor.servedInTurn.add(consumer);
  }
}

/** The end of a turn: nobody who could take more was passed over. */
export function checkPriorities(auditor: Auditor): void {
  for (const consumer of auditor.servedInTurn) {
    const higher = [...consumer.queue.consumers].filter((one) => one.priority > consumer.priority);
    if (higher.length > 0) auditor.coverage.count('deliveries to a lower consumer');
    const passed = higher.find(
      (one) => one.since < auditor.turnStartedAt && couldTake(auditor, one),
    );
    if (passed === undefined) continue;
    auditor.violation('consumer', `${consumer.tag} was served before ${passed.tag}`);
  }
  auditor.servedInTurn.clear();
}

/** It can take one now, so it could during all of the deliveries of this turn. */
function couldTake(auditor: Auditor, consumer: ModelConsumer): boolean {
  const { connection } = consumer.channel;
  const wasWritable = !connection.isCongested && connection.congestionAt < auditor.turnStartedAt;
  return wasWritable && canTake(consumer);
}
