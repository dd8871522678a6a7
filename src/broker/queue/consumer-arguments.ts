// The arguments of basic.consume: their checks, and what they ask for as values ready for use. What belongs
// to a queue type that is not built yet is refused; what no queue type knows is accepted, as RabbitMQ does.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../protocol/field-table.ts';
import { count, integerOf } from './argument-checks.ts';

export interface ConsumerSettings {
  readonly priority: bigint;
  /** How long a delivery may stay unacknowledged; undefined: as its queue has it. */
  readonly timeoutMs: number | undefined;
}

const INTEGER_TYPES = 'bBsuIilL';
/** Arguments that only streams know. */
const OTHER_TYPES = ['x-stream-offset', 'x-stream-filter', 'x-stream-match-unfiltered'];

/** Throws 406 with RabbitMQ's text; `resource` is "queue 'q' in vhost '/'". */
export function consumerSettingsOf(table: FieldTable, resource: string): ConsumerSettings {
  for (const name of OTHER_TYPES) {
    if (!table.has(name)) continue;
    throw preconditionFailed(
      `invalid arg '${name}' for ${resource} of queue type rabbit_classic_queue`,
    );
  }
  const invalid = (name: string, reason: string) =>
    preconditionFailed(`invalid arg '${name}' for ${resource}: ${reason}`);
  const priority = table.get('x-priority');
  if (priority !== undefined && !INTEGER_TYPES.includes(priority.type)) {
    throw invalid('x-priority', `"expected integer, got ${fieldTypeName(priority.type)}"`);
  }
  const timeout = table.get('x-consumer-timeout');
  const reason = timeout === undefined ? undefined : count(timeout, table);
  if (reason !== undefined) throw invalid('x-consumer-timeout', reason);
  return {
    priority: priority === undefined ? 0n : wholeOf(priority),
    timeoutMs: timeout === undefined ? undefined : integerOf(timeout),
  };
}

/** Exact: neighbours among 64-bit priorities differ. */
function wholeOf(value: FieldValue): bigint {
  return BigInt(value.value as number | bigint);
}
