// The arguments of exchanges that are checked whatever the type: those of delays and deduplication.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { fieldValueOf } from '../../protocol/field-value.ts';
import { type IntakeSettings, intakeSettingsOf } from '../intake.ts';
import { type ArgumentCheck, flag } from '../queue/argument-checks.ts';
import { DEDUPLICATION_ARGUMENTS } from '../queue/deduplication-arguments.ts';
import { DELAYED_MESSAGE_TYPE } from './delayed-message-router.ts';
import type { Exchange } from './exchange.ts';

const DELAYED_EXCHANGE = 'x-delayed-exchange';

const EXCHANGE_ARGUMENTS: readonly (readonly [name: string, check: ArgumentCheck])[] = [
  [DELAYED_EXCHANGE, flag],
  ...DEDUPLICATION_ARGUMENTS,
];

/** Throws 406 for the first argument with a wrong value. `resource` is what `resourceText` gives. */
export function validateExchangeArguments(resource: string, exchangeArguments: FieldTable): void {
  for (const [name, check] of EXCHANGE_ARGUMENTS) {
    const value = exchangeArguments.get(name);
    const reason = value === undefined ? undefined : check(value, exchangeArguments);
    if (reason !== undefined) {
      throw preconditionFailed(`invalid arg '${name}' for ${resource}: ${reason}`);
    }
  }
}

/** What an exchange does with messages before it routes them. Its arguments go before its policies. */
export function exchangeIntakeSettings(exchange: Exchange): IntakeSettings {
  const effective = new Map(exchange.arguments);
  for (const [name] of DEDUPLICATION_ARGUMENTS) {
    const value = exchange.policies.definition.get(name.slice('x-'.length));
    if (value !== undefined && !effective.has(name)) {
      effective.set(name, fieldValueOf(value as string | number | boolean));
    }
  }
  const isDelaying =
    exchange.type === DELAYED_MESSAGE_TYPE ||
    (exchange.arguments.get(DELAYED_EXCHANGE)?.value ??
      exchange.policies.definition.get('delayed-message')) === true;
  return intakeSettingsOf(effective, isDelaying);
}
