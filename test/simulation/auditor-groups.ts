// The auditor's rules of x-group-by. What is unacked of one group is at one holder: a consumer, or all gets
// together one message at a time. Within a group nothing comes out while an earlier message of it waits:
// first deliveries in the order of publishing, what was given back before what lies behind it, also after a
// restart. How groups share their consumers is not judged.

import type { Auditor } from './auditor.ts';
import type { ModelConsumer } from './model-channel.ts';
import type { ModelQueue, QueueEntry } from './model-queue.ts';

/** Within a turn each connection's deliveries are seen together: whose came first is told by their positions. */
export interface GroupDelivery {
  readonly entry: QueueEntry;
  readonly consumer: ModelConsumer | undefined;
  readonly isNoAck: boolean;
}

/** It is about to be given to the consumer; undefined: to a get. */
export function checkGroup(
  auditor: Auditor,
  entry: QueueEntry,
  consumer: ModelConsumer | undefined,
  isNoAck: boolean,
): void {
  const { queue, group, message } = entry;
  if (queue.rules.groupBy === undefined) return;
  auditor.coverage.count(consumer === undefined ? 'group gets' : 'group deliveries');
  if (entry.delivered !== 'no') auditor.coverage.count('group redeliveries');
  if (group === undefined) return;
  auditor.groupDeliveries.push({ entry, consumer, isNoAck });
  const held = queue.entries.find(
    (other) =>
      other !== entry &&
      other.group === group &&
      other.state === 'unacked' &&
      other.deliveredAt < auditor.turnStartedAt &&
      (consumer === undefined || other.holder !== consumer),
  );
  if (held === undefined) return;
  auditor.violation(
    'group',
    `${message.id} came out while ${held.message.id} was unacked elsewhere`,
  );
}

/** The end of a turn: what came out in it, in each group. */
export function checkGroups(auditor: Auditor): void {
  for (const { entry, consumer, isNoAck } of auditor.groupDeliveries) {
    const { id } = entry.message;
    const earlier = entry.queue.entries.find(
      (other) => isSameGroup(other, entry) && isBefore(other, entry) && other.state === 'ready',
    );
    if (earlier !== undefined) {
      auditor.violation('group', `${id} came out before ${earlier.message.id}`);
    }
    if (isNoAck) continue;
    const later = auditor.groupDeliveries.find(
      (other) =>
        isSameGroup(other.entry, entry) &&
        isBefore(entry, other.entry) &&
        (consumer === undefined || other.consumer !== consumer),
    );
    if (later !== undefined) {
      auditor.violation(
        'group',
        `${later.entry.message.id} came out elsewhere in the turn of ${id}`,
      );
    }
  }
  auditor.groupDeliveries = [];
}

function isSameGroup(one: QueueEntry, other: QueueEntry): boolean {
  return one !== other && one.queue === other.queue && one.group === other.group;
}

/** For sure: both arrived as they were seen to. */
function isBefore(one: QueueEntry, other: QueueEntry): boolean {
  return one.position < other.position && one.isSure && !one.wasHeldBack;
}

/** Its group is somebody else's. */
export function isHeldFrom(entry: QueueEntry, consumer: ModelConsumer): boolean {
  return entry.group !== undefined && holders(entry).some((holder) => holder !== consumer);
}

function holders(entry: QueueEntry): (ModelConsumer | undefined)[] {
  return entry.queue.entries
    .filter(({ group, state }) => group === entry.group && state === 'unacked')
    .map(({ holder }) => holder);
}

/** A get finds a message of a group that nobody holds, whatever the gets before it take. */
export function mustFindGroup(queue: ModelQueue): boolean {
  if (queue.rules.groupBy === undefined) return true;
  const free = queue.ready().filter((entry) => entry.isSure && isFree(entry));
  const groups = new Set(free.flatMap(({ group }) => group ?? []));
  const ungrouped = free.filter(({ group }) => group === undefined);
  return groups.size + ungrouped.length > queue.pendingGetCount;
}

function isFree(entry: QueueEntry): boolean {
  return entry.group === undefined || (holders(entry).length === 0 && !waitsForRetry(entry));
}

/** A message of its group waits for its retry, and the group with it: what lies behind must not pass it. */
function waitsForRetry({ queue, group }: QueueEntry): boolean {
  return queue.entries.some(
    (other) => other.group === group && other.state === 'held' && other.retryAtMs > 0,
  );
}
