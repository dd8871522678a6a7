// The arguments of basic.consume. What belongs to a feature that is not built yet is refused, never
// ignored; what no queue type knows is accepted, as RabbitMQ does.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';

const INTEGER_TYPES = 'bBsuIilL';
/** Arguments that only streams or quorum queues know. */
const OTHER_TYPES = [
  'x-stream-offset',
  'x-stream-filter',
  'x-stream-match-unfiltered',
  'x-consumer-timeout',
];

/** Throws 406 with RabbitMQ's text; `resource` is "queue 'q' in vhost '/'". */
export function requireConsumerArguments(table: FieldTable, resource: string): void {
  for (const name of OTHER_TYPES) {
    if (!table.has(name)) continue;
    throw preconditionFailed(
      `invalid arg '${name}' for ${resource} of queue type rabbit_classic_queue`,
    );
  }
  const priority = table.get('x-priority');
  if (priority === undefined) return;
  const refuse = (reason: string) =>
    preconditionFailed(`invalid arg 'x-priority' for ${resource}: ${reason}`);
  if (!INTEGER_TYPES.includes(priority.type)) {
    throw refuse(`"expected integer, got ${fieldTypeName(priority.type)}"`);
  }
  // Zero is the default and changes nothing.
  if (BigInt(priority.value as number | bigint) !== 0n) {
    throw refuse('consumer priorities are not supported yet');
  }
}
