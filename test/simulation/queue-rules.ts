// The queues of the simulated world that end messages by themselves: what they are declared with, and
// what the auditor knows of them by name. They are reached by the default exchange only.

import type { FieldTable, FieldValue } from '../../src/protocol/field-table.ts';

export interface QueueRules {
  readonly isDurable: boolean;
  readonly ttlMs?: number;
  readonly maxLength?: number;
  readonly overflow?: 'reject-publish' | 'reject-publish-dlx';
  readonly deadLetterExchange?: string;
  readonly deadLetterKey?: string;
  readonly maxPriority?: number;
  readonly expiresMs?: number;
  readonly deliveryLimit?: number;
  /** Whatever ends in it by a rule arrives in the safe queue in the end. */
  readonly isKept: boolean;
}

/** Where dead letters end: without limits, never deleted, never purged. */
export const SAFE_QUEUE = 'durable-safe';
const toSafe = { deadLetterExchange: '', deadLetterKey: SAFE_QUEUE, isKept: true } as const;

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
};

export const LIMITED_QUEUES: readonly string[] = Object.keys(QUEUE_RULES);

/** A dead letter may be in them without having been seen: what is dropped there is not known. */
export const DEAD_LETTER_TARGETS: readonly string[] = [
  SAFE_QUEUE,
  'limit-ttl',
  'limit-cycle',
  'limit-loop',
];

export const NO_RULES: QueueRules = { isDurable: false, isKept: false };

export function rulesOf(name: string): QueueRules {
  return QUEUE_RULES[name] ?? NO_RULES;
}

export function argumentsOf(name: string): FieldTable {
  const rules = rulesOf(name);
  const pairs: [string, FieldValue | undefined][] = [
    ['x-message-ttl', integer(rules.ttlMs)],
    ['x-max-length', integer(rules.maxLength)],
    ['x-overflow', text(rules.overflow)],
    ['x-dead-letter-exchange', text(rules.deadLetterExchange)],
    ['x-dead-letter-routing-key', text(rules.deadLetterKey)],
    ['x-max-priority', integer(rules.maxPriority)],
    ['x-expires', integer(rules.expiresMs)],
    ['x-delivery-limit', integer(rules.deliveryLimit)],
  ];
  return new Map(pairs.filter((pair): pair is [string, FieldValue] => pair[1] !== undefined));
}

function integer(value: number | undefined): FieldValue | undefined {
  return value === undefined ? undefined : { type: 'I', value };
}

function text(value: string | undefined): FieldValue | undefined {
  return value === undefined ? undefined : { type: 'S', value: Buffer.from(value) };
}
