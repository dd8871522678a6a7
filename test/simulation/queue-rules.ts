// The queues of the simulated world that do more than hold messages: what they are declared with, and
// what the auditor knows of them by name. They are reached by the default exchange, and by exchanges
// whose bindings never change (exchange-rules.ts).

import type { FieldTable, FieldValue } from '../../src/protocol/field-table.ts';

/** What is remembered of the keys that were seen. */
export interface WindowRules {
  readonly cacheSize: number;
  readonly ttlMs?: number;
  /** The header with the key; absent: the default one. */
  readonly header?: string;
}

/** What is given back waits. */
export interface RetryRules {
  /** What waits: all of it, or what was rejected or lost its consumer, or what was nacked. */
  readonly type: 'all' | 'failed' | 'returned';
  readonly minMs: number;
  readonly maxMs: number;
  readonly backoff: 'linear' | 'fixed' | 'exponential';
}

export interface QueueRules {
  readonly isDurable: boolean;
  readonly ttlMs?: number;
  readonly maxLength?: number;
  readonly maxLengthBytes?: number;
  readonly overflow?: 'reject-publish' | 'reject-publish-dlx';
  readonly deadLetterExchange?: string;
  readonly deadLetterKey?: string;
  readonly maxPriority?: number;
  readonly expiresMs?: number;
  readonly deliveryLimit?: number;
  readonly retry?: RetryRules;
  readonly isQuorum?: boolean;
  readonly isSingleActive?: boolean;
  /** Its dead letters are kept until somebody takes them. */
  readonly isAtLeastOnce?: boolean;
  /** The header that names the group of a message. */
  readonly groupBy?: string;
  readonly isDelaying?: boolean;
  readonly window?: WindowRules;
  /** Whatever ends in it by a rule comes out elsewhere as a dead letter. */
  readonly isKept: boolean;
}

/** Where dead letters end: without limits, never deleted, never purged. */
export const SAFE_QUEUE = 'durable-safe';
const toSafe = { deadLetterExchange: '', deadLetterKey: SAFE_QUEUE, isKept: true } as const;
const toExchange = { isDurable: true, deadLetterExchange: 'death-exchange', isKept: true } as const;
const plain = { isDurable: true, isKept: false } as const;

export const QUEUE_RULES: Readonly<Record<string, QueueRules>> = {
  'limit-ttl': { isDurable: true, ttlMs: 40, ...toSafe },
  'limit-drop': { isDurable: true, maxLength: 3, ...toSafe, deadLetterKey: 'limit-ttl' },
  'limit-reject': { isDurable: true, maxLength: 3, overflow: 'reject-publish', ...toSafe },
  'limit-dlx': { isDurable: true, maxLength: 3, overflow: 'reject-publish-dlx', ...toSafe },
  'limit-priority': { isDurable: true, maxPriority: 3, ...toSafe },
  'limit-both': { isDurable: true, maxPriority: 2, maxLength: 2, ttlMs: 200, ...toSafe },
  'limit-returns': { isDurable: true, deliveryLimit: 1, ...toSafe },
  'limit-transient': { isDurable: false, maxLength: 2, ttlMs: 60, ...toSafe },
  'limit-cycle': { isDurable: true, ttlMs: 30, deadLetterExchange: '', isKept: false },
  'limit-loop': { isDurable: true, deadLetterExchange: '', isKept: true },
  'limit-void': { isDurable: true, ttlMs: 30, deadLetterExchange: 'nowhere', isKept: false },
  'limit-unused': { isDurable: true, expiresMs: 400, isKept: false },
  'limit-end': { isDurable: true, maxLength: 1, isKept: false },
  'group-durable': { ...plain, groupBy: 'group' },
  'group-letters': { isDurable: true, groupBy: 'group', ...toSafe },
  'group-transient': { isDurable: false, groupBy: 'group', isKept: false },
  'delay-queue': { ...plain, isDelaying: true },
  'delay-transient': { isDurable: false, isDelaying: true, isKept: false },
  'delay-0': plain,
  'delay-1': plain,
  'dedup-queue': { ...plain, window: { cacheSize: 1000 } },
  'dedup-small': { ...plain, window: { cacheSize: 2, header: 'key' } },
  'dedup-ttl': { ...plain, window: { cacheSize: 1000, ttlMs: 60 } },
  'dedup-delay': { ...plain, window: { cacheSize: 1000 }, isDelaying: true },
  'dedup-0': plain,
  'dedup-1': plain,
  'death-keys': { ...toExchange, ttlMs: 40 },
  'death-all': { ...toExchange, ttlMs: 100, maxLength: 3, deadLetterKey: 'all' },
  'death-drop': { ...toExchange, maxLengthBytes: 1500, deadLetterKey: 'two' },
  'death-reject': { ...toExchange, maxLengthBytes: 1500, overflow: 'reject-publish' },
  'death-dlx': {
    ...toExchange,
    maxLengthBytes: 1500,
    overflow: 'reject-publish-dlx',
    deadLetterKey: 'two',
  },
  'death-least': {
    ...toExchange,
    isQuorum: true,
    deliveryLimit: 4,
    ttlMs: 40,
    overflow: 'reject-publish',
    deadLetterKey: 'two',
    isAtLeastOnce: true,
  },
  'death-cycle': { ...toExchange, ttlMs: 20, deadLetterKey: 'loop' },
  'death-chain': { isDurable: true, ttlMs: 30, ...toSafe },
  'retry-limit': { isDurable: true, deliveryLimit: 2, ...toSafe },
  'retry-linear': { ...plain, retry: { type: 'all', minMs: 30, maxMs: 70, backoff: 'linear' } },
  'retry-failed': {
    isDurable: true,
    deliveryLimit: 4,
    retry: { type: 'failed', minMs: 10, maxMs: 1000, backoff: 'exponential' },
    ...toSafe,
  },
  'retry-returned': {
    isDurable: false,
    retry: { type: 'returned', minMs: 50, maxMs: 50, backoff: 'fixed' },
    isKept: false,
  },
  'retry-quorum': { isDurable: true, isQuorum: true, deliveryLimit: 2, ...toSafe },
  'retry-slow': {
    isDurable: true,
    isQuorum: true,
    deliveryLimit: 3,
    retry: { type: 'all', minMs: 20, maxMs: 40, backoff: 'exponential' },
    ...toSafe,
  },
  'retry-group': {
    ...plain,
    groupBy: 'group',
    retry: { type: 'all', minMs: 20, maxMs: 20, backoff: 'fixed' },
  },
  'active-one': { ...plain, isSingleActive: true },
  'active-none': plain,
  'active-two': { isDurable: false, isSingleActive: true, isKept: false },
  'death-0': plain,
  'death-1': plain,
};

