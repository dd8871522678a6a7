// The arguments of exchanges that are checked whatever the type: those of delays and deduplication.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { type IntakeSettings, intakeSettingsOf } from '../intake.ts';
import { type ArgumentCheck, flag } from '../queue/argument-checks.ts';
import { DEDUPLICATION_ARGUMENTS } from '../queue/deduplication-arguments.ts';
import { DELAYED_MESSAGE_TYPE } from './x-delayed-message-router.ts';

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

/** What an exchange does with messages before it routes them; the arguments have its policies merged in. */
export function exchangeIntakeSettings(
  type: string,
  effectiveArguments: FieldTable,
): IntakeSettings {
  const isDelaying =
    type === DELAYED_MESSAGE_TYPE || effectiveArguments.get(DELAYED_EXCHANGE)?.value === true;
  return intakeSettingsOf(effectiveArguments, isDelaying);
}
