// Exchange type `headers`: the binding's arguments are compared with the message's headers; routing
// keys are ignored. Bindings are compiled when they are made, so a route only compares values.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { formatOctets } from '../../protocol/erlang-text.ts';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../protocol/field-table.ts';
import { fieldValuesEqual, formatFieldValue } from '../../protocol/field-value.ts';
import type { Binding } from './binding.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

interface Condition {
  readonly header: string;
  /** A void value asks only that the header is there. */
  readonly value: FieldValue;
}

interface Rule {
  readonly needsAll: boolean;
  readonly conditions: readonly Condition[];
}

const MATCH_MODES: readonly string[] = ['all', 'any', 'all-with-x', 'any-with-x'];

export class HeadersRouter implements Router {
  readonly usesRoutingKey = false;
  readonly usesHeaders = true;
  readonly #rules = new Map<Binding, Rule>();

  validate(_routingKey: string, bindingArguments: FieldTable): void {
    const mode = bindingArguments.get('x-match');
    if (mode === undefined) return;
    if (mode.type !== 'S') {
      throw preconditionFailed(
        `Invalid x-match field type ${fieldTypeName(mode.type)} (value ${formatTerm(mode)}); expected longstr`,
      );
    }
    if (!MATCH_MODES.includes(mode.value.toString('utf8'))) {
      throw preconditionFailed(
        `Invalid x-match field value ${formatTerm(mode)}; expected all, any, all-with-x, or any-with-x`,
      );
    }
  }

  bind(binding: Binding): void {
    this.#rules.set(binding, compile(binding.arguments));
  }

  unbind(binding: Binding): void {
    this.#rules.delete(binding);
  }

  route(_routingKey: string, message: RoutedMessage, reached: Reached): void {
    if (this.#rules.size === 0) return;
    const headers = message.headers();
    for (const [binding, rule] of this.#rules) {
      if (matches(rule, headers)) reached.add(binding);
    }
  }
}

function compile(bindingArguments: FieldTable): Rule {
  const mode = bindingArguments.get('x-match');
  const modeName = mode?.type === 'S' ? mode.value.toString('utf8') : 'all';
  const comparesX = modeName.endsWith('-with-x');
  const conditions: Condition[] = [];
  for (const [header, value] of bindingArguments) {
    if (header === 'x-match') continue;
    if (header.startsWith('x-') && !comparesX) continue;
    conditions.push({ header, value });
  }
  return { needsAll: modeName.startsWith('all'), conditions };
}

function matches(rule: Rule, headers: FieldTable): boolean {
  for (const condition of rule.conditions) {
    const header = headers.get(condition.header);
    const holds =
      header !== undefined &&
      (condition.value.type === 'V' || headerValuesEqual(condition.value, header));
    if (holds !== rule.needsAll) return holds;
  }
  return rule.needsAll;
}

/** RabbitMQ 3.10's comparison: numbers by value whatever their type, strings octet for octet. */
function headerValuesEqual(wanted: FieldValue, header: FieldValue): boolean {
  const wantedValue = wanted.value;
  const headerValue = header.value;
  if (isNumeric(wantedValue) && isNumeric(headerValue)) {
    // Loose equality compares a bigint with a number exactly.
    // biome-ignore lint/suspicious/noDoubleEquals: numbers of different widths are meant to be equal.
    return wantedValue == headerValue;
  }
  if (Buffer.isBuffer(wantedValue) && Buffer.isBuffer(headerValue)) {
    return wantedValue.equals(headerValue);
  }
  return fieldValuesEqual(wanted, header);
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** RabbitMQ prints these values as Erlang terms: strings stand in `<<"…">>`. */
function formatTerm(value: FieldValue): string {
  if (value.type !== 'S' && value.type !== 'x') return formatFieldValue(value);
  return formatOctets(value.value, 0, value.value.length);
}
