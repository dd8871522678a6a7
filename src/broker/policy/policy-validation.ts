// What an operator gave as a policy, checked as RabbitMQ checks it: every wrong field is named, and of
// the definition the first wrong key.

import { ValidationError } from '../../util/request-errors.ts';
import type { PolicyDefinition, PolicyValue } from '../applied-policies.ts';
import type { CompilePattern, NamePattern } from '../name-pattern.ts';
import { type ApplyTo, type PolicyKind, QUEUES_APPLIED_TO } from './policy.ts';
import { policyKey } from './policy-keys.ts';
import { formatBinary, formatPolicyValue } from './policy-values.ts';

/** Field names as in RabbitMQ's definitions; the values may come from anywhere. */
export interface PolicyFields {
  readonly pattern: unknown;
  readonly definition: unknown;
  /** Default 0. */
  readonly priority?: unknown;
  /** Default `all`. */
  readonly 'apply-to'?: unknown;
}

export interface CheckedPolicy {
  readonly pattern: NamePattern;
  readonly definition: PolicyDefinition;
  readonly priority: number;
  readonly applyTo: ApplyTo;
}

/** A definition as JSON, at most: what every queue of the vhost is held against stays small. */
const DEFINITION_LENGTH_MAX = 16_384;

/** Throws ValidationError. */
export function checkPolicy(
  kind: PolicyKind,
  fields: PolicyFields,
  compile: CompilePattern,
): CheckedPolicy {
  const { priority = 0, 'apply-to': applyTo = 'all' } = fields;
  const pattern = compiled(fields.pattern, compile);
  const reasons = [
    definitionFault(kind, fields.definition),
    isApplyTo(applyTo) ? undefined : applyToFault(applyTo),
    typeof pattern === 'string' ? pattern : undefined,
    typeof priority === 'number' && Number.isFinite(priority)
      ? undefined
      : `priority should be a number, actually was ${formatUnknown(priority)}`,
  ].filter((reason) => reason !== undefined);
  if (reasons.length > 0) throw new ValidationError(reasons.join('\n'));
  return {
    pattern: pattern as NamePattern,
    definition: sorted(fields.definition as Readonly<Record<string, PolicyValue>>),
    priority: priority as number,
    applyTo: applyTo as ApplyTo,
  };
}

function compiled(pattern: unknown, compile: CompilePattern): NamePattern | string {
  if (typeof pattern !== 'string') {
    return `pattern should be a binary but was ${formatUnknown(pattern)}`;
  }
  const result = compile(pattern);
  if (typeof result !== 'string') return result;
  return `pattern should be regular expression but is invalid: ${result}`;
}

function isApplyTo(value: unknown): value is ApplyTo {
  return typeof value === 'string' && Object.hasOwn(QUEUES_APPLIED_TO, value);
}

function applyToFault(value: unknown): string {
  const given = typeof value === 'string' ? value : formatUnknown(value);
  return (
    `apply-to '${given}' unrecognised; should be one of: 'queues', 'classic_queues', ` +
    " 'quorum_queues', 'streams', 'exchanges', or 'all'"
  );
}

function definitionFault(kind: PolicyKind, definition: unknown): string | undefined {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    return `definition must be a dictionary: ${formatUnknown(definition)}`;
  }
  if (JSON.stringify(definition).length > DEFINITION_LENGTH_MAX) {
    return `definition is too large: ${DEFINITION_LENGTH_MAX} characters of JSON at most`;
  }
  const entries = [...sorted(definition as Readonly<Record<string, PolicyValue>>)];
  if (entries.length === 0) return 'no policy provided';
  const unknown: string[] = [];
  for (const [name, value] of entries) {
    const key = policyKey(name);
    if (key === undefined || (kind === 'operator_policy' && key.withOperator === undefined)) {
      unknown.push(`{${formatBinary(name)},${formatPolicyValue(value)}}`);
    } else if (!key.check(value)) {
      return `${formatPolicyValue(value)} ${key.complaint}`;
    }
  }
  if (unknown.length === 0) return undefined;
  return `[${unknown.join(',')}] are not recognised policy settings`;
}

function sorted(definition: Readonly<Record<string, PolicyValue>>): PolicyDefinition {
  return new Map(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function formatUnknown(value: unknown): string {
  return value === undefined ? 'undefined' : formatPolicyValue(value as PolicyValue);
}
