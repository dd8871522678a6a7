// Checks of single argument values, with RabbitMQ's reasons. Each returns undefined when the value is
// allowed, else the reason that follows `invalid arg '…' for queue '…' in vhost '…': `.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../protocol/field-table.ts';
import { GROUP_HEADER_BYTES_MAX } from './group-key.ts';

export type ArgumentCheck = (value: FieldValue, all: FieldTable) => string | undefined;

/** Ten years in milliseconds: RabbitMQ's bound for every period. */
const PERIOD_MS_MAX = 315_360_000_000;

/** The number in an integer of any width, undefined for other types. */
export function integerOf(value: FieldValue): number | undefined {
  switch (value.type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
      return value.value;
    case 'l':
    case 'L':
      return Number(value.value);
    default:
      return undefined;
  }
}

function wrongType(value: FieldValue): string {
  return `{unacceptable_type,${fieldTypeName(value.type)}}`;
}

function checkInteger(
  value: FieldValue,
  check: (number: number) => string | undefined,
): string | undefined {
  const number = integerOf(value);
  return number === undefined
    ? `"expected integer, got ${fieldTypeName(value.type)}"`
    : check(number);
}

/** An integer from `min` (0 or 1) to `max`; `tooLarge` names the reason above it. */
function integerBetween(min: 0 | 1, max: number, tooLarge: string): ArgumentCheck {
  return (value) =>
    checkInteger(value, (number) => {
      // The bigint is printed, not its rounded number.
      if (number < 0) return `{value_negative,${value.value}}`;
      if (number < min) return '{value_zero,0}';
      return number > max ? `{${tooLarge},${value.value}}` : undefined;
    });
}

export const positivePeriodMs = integerBetween(1, PERIOD_MS_MAX, 'value_too_large');
export const periodMs = integerBetween(0, PERIOD_MS_MAX, 'value_too_large');
export const positiveCount = integerBetween(1, Number.POSITIVE_INFINITY, 'value_too_large');
export const positiveUpTo = (max: number): ArgumentCheck =>
  integerBetween(1, max, 'value_too_large');
export const count = integerBetween(0, Number.POSITIVE_INFINITY, 'value_too_large');
export const percent = integerBetween(0, 100, 'max_value_exceeded');
export const priority = integerBetween(0, 255, 'max_value_exceeded');

export const anything: ArgumentCheck = () => undefined;

export const text: ArgumentCheck = (value) => (value.type === 'S' ? undefined : wrongType(value));

export const nonEmptyText =
  (reason: string): ArgumentCheck =>
  (value) => {
    if (value.type !== 'S') return wrongType(value);
    return value.value.length === 0 ? reason : undefined;
  };

export const flag: ArgumentCheck = (value) => (value.type === 't' ? undefined : wrongType(value));

/** A string from a list; `reason` may depend on what was given. */
export function oneOf(
  allowed: readonly string[],
  reason: (given: string) => string,
): ArgumentCheck {
  return (value) => {
    if (value.type !== 'S') return wrongType(value);
    const given = value.value.toString('utf8');
    return allowed.includes(given) ? undefined : reason(given);
  };
}

export const queueVersion: ArgumentCheck = (value) =>
  checkInteger(value, (number) =>
    number === 1 || number === 2 ? undefined : `"unsupported queue version '${value.value}'"`,
  );

export const deadLetterRoutingKey: ArgumentCheck = (value, all) => {
  if (value.type !== 'S') return wrongType(value);
  return all.has('x-dead-letter-exchange') ? undefined : 'routing_key_but_no_dlx_defined';
};

/** The name of a header. */
export const groupBy: ArgumentCheck = (value, all) => {
  if (value.type !== 'S') return wrongType(value);
  if (value.value.length > GROUP_HEADER_BYTES_MAX) return 'header_name_too_long';
  return all.has('x-max-priority') ? 'groups_and_priorities_exclude_each_other' : undefined;
};

/** Digits and a unit, more than nothing: `7D`. */
export const age: ArgumentCheck = (value) => {
  if (value.type !== 'S') return wrongType(value);
  const isAge = /^0*[1-9]\d*[YMDhms]$/.test(value.value.toString('latin1'));
  return isAge ? undefined : 'invalid_max_age';
};

/** An integer in a range. RabbitMQ's text for everything outside names no queue, so it is thrown. */
export function integerWithin(min: number, max: number, explanation: string): ArgumentCheck {
  return (value) =>
    checkInteger(value, (number) => {
      if (number < min || number > max) throw preconditionFailed(explanation);
      return undefined;
    });
}
