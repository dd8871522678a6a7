// Exchange type `headers`: the binding's arguments are compared with the message's headers; routing
// keys are ignored. Bindings are compiled when they are made; an index finds the few worth comparing.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../protocol/field-table.ts';
import { fieldValuesEqual, formatTerm } from '../../protocol/field-value.ts';
import type { Binding } from './binding.ts';
import { type HeaderCondition, HeaderIndex, type HeaderRule } from './header-index.ts';
import type { Reached, RoutedMessage, Router } from './router.ts';

interface Rule extends HeaderRule {
  readonly binding: Binding;
}

const MATCH_MODES: readonly string[] = ['all', 'any', 'all-with-x', 'any-with-x'];

export class HeadersRouter implements Router {
  readonly usesEveryKey = false;
  readonly isCacheable = false;
  readonly #rules = new Map<Binding, Rule>();
  readonly #index = new HeaderIndex<Rule>();

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
    const rule = compile(binding);
    this.#rules.set(binding, rule);
    this.#index.add(rule);
  }

  unbind(binding: Binding): void {
    this.#index.remove(this.#rules.get(binding) as Rule);
    this.#rules.delete(binding);
  }

  route(_routingKey: string, message: RoutedMessage, reached: Reached): void {
    if (this.#rules.size === 0) return;
    const headers = message.headers();
    this.#index.find(headers, (rule) => {
      if (matches(rule, headers)) reached.add(rule.binding);
    });
  }
}

function compile(binding: Binding): Rule {
  const mode = binding.arguments.get('x-match');
  const modeName = mode?.type === 'S' ? mode.value.toString('utf8') : 'all';
  const comparesX = modeName.endsWith('-with-x');
  const conditions: HeaderCondition[] = [];
  for (const [header, value] of binding.arguments) {
    if (header === 'x-match') continue;
    if (header.startsWith('x-') && !comparesX) continue;
    conditions.push({ header, value });
  }
  return { binding, needsAll: modeName.startsWith('all'), conditions };
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
