// THE table of queue arguments: one row per argument that RabbitMQ knows, and ours. Order matters: the first
// wrong argument and the first difference of a redeclaration are reported in this order. Arguments of
// the table must be repeated by a redeclaration; unknown ones are stored and never compared.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import * as check from './argument-checks.ts';
import { DEDUPLICATION_ARGUMENTS } from './deduplication-arguments.ts';
import {
  DEFAULT_QUEUE_TYPE,
  QUEUE_TYPES,
  type QueueType,
  type QueueTypeName,
} from './queue-types.ts';
import { RETRY_BACKOFFS, RETRY_TYPES } from './retry-delay.ts';

/** What happens with an argument that is valid. */
type Support =
  /** Has its effect. */
  | 'effective'
  /** Accepted and without effect, as in RabbitMQ. */
  | 'ignored'
  /** Its feature is not built: refused, never silently dropped. */
  | 'refused';

export interface QueueArgument {
  readonly name: string;
  readonly queueTypes: readonly QueueTypeName[];
  readonly check: check.ArgumentCheck;
  readonly support: Support;
}

const ALL: readonly QueueTypeName[] = ['classic', 'quorum', 'stream'];
const CLASSIC: readonly QueueTypeName[] = ['classic'];
const QUORUM: readonly QueueTypeName[] = ['quorum'];
const STREAM: readonly QueueTypeName[] = ['stream'];
const NO_STREAM: readonly QueueTypeName[] = ['classic', 'quorum'];

const LOCATORS = ['client-local', 'balanced', 'random', 'least-leaders', 'min-masters'];
const MASTER_LOCATORS = ['client-local', 'min-masters', 'random'];
const OVERFLOWS = ['drop-head', 'reject-publish', 'reject-publish-dlx'];
const SEGMENT_BYTES_MAX = 3_000_000_000;

function row(
  name: string,
  queueTypes: readonly QueueTypeName[],
  argumentCheck: check.ArgumentCheck,
  support: Support,
): QueueArgument {
  return { name, queueTypes, check: argumentCheck, support };
}

const invalid = (reason: string) => () => reason;
const unsupported = (what: string) => (given: string) => `"unsupported queue ${what} '${given}'"`;

export const QUEUE_ARGUMENTS: readonly QueueArgument[] = [
  row('x-expires', NO_STREAM, check.positivePeriodMs, 'effective'),
  row('x-message-ttl', NO_STREAM, check.periodMs, 'effective'),
  row('x-dead-letter-exchange', NO_STREAM, check.text, 'effective'),
  row('x-dead-letter-routing-key', NO_STREAM, check.deadLetterRoutingKey, 'effective'),
  row(
    'x-dead-letter-strategy',
    QUORUM,
    check.oneOf(['at-most-once', 'at-least-once'], invalid('invalid_dlx_strategy')),
    'effective',
  ),
  row('x-max-length', NO_STREAM, check.count, 'effective'),
  row('x-max-length-bytes', ALL, check.count, 'effective'),
  row('x-max-in-memory-length', QUORUM, check.count, 'ignored'),
  row('x-max-in-memory-bytes', QUORUM, check.count, 'ignored'),
  row('x-max-priority', CLASSIC, check.priority, 'effective'),
  row('x-overflow', NO_STREAM, check.oneOf(OVERFLOWS, invalid('invalid_overflow')), 'effective'),
  row('x-queue-mode', CLASSIC, check.oneOf(['default', 'lazy'], unsupported('mode')), 'ignored'),
  row('x-queue-version', CLASSIC, check.queueVersion, 'ignored'),
  row('x-single-active-consumer', NO_STREAM, check.flag, 'effective'),
  row('x-quorum-initial-group-size', QUORUM, check.positiveCount, 'ignored'),
  row('x-delivery-limit', NO_STREAM, check.anything, 'effective'),
  row('x-consumer-timeout', NO_STREAM, check.count, 'effective'),
  row('x-consumer-disconnected-timeout', QUORUM, check.count, 'ignored'),
  row(
    'x-delayed-retry-type',
    NO_STREAM,
    check.oneOf(RETRY_TYPES, invalid('invalid_delayed_retry_type')),
    'effective',
  ),
  row('x-delayed-retry-min', NO_STREAM, check.count, 'effective'),
  row('x-delayed-retry-max', NO_STREAM, check.count, 'effective'),
  row(
    'x-member-placement-tag',
    QUORUM,
    check.nonEmptyText('invalid_member_placement_tag_arg'),
    'ignored',
  ),
  row('x-delayed', NO_STREAM, check.flag, 'effective'),
  ...DEDUPLICATION_ARGUMENTS.map(([name, argumentCheck]) =>
    row(name, NO_STREAM, argumentCheck, 'effective'),
  ),
  row('x-max-age', STREAM, check.age, 'refused'),
  row(
    'x-stream-max-segment-size-bytes',
    STREAM,
    check.integerWithin(
      0,
      SEGMENT_BYTES_MAX,
      'Exceeded max value for x-stream-max-segment-size-bytes',
    ),
    'refused',
  ),
  row(
    'x-stream-filter-size-bytes',
    STREAM,
    check.integerWithin(16, 255, 'Invalid value for x-stream-filter-size-bytes'),
    'refused',
  ),
  row('x-initial-cluster-size', STREAM, check.positiveCount, 'refused'),
  row(
    'x-queue-leader-locator',
    ALL,
    check.oneOf(LOCATORS, invalid('invalid_queue_locator_arg')),
    'ignored',
  ),
  row(
    'x-queue-master-locator',
    CLASSIC,
    check.oneOf(MASTER_LOCATORS, unsupported('master locator')),
    'ignored',
  ),
  // Ours.
  row('x-group-by', NO_STREAM, check.groupBy, 'effective'),
  row(
    'x-delayed-retry-backoff',
    NO_STREAM,
    check.oneOf(RETRY_BACKOFFS, invalid('invalid_delayed_retry_backoff')),
    'effective',
  ),
  row('x-delayed-retry-jitter', NO_STREAM, check.percent, 'effective'),
];

