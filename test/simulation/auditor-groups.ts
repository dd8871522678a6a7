// The auditor's rules of x-group-by. What is unacked of one group is at one holder: a consumer, or all gets
// together one message at a time. Within a group nothing comes out while an earlier message of it waits:
// first deliveries in the order of publishing, what was given back before what lies behind it, also after a
// restart. How groups share their consumers is not judged.

import type { Auditor } from './auditor.ts';
import type { ModelConsumer } from './model-channel.ts';
import type { ModelQueue, QueueEntry } from './model-queue.ts';

/** It is about to be given to the consumer; undefined: to a get. */
export function checkGroup(
  auditor: Auditor,
  entry: QueueEntry,
  consumer: ModelConsumer | undefined,
): void {
  const { queue, group, message } = entry;
  if (queue.rules.groupBy === undefined) return;
  auditor.coverage.count(consumer === undefined ? 'group gets' : 'group deliveries');
  if (entry.delivered !== 'no') auditor.coverage.count('group redeliveries');
  if (group === undefined) return;
  const same = queue.entries.filter((other) => other.group === group && other !== entry);
  const held = same.find(
    ({ state, holder }) => state === 'unacked' && (holder === undefined || holder !== consumer),
  );
  if (held !== undefined) {
    auditor.violation(
      'group',
      `${message.id} of group ${group} came out of ${queue.name} while ${held.message.id} was unacked elsewhere`,
    );
  }
  const earlier = same.find((other) => isBefore(other, entry) && other.state === 'ready');
  if (earlier === undefined) return;
  auditor.violation(
    'group',
    `${message.id} of group ${group} came out of ${queue.name} before ${earlier.message.id}`,
  );
}

/** For sure: both arrived as they were seen to. */
function isBefore(one: QueueEntry, other: QueueEntry): boolean {
  return (
    one.position < other.position && one.isSure && !one.wasHeldBack && other.deaths.length === 0
  );
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
  return entry.group === undefined || holders(entry).length === 0;
}
