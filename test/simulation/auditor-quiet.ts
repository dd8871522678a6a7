// What must be true when nothing is under way: every reply, confirm and return has left, nothing waits that
// somebody could take, and what was due has been released.

import type { Method } from '../../src/protocol/generated/methods.ts';
import type { Auditor } from './auditor.ts';
import { isHeldFrom } from './auditor-groups.ts';
import { releaseAll } from './auditor-intake.ts';
import type { ModelChannel, ModelConsumer } from './model-channel.ts';
import type { ModelQueue } from './model-queue.ts';

export function quiet(auditor: Auditor): void {
  releaseAll(auditor);
  for (const connection of auditor.connections.values()) {
    if (connection.isClosed) continue;
    for (const channel of connection.channels.values()) {
      if (!channel.isClosing) quietChannel(auditor, channel);
    }
  }
  for (const queue of auditor.topology.queues.values()) {
    queue.mayExceed = false;
    quietQueue(auditor, queue);
  }
}

function quietQueue(auditor: Auditor, queue: ModelQueue): void {
  const isActive = (one: ModelConsumer) => !queue.rules.isSingleActive || one === queue.active;
  const takers = [...queue.consumers].filter((one) => isActive(one) && canTake(one));
  for (const entry of queue.ready()) {
    const taker = entry.isSure ? takers.find((one) => !isHeldFrom(entry, one)) : undefined;
    if (taker === undefined) continue;
    const { id } = entry.message;
    return auditor.violation('stuck', `${id} waits in ${queue.name} for ${taker.tag}`);
  }
}

function quietChannel(auditor: Auditor, channel: ModelChannel): void {
  const name = `channel ${channel.number} of connection ${channel.connection.number}`;
  const reply = channel.replies[0];
  if (reply !== undefined) auditor.violation('reply', `${name} waits for ${hex(reply.id)}`);
  if (channel.unconfirmed.size > 0) {
    auditor.violation('confirm', `${name}: ${channel.unconfirmed.size} publishes never confirmed`);
  }
  if (channel.returns.length > 0) {
    auditor.violation('reply', `${name}: ${channel.returns[0]?.message.id} never returned`);
  }
  if (channel.cancels.size > 0) {
    auditor.violation('reply', `${name}: consumer ${[...channel.cancels][0]} never cancelled`);
  }
}

export function canTake(consumer: ModelConsumer): boolean {
  if (consumer.isNoAck) return true;
  if (consumer.prefetchCount > 0 && consumer.unackedCount >= consumer.prefetchCount) return false;
  const { globalPrefetchCount } = consumer.channel;
  return globalPrefetchCount === 0 || consumer.channel.outstandingCount < globalPrefetchCount;
}

function hex(id: Method['id']): string {
  return `${id >>> 16},${id & 0xffff}`;
}
