// The arguments of basic.consume: their checks, and what they ask for as values ready for use. What belongs
// to a queue type that is not built yet is refused; what no queue type knows is accepted, as RabbitMQ does.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../protocol/field-table.ts';

export interface ConsumerSettings {
  readonly priority: bigint;
}

const INTEGER_TYPES = 'bBsuIilL';
/** Arguments that only streams or quorum queues know. */
const OTHER_TYPES = [
  'x-stream-offset',
  'x-stream-filter',
  'x-stream-match-unfiltered',
  'x-consumer-timeout',
];

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
  return { priority: priority === undefined ? 0n : wholeOf(priority) };
}

/** Exact: neighbours among 64-bit priorities differ. */
function wholeOf(value: FieldValue): bigint {
  return BigInt(value.value as number | bigint);
}
