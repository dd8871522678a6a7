// How old a queue's first message is.
import type { QueueView } from '../http/views.ts';

/** Undefined when there is none, or nobody knows: RabbitMQ only has the time that the publisher wrote, if it did. */
export function headAgeSeconds(queue: QueueView, nowMs: number): number | undefined {
  const { head_message_timestamp: timestamp, oldest_message_age_ms: ageMs } = queue;
  if (queue.messages === 0) return undefined;
  if (ageMs !== undefined) return ageMs / 1000;
  if (typeof timestamp !== 'number' || timestamp <= 0) return undefined;
  return Math.max(0, nowMs / 1000 - timestamp);
}
