// What holds for a queue: its policy with the operator's, and both with its arguments.

import type { FieldTable, FieldValue } from '../../protocol/field-table.ts';
import { fieldValueOf } from '../../protocol/field-value.ts';
import type { PolicyDefinition, PolicyValue } from '../applied-policies.ts';
import { integerOf } from '../queue/argument-checks.ts';
import type { QueueTypeName } from '../queue/queue-types.ts';
import { policyKey } from './policy-keys.ts';

/** RabbitMQ's effective_policy_definition. */
export function mergeDefinitions(
  policy: PolicyDefinition,
  operator: PolicyDefinition,
): PolicyDefinition {
  const merged = new Map([...policy, ...operator]);
  for (const [name, operatorValue] of operator) {
    const value = policy.get(name);
    const mergeValues = policyKey(name)?.withOperator;
    if (value !== undefined && mergeValues !== undefined) {
      merged.set(name, mergeValues(value, operatorValue));
    }
  }
  return new Map([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The arguments of a queue as if it had been declared with what its policies ask. */
export function effectiveArguments(
  queueArguments: FieldTable,
  definition: PolicyDefinition,
  type: QueueTypeName,
): FieldTable {
  const effective = new Map(queueArguments);
  for (const [name, value] of definition) {
    const key = policyKey(name);
    if (key?.object !== 'queue') continue;
    const argument = comparable(queueArguments.get(`x-${name}`));
    const holds = argument === undefined ? value : key.withArgument(value, argument, type);
    // What is set by a queue argument is plain, also in a policy: see the table's checks.
    effective.set(`x-${name}`, fieldValueOf(holds as string | number | boolean));
  }
  return effective;
}

/** An argument as a policy would give it; undefined when it is absent or of a type that means nothing. */
function comparable(argument: FieldValue | undefined): PolicyValue | undefined {
  if (argument === undefined) return undefined;
  if (argument.type === 'S') return argument.value.toString('utf8');
  return argument.type === 't' ? argument.value : integerOf(argument);
}
