// The type of a queue whose declaration names none: that of its vhost, if the declaration suits it.

import { fieldValueOf } from '../../protocol/field-value.ts';
import { DEFAULT_QUEUE_TYPE, type QueueType } from '../queue/queue-types.ts';
import type { QueueDeclaration } from './requests.ts';

const QUEUE_TYPE = 'x-queue-type';

/**
 * The declaration as it is compared and stored. A type is filled in as if the client had given it;
 * `classic` is what a missing one means anyway.
 */
export function withDefaultQueueType(
  declaration: QueueDeclaration,
  type: QueueType,
): QueueDeclaration {
  if (type === DEFAULT_QUEUE_TYPE || declaration.arguments.has(QUEUE_TYPE)) return declaration;
  const { isDurable, isExclusive, isAutoDelete } = declaration;
  if (type.isReplicated && (!isDurable || isExclusive || isAutoDelete)) return declaration;
  const withType = new Map([[QUEUE_TYPE, fieldValueOf(type.name)], ...declaration.arguments]);
  return { ...declaration, arguments: withType };
}
