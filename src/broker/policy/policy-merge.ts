// Rules for two values of one policy key: a policy's with an operator policy's, and the result with a
// queue's argument of the same meaning.

import type { PolicyValue } from '../applied-policies.ts';
import type { QueueTypeName } from '../queue/queue-types.ts';

/** The value that holds, from that of the policy and that of an operator policy. */
export type OperatorMerge = (policy: PolicyValue, operator: PolicyValue) => PolicyValue;

/** The same from that of the policies and that of the queue's argument. */
export type ArgumentMerge = (
  policy: PolicyValue,
  argument: PolicyValue,
  type: QueueTypeName,
) => PolicyValue;

const numbers = (choose: (one: number, other: number) => number) => {
  return (one: PolicyValue, other: PolicyValue): PolicyValue =>
    typeof one === 'number' && typeof other === 'number' ? choose(one, other) : other;
};

export const least = numbers(Math.min);
export const most = numbers(Math.max);

/** A negative limit is none: where one side has none, the other's holds. */
export const leastLimit = numbers((one, other) =>
  one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other),
);

export const operatorWins: OperatorMerge = (_policy, operator) => operator;
export const policyWins: ArgumentMerge = (policy) => policy;
export const argumentWins: ArgumentMerge = (_policy, argument) => argument;

export const leastButOnStreams: ArgumentMerge = (policy, argument, type) =>
  type === 'stream' ? policy : least(policy, argument);

export const argumentWinsButOnQuorum: ArgumentMerge = (policy, argument, type) =>
  type === 'quorum' ? policy : argument;