/** A dead letter may be in them without having been seen: what is dropped there is not known. */
export const DEAD_LETTER_TARGETS: readonly string[] = [
  SAFE_QUEUE,
  'limit-ttl',
  'limit-cycle',
  'limit-loop',
  'death-cycle',
  'death-chain',
  'death-0',
  'death-1',
];

/** What the auditor could not follow when it is purged or deleted. */
export const UNTOUCHED_QUEUES: readonly string[] = [
  ...DEAD_LETTER_TARGETS,
  ...Object.keys(QUEUE_RULES).filter((name) => /^(?:delay|dedup|retry|active)-/.test(name)),
];

export const NO_RULES: QueueRules = { isDurable: false, isKept: false };

export function rulesOf(name: string): QueueRules {
  return QUEUE_RULES[name] ?? NO_RULES;
}

export function argumentsOf(name: string): FieldTable {
  const rules = rulesOf(name);
  return tableOf([
    ['x-message-ttl', integer(rules.ttlMs)],
    ['x-max-length', integer(rules.maxLength)],
    ['x-max-length-bytes', integer(rules.maxLengthBytes)],
    ['x-overflow', text(rules.overflow)],
    ['x-dead-letter-exchange', text(rules.deadLetterExchange)],
    ['x-dead-letter-routing-key', text(rules.deadLetterKey)],
    ['x-dead-letter-strategy', text(rules.isAtLeastOnce === true ? 'at-least-once' : undefined)],
    ['x-max-priority', integer(rules.maxPriority)],
    ['x-expires', integer(rules.expiresMs)],
    ['x-delivery-limit', integer(rules.deliveryLimit)],
    ...retryArguments(rules.retry),
    ['x-queue-type', text(rules.isQuorum === true ? 'quorum' : undefined)],
    ['x-group-by', text(rules.groupBy)],
    ['x-single-active-consumer', flag(rules.isSingleActive)],
    ['x-delayed', flag(rules.isDelaying)],
    ...windowArguments(rules.window),
  ]);
}

type Pair = readonly [name: string, value: FieldValue | undefined];

export function tableOf(pairs: readonly Pair[]): FieldTable {
  return new Map(pairs.filter((pair): pair is [string, FieldValue] => pair[1] !== undefined));
}

function retryArguments(retry: RetryRules | undefined): Pair[] {
  if (retry === undefined) return [];
  return [
    ['x-delayed-retry-type', text(retry.type)],
    ['x-delayed-retry-min', integer(retry.minMs)],
    ['x-delayed-retry-max', integer(retry.maxMs)],
    ['x-delayed-retry-backoff', text(retry.backoff)],
  ];
}

export function windowArguments(window: WindowRules | undefined): Pair[] {
  if (window === undefined) return [];
  return [
    ['x-message-deduplication', flag(true)],
    ['x-cache-size', integer(window.cacheSize)],
    ['x-cache-ttl', integer(window.ttlMs)],
    ['x-deduplication-header', text(window.header)],
  ];
}

export function integer(value: number | undefined): FieldValue | undefined {
  return value === undefined ? undefined : { type: 'I', value };
}

export function text(value: string | undefined): FieldValue | undefined {
  return value === undefined ? undefined : { type: 'S', value: Buffer.from(value) };
}

export function flag(value: boolean | undefined): FieldValue | undefined {
  return value === undefined ? undefined : { type: 't', value };
}
