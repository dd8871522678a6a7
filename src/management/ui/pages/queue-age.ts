// How old a queue's first message is.
import type { QueueView } from '../http/views.ts';

/** Undefined when nobody knows: RabbitMQ only has the time that the publisher wrote, if it wrote one. */
export function headAgeSeconds(queue: QueueView, nowMs: number): number | undefined {
  const { head_message_timestamp: timestamp } = queue;
  if (typeof timestamp !== 'number' || timestamp <= 0) return undefined;
  return Math.max(0, nowMs / 1000 - timestamp);
}
