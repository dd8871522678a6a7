// THE table of policy keys: one row per key that RabbitMQ knows. A key means what the queue argument
// `x-…` of its name means (or, for exchanges, the argument of its name).

import { DEDUPLICATION_CACHE_SIZE_MAX } from '../limits.ts';
import type { QueueTypeName } from '../queue/queue-types.ts';
import { RETRY_BACKOFFS, RETRY_TYPES } from '../queue/retry-delay.ts';
import * as merge from './policy-merge.ts';
import * as is from './policy-values.ts';

export interface PolicyKey {
  readonly name: string;
  readonly check: is.PolicyCheck;
  /** What RabbitMQ says behind a value that it refuses. */
  readonly complaint: string;
  /** What it asks something of. `nothing`: accepted without effect, as in RabbitMQ since 4.0. */
  readonly object: 'queue' | 'exchange' | 'nothing';
  /** A policy with this key does not apply to queues of these types. */
  readonly unsupportedBy: readonly QueueTypeName[];
  /** How it meets a queue's argument. */
  readonly withArgument: merge.ArgumentMerge;
  /** How it meets the same key of an operator policy; undefined: operators cannot set it. */
  readonly withOperator: merge.OperatorMerge | undefined;
}

const EVERY: readonly QueueTypeName[] = [];
const CLASSIC: readonly QueueTypeName[] = ['quorum', 'stream'];
const QUORUM: readonly QueueTypeName[] = ['classic', 'stream'];
const STREAM: readonly QueueTypeName[] = ['classic', 'quorum'];
const NO_STREAM: readonly QueueTypeName[] = ['stream'];

const count = is.integerFrom(0);
const OVERFLOWS = is.oneOf('drop-head', 'reject-publish', 'reject-publish-dlx');
const RETRIES = is.oneOf(...RETRY_TYPES);
const BACKOFFS = is.oneOf(...RETRY_BACKOFFS);
const PERCENT = is.integerFrom(0, 100);
const CACHE_SIZES = is.integerFrom(1, DEDUPLICATION_CACHE_SIZE_MAX);
const LOCATORS = is.oneOf('client-local', 'balanced', 'random', 'least-leaders', 'min-masters');
const MASTERS = is.oneOf('client-local', 'min-masters', 'random');

const notValid = (noun: string) => `is not a valid ${noun}`;

function queueKey(
  name: string,
  unsupportedBy: readonly QueueTypeName[],
  check: is.PolicyCheck,
  noun: string,
  withArgument: merge.ArgumentMerge,
  withOperator?: merge.OperatorMerge,
): PolicyKey {
  const complaint = notValid(noun);
  return { name, check, complaint, object: 'queue', unsupportedBy, withArgument, withOperator };
}

function exchangeKey(name: string, check: is.PolicyCheck, noun: string): PolicyKey {
  const withArgument = merge.argumentWins;
  const rest = { withArgument, withOperator: undefined, unsupportedBy: EVERY };
  return { name, check, complaint: notValid(noun), object: 'exchange', ...rest };
}

/** Mirrored queues went with RabbitMQ 4.0: policies that ask for them are taken and mirror nothing. */
function mirrorKey(name: string, check: is.PolicyCheck, noun: string): PolicyKey {
  const rest = { withArgument: merge.policyWins, withOperator: undefined, unsupportedBy: CLASSIC };
  return { name, check, complaint: notValid(noun), object: 'nothing', ...rest };
}

const { least, most, leastLimit, argumentWins, policyWins, operatorWins } = merge;

