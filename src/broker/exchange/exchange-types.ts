// THE list of exchange types. A new type is its file, one line here, and a case in the contract suite.

import type { FieldTable } from '../../protocol/field-table.ts';
import { DirectRouter } from './direct-router.ts';
import { FanoutRouter } from './fanout-router.ts';
import { HeadersRouter } from './headers-router.ts';
import type { Router } from './router.ts';
import { TopicRouter } from './topic-router.ts';
import { createDelayedRouter, DELAYED_MESSAGE_TYPE } from './x-delayed-message-router.ts';

/** Throws 406 for arguments that the type does not allow. */
export type RouterFactory = (exchangeArguments: FieldTable) => Router;

/** What declare calls `type` → the routing rule for one exchange of it. */
export const EXCHANGE_TYPES: ReadonlyMap<string, RouterFactory> = new Map<string, RouterFactory>([
  ['direct', () => new DirectRouter()],
  ['fanout', () => new FanoutRouter()],
  ['headers', () => new HeadersRouter()],
  ['topic', () => new TopicRouter()],
  [DELAYED_MESSAGE_TYPE, (given) => createDelayedRouter(given, EXCHANGE_TYPES)],
]);
