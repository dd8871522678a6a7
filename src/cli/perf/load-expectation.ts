// How many deliveries a run must see: which queues each producer's messages reach, and which of those are consumed.
import type { PerfOptions } from './perf-options.ts';
import { consumedQueueOf } from './topology.ts';

/** The audit's name for "one of the queues", where each message is routed to only one of them. */
const anyQueue = '';

export interface ExpectedDeliveries {
  readonly scope: string;
  readonly producer: number;
  readonly messageCount: number;
}

/** The audit scope of a consumer's deliveries. */
export function auditScopeOf(options: PerfOptions, queue: string): string {
  return options.bindings > 0 ? anyQueue : queue;
}

/** One entry per producer and consumed queue that its messages reach. */
export function expectedDeliveries(
  options: PerfOptions,
  sentByProducer: readonly number[],
): ExpectedDeliveries[] {
  const consumed = new Set<string>();
  for (let index = 0; index < options.consumers; index++)
    consumed.add(consumedQueueOf(options, index));
  return sentByProducer.flatMap((messageCount, producer) => {
    const entry = (scope: string) => ({ scope, producer, messageCount });
    if (options.bindings > 0) return consumed.size > 0 ? [entry(anyQueue)] : [];
    if (options.exchange !== '') return [...consumed].map(entry);
    const queue = consumedQueueOf(options, producer);
    return consumed.has(queue) ? [entry(queue)] : [];
  });
}

export function totalDeliveries(options: PerfOptions, sentByProducer: readonly number[]): number {
  let total = 0;
  for (const { messageCount } of expectedDeliveries(options, sentByProducer)) total += messageCount;
  return total;
}