const POLICY_KEYS: readonly PolicyKey[] = [
  exchangeKey('alternate-exchange', is.text, 'alternate exchange name'),
  queueKey('expires', NO_STREAM, is.integerFrom(1), 'queue expiry', least, least),
  queueKey('message-ttl', NO_STREAM, count, 'message TTL', least, least),
  queueKey('dead-letter-exchange', NO_STREAM, is.text, 'dead letter exchange name', argumentWins),
  queueKey('dead-letter-routing-key', NO_STREAM, is.text, 'dead letter routing key', argumentWins),
  queueKey(
    'dead-letter-strategy',
    QUORUM,
    is.oneOf('at-most-once', 'at-least-once'),
    'dead letter strategy',
    argumentWins,
  ),
  queueKey('max-length', NO_STREAM, count, 'maximum length', least, least),
  queueKey(
    'max-length-bytes',
    EVERY,
    count,
    'maximum length in bytes',
    merge.leastButOnStreams,
    least,
  ),
  // RabbitMQ's own words for both.
  queueKey('max-in-memory-length', QUORUM, count, 'maximum memory in bytes', least, least),
  queueKey('max-in-memory-bytes', QUORUM, count, 'maximum memory in bytes', least, least),
  queueKey(
    'overflow',
    NO_STREAM,
    OVERFLOWS,
    'overflow value',
    merge.argumentWinsButOnQuorum,
    operatorWins,
  ),
  queueKey('queue-mode', CLASSIC, is.oneOf('default', 'lazy'), 'queue-mode value', argumentWins),
  queueKey(
    'queue-version',
    EVERY,
    is.oneOf(1, 2),
    'queue-version value',
    argumentWins,
    operatorWins,
  ),
  queueKey('delivery-limit', NO_STREAM, is.integer, 'delivery limit', leastLimit, leastLimit),
  queueKey('consumer-timeout', NO_STREAM, count, 'consumer timeout', least),
  queueKey('consumer-disconnected-timeout', QUORUM, count, 'consumer disconnected timeout', least),
  queueKey(
    'delayed-retry-type',
    NO_STREAM,
    RETRIES,
    'delayed retry type',
    policyWins,
    operatorWins,
  ),
  queueKey('delayed-retry-min', NO_STREAM, count, 'delayed retry min', least, most),
  queueKey('delayed-retry-max', NO_STREAM, count, 'delayed retry max', least, least),
  queueKey(
    'member-placement-tag',
    QUORUM,
    is.nonEmptyText,
    'member placement tag',
    policyWins,
    operatorWins,
  ),
  queueKey('target-group-size', QUORUM, is.integerFrom(1), 'target group size', policyWins, most),
  queueKey('max-age', STREAM, is.age, 'max age', policyWins),
  queueKey('stream-max-segment-size-bytes', STREAM, count, 'segment size', policyWins),
  queueKey('stream-filter-size-bytes', STREAM, is.integerFrom(16, 255), 'filter size', policyWins),
  queueKey('initial-cluster-size', STREAM, count, 'cluster size', policyWins),
  queueKey('queue-leader-locator', EVERY, LOCATORS, 'queue leader locator value', argumentWins),
  {
    ...queueKey('queue-master-locator', CLASSIC, MASTERS, '', argumentWins, operatorWins),
    complaint: 'invalid queue-master-locator value',
  },
  // Ours, as the arguments are.
  queueKey('delayed-retry-backoff', NO_STREAM, BACKOFFS, 'delayed retry backoff', policyWins),
  queueKey('delayed-retry-jitter', NO_STREAM, PERCENT, 'delayed retry jitter', policyWins),
  // LavinMQ's name; the others are the arguments' without x-.
  exchangeKey('delayed-message', is.flag, 'delayed message value'),
  queueKey('delayed', NO_STREAM, is.flag, 'delayed value', argumentWins),
  queueKey('message-deduplication', NO_STREAM, is.flag, 'deduplication value', argumentWins),
  queueKey('cache-size', NO_STREAM, CACHE_SIZES, 'cache size', argumentWins),
  queueKey('cache-ttl', NO_STREAM, is.integerFrom(1), 'cache TTL', argumentWins),
  queueKey(
    'deduplication-header',
    NO_STREAM,
    is.nonEmptyText,
    'deduplication header name',
    argumentWins,
  ),
  mirrorKey('ha-mode', is.oneOf('all', 'exactly', 'nodes'), 'ha-mode value'),
  mirrorKey('ha-params', is.anything, 'ha-params value'),
  mirrorKey('ha-sync-mode', is.oneOf('manual', 'automatic'), 'ha-sync-mode value'),
  mirrorKey('ha-sync-batch-size', is.integerFrom(1), 'ha-sync-batch-size value'),
  mirrorKey(
    'ha-promote-on-shutdown',
    is.oneOf('always', 'when-synced'),
    'ha-promote-on-shutdown value',
  ),
  mirrorKey(
    'ha-promote-on-failure',
    is.oneOf('always', 'when-synced'),
    'ha-promote-on-failure value',
  ),
];

const BY_NAME: ReadonlyMap<string, PolicyKey> = new Map(
  POLICY_KEYS.map((key): [string, PolicyKey] => [key.name, key]),
);

/** The row of a key; undefined for what is no policy key. */
export function policyKey(name: string): PolicyKey | undefined {
  return BY_NAME.get(name);
}
