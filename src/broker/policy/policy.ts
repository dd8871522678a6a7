// One policy, checked and compiled.

import type { PolicyDefinition } from '../applied-policies.ts';
import type { NamePattern } from '../name-pattern.ts';
import type { QueueTypeName } from '../queue/queue-types.ts';
import { policyKey } from './policy-keys.ts';

/** Policies of users, and those of operators, which bound them. The names are RabbitMQ's. */
export type PolicyKind = 'policy' | 'operator_policy';

export const POLICY_KINDS: readonly PolicyKind[] = ['policy', 'operator_policy'];

export type ApplyTo =
  | 'all'
  | 'queues'
  | 'exchanges'
  | 'classic_queues'
  | 'quorum_queues'
  | 'streams';

/** Queue types by what `apply-to` says; `exchanges` are none. */
export const QUEUES_APPLIED_TO: Readonly<Record<ApplyTo, readonly QueueTypeName[]>> = {
  all: ['classic', 'quorum', 'stream'],
  queues: ['classic', 'quorum', 'stream'],
  exchanges: [],
  classic_queues: ['classic'],
  quorum_queues: ['quorum'],
  streams: ['stream'],
};

export interface Policy {
  /** Id of its metadata record. */
  readonly id: number;
  readonly name: string;
  readonly pattern: NamePattern;
  readonly applyTo: ApplyTo;
  readonly priority: number;
  readonly definition: PolicyDefinition;
}

/** A policy with a key that the type knows nothing of is passed over, and the next best one applies. */
export function appliesToQueue(policy: Policy, name: string, type: QueueTypeName): boolean {
  if (!QUEUES_APPLIED_TO[policy.applyTo].includes(type)) return false;
  for (const key of policy.definition.keys()) {
    if (policyKey(key)?.unsupportedBy.includes(type) === true) return false;
  }
  return policy.pattern.matches(name);
}

export function appliesToExchange(policy: Policy, name: string): boolean {
  return (
    (policy.applyTo === 'all' || policy.applyTo === 'exchanges') && policy.pattern.matches(name)
  );
}
