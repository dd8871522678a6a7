// Exchange type `x-delayed-message`: routes as the type that `x-delayed-type` names; what makes it delay is
// its intake. The texts are those of RabbitMQ's plug-in.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import type { Router } from './router.ts';

export const DELAYED_MESSAGE_TYPE = 'x-delayed-message';
const DELAYED_TYPE_ARGUMENT = 'x-delayed-type';

/** Throws 406 when the arguments do not name another exchange type. */
export function createDelayedRouter(
  exchangeArguments: FieldTable,
  types: ReadonlyMap<string, (exchangeArguments: FieldTable) => Router>,
): Router {
  const value = exchangeArguments.get(DELAYED_TYPE_ARGUMENT);
  if (value?.type !== 'S') {
    throw preconditionFailed(
      `Invalid argument, '${DELAYED_TYPE_ARGUMENT}' must be an existing exchange type`,
    );
  }
  const type = value.value.toString('utf8');
  if (type === DELAYED_MESSAGE_TYPE) {
    throw preconditionFailed(
      `Invalid argument, '${DELAYED_MESSAGE_TYPE}' can't be used for '${DELAYED_TYPE_ARGUMENT}'`,
    );
  }
  return requireType(types, type)(exchangeArguments);
}

/** Throws 406 for a type that does not exist. */
export function requireType<T>(types: ReadonlyMap<string, T>, type: string): T {
  const found = types.get(type);
  if (found !== undefined) return found;
  throw preconditionFailed(
    type === '' ? `invalid exchange type ''` : `unknown exchange type '${type}'`,
  );
}
