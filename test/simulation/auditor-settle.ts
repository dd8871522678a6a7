// Acknowledgements in the auditor's model: which deliveries a tag means, and what becomes of them.

import type { Auditor } from './auditor.ts';
import { reject } from './auditor-deaths.ts';
import type { ModelChannel, ModelDelivery, SettleKind } from './model-channel.ts';
import type { QueueEntry, ReturnReason } from './model-queue.ts';

export function settle(
  auditor: Auditor,
  channel: ModelChannel,
  tag: number,
  isMultiple: boolean,
  kind: SettleKind,
): void {
  const taken = take(channel, tag, isMultiple);
  if (taken === undefined) return auditor.failChannel(channel, 406);
  const settles = taken.map((delivery) => ({ delivery, kind }));
  if (channel.mode === 'tx') channel.txSettles.push(...settles);
  else settleAll(auditor, settles);
}

function take(
  channel: ModelChannel,
  tag: number,
  isMultiple: boolean,
): ModelDelivery[] | undefined {
  const { unacked } = channel;
  if (isMultiple && tag === 0) return unacked.splice(0);
  const index = unacked.findIndex((delivery) => delivery.tag === tag);
  if (index < 0) return undefined;
  return isMultiple ? unacked.splice(0, index + 1) : unacked.splice(index, 1);
}

/** Its consumer gives it back, or is gone. */
export function giveBack(auditor: Auditor, entry: QueueEntry, reason: ReturnReason): void {
  entry.queue.requeue(entry, reason, auditor.now, auditor.nowMs);
}

export function settleAll(
  auditor: Auditor,
  settles: readonly { readonly delivery: ModelDelivery; readonly kind: SettleKind }[],
): void {
  for (const { delivery, kind } of settles) {
    const { entry, consumer } = delivery;
    if (consumer !== undefined) consumer.unackedCount--;
    if (entry.state !== 'unacked') continue;
    if (kind === 'requeue') giveBack(auditor, entry, 'returned');
    else if (kind === 'giveUp') giveBack(auditor, entry, 'failed');
    else if (kind === 'reject') reject(auditor, entry);
    else entry.queue.remove(entry, auditor.now);
  }
}
