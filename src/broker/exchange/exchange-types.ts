// THE list of exchange types. A new type is its file, one line here, and a case in the contract suite.

import type { FieldTable } from '../../protocol/field-table.ts';
import { ConsistentHashRouter, validateHashArguments } from './consistent-hash-router.ts';
import { DELAYED_MESSAGE_TYPE, delayedTypeOf } from './delayed-message-router.ts';
import { DirectRouter } from './direct-router.ts';
import { FanoutRouter } from './fanout-router.ts';
import { HeadersRouter } from './headers-router.ts';
import { LocalRandomRouter } from './local-random-router.ts';
import { ModulusHashRouter } from './modulus-hash-router.ts';
import { RandomRouter } from './random-router.ts';
import { RecentHistoryRouter, validateHistoryArguments } from './recent-history-router.ts';
import type { Router } from './router.ts';
import { TopicRouter } from './topic-router.ts';

export interface ExchangeType {
  /** Throws AmqpError for arguments that the type does not allow. `resource` is what `resourceText` gives. */
  validateArguments(exchangeArguments: FieldTable, resource: string): void;
  /** The routing rule of one exchange, whose arguments are valid. */
  createRouter(exchangeArguments: FieldTable): Router;
}

function type(
  createRouter: ExchangeType['createRouter'],
  validateArguments: ExchangeType['validateArguments'] = () => {},
): ExchangeType {
  return { createRouter, validateArguments };
}

/** By what declare calls `type`. */
export const EXCHANGE_TYPES: ReadonlyMap<string, ExchangeType> = new Map<string, ExchangeType>([
  ['direct', type(() => new DirectRouter())],
  ['fanout', type(() => new FanoutRouter())],
  ['headers', type(() => new HeadersRouter())],
  ['topic', type(() => new TopicRouter())],
  ['x-consistent-hash', type((given) => new ConsistentHashRouter(given), validateHashArguments)],
  [
    DELAYED_MESSAGE_TYPE,
    {
      validateArguments: (given, resource) =>
        delayedTypeOf(given, EXCHANGE_TYPES).validateArguments(given, resource),
      createRouter: (given) => delayedTypeOf(given, EXCHANGE_TYPES).createRouter(given),
    },
  ],
  ['x-local-random', type(() => new LocalRandomRouter())],
  ['x-modulus-hash', type(() => new ModulusHashRouter())],
  ['x-random', type(() => new RandomRouter())],
  ['x-recent-history', type((given) => new RecentHistoryRouter(given), validateHistoryArguments)],
]);
