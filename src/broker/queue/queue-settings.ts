// What a queue's arguments (with its policies merged in: the effective arguments) ask of it, as
// values ready for use. The arguments are valid; one of a type that means nothing is as good as absent.

import { EMPTY_TABLE, type FieldTable } from '../../protocol/field-table.ts';
import { type IntakeSettings, intakeSettingsOf } from '../intake.ts';
import { integerOf } from './argument-checks.ts';
import { declaredTypeOf } from './arguments.ts';
import { DEFAULT_GROUP_HEADERS } from './group-key.ts';
import { type RetrySettings, retrySettingsOf } from './retry-delay.ts';

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

export interface QueueSettings {
  /** Unused this long, the queue is deleted. */
  readonly expiresMs: number | undefined;
  readonly messageTtlMs: number | undefined;
  /** Ready messages, and their body bytes, at most. */
  readonly maxLength: number | undefined;
  readonly maxLengthBytes: number | undefined;
  readonly overflow: Overflow;
  readonly deadLetterExchange: string | undefined;
  /** Undefined: a dead letter keeps its routing keys. */
  readonly deadLetterRoutingKey: string | undefined;
  /** Its type has a lane for dead letters that nobody takes. */
  readonly canKeepDeadLetters: boolean;
  /** x-dead-letter-strategy is at-least-once, and all that it needs is there. */
  readonly keepsDeadLetters: boolean;
  /** The highest priority level; undefined: one level for all. */
  readonly maxPriority: number | undefined;
  /** The level of messages without a priority. */
  readonly defaultPriority: number;
  readonly isSingleActiveConsumer: boolean;
  readonly consumerTimeoutMs: number | undefined;
  /** A message that was given back more often is a dead letter; Infinity: none ever is. */
  readonly deliveryLimit: number;
  /** How often each message was given back is counted, and told to consumers. */
  readonly countsDeliveries: boolean;
  /** Undefined: what is given back is ready at once. */
  readonly retry: RetrySettings | undefined;
  readonly intake: IntakeSettings;
  /** Headers that may name the group of a message; undefined: no groups. */
  readonly groupBy: readonly string[] | undefined;
}

/** Strict priorities as in RabbitMQ 4.3; those above count as the highest. */
const QUORUM_LEVELS = { maxPriority: 31, defaultPriority: 4 } as const;

/** Most queues ask for nothing: they share this. */
const NOTHING_ASKED = readSettings(EMPTY_TABLE);

export function settingsOf(effectiveArguments: FieldTable): QueueSettings {
  return effectiveArguments.size === 0 ? NOTHING_ASKED : readSettings(effectiveArguments);
}

/** Quorum queues accept `reject-publish-dlx`, and drop their head. */
function overflowOf(asked: string | undefined, queueType: string | undefined): Overflow {
  if (asked === undefined) return 'drop-head';
  if (asked === 'reject-publish-dlx' && queueType === 'quorum') return 'drop-head';
  return asked as Overflow;
}

function groupHeaders(groupBy: string | undefined): readonly string[] | undefined {
  if (groupBy === undefined) return undefined;
  return groupBy === '' || groupBy === 'true' ? DEFAULT_GROUP_HEADERS : [groupBy];
}

function readSettings(effectiveArguments: FieldTable): QueueSettings {
  const number = (name: string): number | undefined => {
    const value = effectiveArguments.get(name);
    return value === undefined ? undefined : integerOf(value);
  };
  const text = (name: string): string | undefined => {
    const value = effectiveArguments.get(name);
    return value?.type === 'S' ? value.value.toString('utf8') : undefined;
  };
  const queueType = text('x-queue-type');
  const overflow = overflowOf(text('x-overflow'), queueType);
  const deadLetterExchange = text('x-dead-letter-exchange');
  const groupBy = groupHeaders(text('x-group-by'));
  // Quorum queues are not asked; groups and priorities exclude each other.
  const levels = groupBy === undefined && queueType === 'quorum' ? QUORUM_LEVELS : null;
  const limit =
    number('x-delivery-limit') ?? declaredTypeOf(effectiveArguments).defaultDeliveryLimit;
  const retry = retrySettingsOf(number, text);
  return {
    expiresMs: number('x-expires'),
    messageTtlMs: number('x-message-ttl'),
    maxLength: number('x-max-length'),
    maxLengthBytes: number('x-max-length-bytes'),
    overflow,
    deadLetterExchange,
    deadLetterRoutingKey: text('x-dead-letter-routing-key'),
    canKeepDeadLetters: queueType === 'quorum',
    // Otherwise silently at-most-once, as in RabbitMQ.
    keepsDeadLetters:
      queueType === 'quorum' &&
      text('x-dead-letter-strategy') === 'at-least-once' &&
      overflow === 'reject-publish' &&
      deadLetterExchange !== undefined,
    maxPriority: number('x-max-priority'),
    defaultPriority: 0,
    ...levels,
    isSingleActiveConsumer: effectiveArguments.get('x-single-active-consumer')?.value === true,
    consumerTimeoutMs: number('x-consumer-timeout'),
    deliveryLimit: limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit,
    countsDeliveries: limit !== undefined || retry !== undefined,
    retry,
    intake: intakeSettingsOf(
      effectiveArguments,
      effectiveArguments.get('x-delayed')?.value === true,
    ),
    groupBy,
  };
}
