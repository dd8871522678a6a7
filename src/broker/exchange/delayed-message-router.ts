// Exchange type `x-delayed-message`: routes as the type that `x-delayed-type` names; what makes it delay is
// its intake. The texts are those of RabbitMQ's plug-in.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';

export const DELAYED_MESSAGE_TYPE = 'x-delayed-message';
const DELAYED_TYPE_ARGUMENT = 'x-delayed-type';

/** The type that a delayed exchange routes as. Throws 406 when the arguments do not name another one. */
export function delayedTypeOf<T>(exchangeArguments: FieldTable, types: ReadonlyMap<string, T>): T {
  const value = exchangeArguments.get(DELAYED_TYPE_ARGUMENT);
  if (value?.type !== 'S') {
    throw preconditionFailed(
      `Invalid argument, '${DELAYED_TYPE_ARGUMENT}' must be an existing exchange type`,
    );
  }
  const name = value.value.toString('utf8');
  if (name === DELAYED_MESSAGE_TYPE) {
    throw preconditionFailed(
      `Invalid argument, '${DELAYED_MESSAGE_TYPE}' can't be used for '${DELAYED_TYPE_ARGUMENT}'`,
    );
  }
  return requireType(types, name);
}

/** Throws 406 for a type that does not exist. */
export function requireType<T>(types: ReadonlyMap<string, T>, name: string): T {
  const type = types.get(name);
  if (type !== undefined) return type;
  throw preconditionFailed(
    name === '' ? `invalid exchange type ''` : `unknown exchange type '${name}'`,
  );
}