/** Names a client may give for "no type": the default. */
const NO_TYPE_NAMES: readonly string[] = ['', 'undefined'];

/** The type that the arguments ask for, or the reason why there is none. */
export function queueTypeOf(queueArguments: FieldTable): QueueType | string {
  const value = queueArguments.get('x-queue-type');
  if (value === undefined) return DEFAULT_QUEUE_TYPE;
  if (value.type !== 'S') return `{unacceptable_type,${fieldTypeName(value.type)}}`;
  const name = value.value.toString('utf8');
  if (NO_TYPE_NAMES.includes(name)) return DEFAULT_QUEUE_TYPE;
  return QUEUE_TYPES.get(name) ?? `"unsupported queue type '${name}'"`;
}

/** The type of a queue whose declaration was accepted. */
export function declaredTypeOf(queueArguments: FieldTable): QueueType {
  const type = queueTypeOf(queueArguments);
  return typeof type === 'string' ? DEFAULT_QUEUE_TYPE : type;
}

/** Names of the arguments that a redeclaration of a queue of that type must repeat, in order. */
export function comparedArguments(type: QueueTypeName): string[] {
  return QUEUE_ARGUMENTS.filter((row) => row.queueTypes.includes(type)).map(({ name }) => name);
}

/**
 * Throws 406 for the first argument that has a wrong value, does not suit the queue type, or asks for
 * something this broker does not do yet. `resource` is what `resourceText` gives. Arguments that
 * nobody knows are fine.
 */
export function validateQueueArguments(resource: string, queueArguments: FieldTable): QueueType {
  const type = queueTypeOf(queueArguments);
  if (typeof type === 'string') throw invalidArgument('x-queue-type', resource, type);
  // Values first, then arguments of other types, as RabbitMQ has it.
  for (const { name, queueTypes, check: checkValue } of QUEUE_ARGUMENTS) {
    const value = queueArguments.get(name);
    if (value === undefined || !queueTypes.includes(type.name)) continue;
    const reason = checkValue(value, queueArguments);
    if (reason !== undefined) throw invalidArgument(name, resource, reason);
  }
  for (const { name, queueTypes } of QUEUE_ARGUMENTS) {
    if (!queueArguments.has(name) || queueTypes.includes(type.name)) continue;
    throw preconditionFailed(
      `invalid arg '${name}' for ${resource} of queue type ${type.moduleName}`,
    );
  }
  return type;
}

/** Throws 406 when the type or an argument, valid as it is, asks for a feature that is not built. */
export function requireSupportedArguments(
  resource: string,
  type: QueueType,
  queueArguments: FieldTable,
): void {
  if (!type.isSupported) throw notBuilt('x-queue-type', resource);
  for (const { name, support } of QUEUE_ARGUMENTS) {
    if (support === 'refused' && queueArguments.has(name)) throw notBuilt(name, resource);
  }
}

function notBuilt(name: string, resource: string): Error {
  return invalidArgument(name, resource, 'not supported yet by this broker');
}

function invalidArgument(name: string, resource: string, reason: string): Error {
  return preconditionFailed(`invalid arg '${name}' for ${resource}: ${reason}`);
}
