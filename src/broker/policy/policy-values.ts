// Checks of single policy values, and values as Erlang prints them.

import { formatDouble, formatOctets } from '../../protocol/erlang-text.ts';
import type { PolicyValue } from '../applied-policies.ts';

/** True when the value may be set. */
export type PolicyCheck = (value: PolicyValue) => boolean;

export const text: PolicyCheck = (value) => typeof value === 'string';

export const nonEmptyText: PolicyCheck = (value) => typeof value === 'string' && value !== '';

export const flag: PolicyCheck = (value) => typeof value === 'boolean';

export const integer: PolicyCheck = (value) => Number.isSafeInteger(value);

export function integerFrom(min: number, max: number = Number.MAX_SAFE_INTEGER): PolicyCheck {
  return (value) => integer(value) && (value as number) >= min && (value as number) <= max;
}

export function oneOf(...allowed: readonly PolicyValue[]): PolicyCheck {
  return (value) => allowed.includes(value);
}

export const anything: PolicyCheck = () => true;

/** Digits and a unit, more than nothing: `7D`. */
export const age: PolicyCheck = (value) =>
  typeof value === 'string' && /^0*[1-9]\d*[YMDhms]$/.test(value);

/** As RabbitMQ prints it in its reasons. */
export function formatPolicyValue(value: PolicyValue): string {
  if (typeof value === 'string') return formatBinary(value);
  if (typeof value === 'number') {
    return Number.isInteger(value) ? BigInt(value).toString() : formatDouble(value);
  }
  if (Array.isArray(value)) return `[${value.map(formatPolicyValue).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${formatBinary(key)} => ${formatPolicyValue(item)}`,
  );
  return `#{${pairs.join(',')}}`;
}

export function formatBinary(text: string): string {
  const octets = Buffer.from(text, 'utf8');
  return formatOctets(octets, 0, octets.length);
}
