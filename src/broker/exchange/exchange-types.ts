// THE list of exchange types. A new type is its file, one line here, and a case in the contract suite.

import { DirectRouter } from './direct-router.ts';
import { FanoutRouter } from './fanout-router.ts';
import { HeadersRouter } from './headers-router.ts';
import type { Router } from './router.ts';
import { TopicRouter } from './topic-router.ts';

/** What declare calls `type` → the routing rule for one exchange of it. */
export const EXCHANGE_TYPES: ReadonlyMap<string, () => Router> = new Map<string, () => Router>([
  ['direct', () => new DirectRouter()],
  ['fanout', () => new FanoutRouter()],
  ['headers', () => new HeadersRouter()],
  ['topic', () => new TopicRouter()],
]);
