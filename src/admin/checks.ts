// What an operator gave, checked as RabbitMQ checks it, before anything changes. The values may come
// from JavaScript or JSON, so that their types say nothing.

import { compilePattern } from '../auth/name-pattern.ts';
import { formatPolicyValue } from '../broker/policy/policy-values.ts';
import { ValidationError } from '../util/request-errors.ts';

/** AMQP carries names in short strings. */
const NAME_BYTES_MAX = 255;

/** The fields of an object argument; others are refused, not ignored. */
export function requireFields(what: string, fields: unknown, known: readonly string[]): void {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ValidationError(`${what} should be an object, actually was ${shown(fields)}`);
  }
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new ValidationError(`${what} has no field '${unknown}'; its fields: ${known.join(', ')}`);
}

export function requireText(field: string, value: unknown): asserts value is string {
  if (typeof value === 'string') return;
  throw new ValidationError(`${field} should be a string, actually was ${shown(value)}`);
}

/** Names may be empty where AMQP lets them: of vhosts and exchanges. */
export function requireName(field: string, value: unknown, bytesMin: 0 | 1): void {
  requireText(field, value);
  const bytes = Buffer.byteLength(value, 'utf8');
  if (bytes >= bytesMin && bytes <= NAME_BYTES_MAX) return;
  throw new ValidationError(`${field} has ${bytesMin} to ${NAME_BYTES_MAX} octets, not ${bytes}`);
}

/** `filledIn`: the pattern as it is used, with its variables filled in. */
export function requirePattern(
  field: string,
  value: unknown,
  filledIn: (pattern: string) => string = (pattern) => pattern,
): void {
  requireText(field, value);
  const compiled = compilePattern(filledIn(value));
  if (typeof compiled !== 'string') return;
  throw new ValidationError(`${field} should be regular expression but is invalid: ${compiled}`);
}

/** `group` is RabbitMQ's word: `limits` of vhosts, `user-limits`. */
export function requireLimitName(
  group: 'limits' | 'user-limits',
  known: readonly string[],
  name: unknown,
  value: unknown,
): void {
  if (typeof name === 'string' && known.includes(name)) return;
  throw new ValidationError(`Unrecognised terms [{${shown(name)},${shown(value)}}] in ${group}`);
}

export function requireInteger(field: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value)) return;
  throw new ValidationError(`${field} should be a number, actually was ${shown(value)}`);
}

export function requireBoolean(field: string, value: unknown): asserts value is boolean {
  if (typeof value === 'boolean') return;
  throw new ValidationError(`${field} should be a boolean, actually was ${shown(value)}`);
}

export function requireTags(tags: unknown): asserts tags is readonly string[] {
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return;
  throw new ValidationError(`tags should be a list of strings, actually was ${shown(tags)}`);
}

export function shown(value: unknown): string {
  return value === undefined
    ? 'undefined'
    : formatPolicyValue(value as Parameters<typeof formatPolicyValue>[0]);
}
