// One virtual host: its exchanges, queues and bindings in memory. Topology alone changes them and
// raises `topologyRevision` with every change that may alter a route.

import { EMPTY_TABLE } from '../../protocol/field-table.ts';
import { DefaultRouter } from '../exchange/default-router.ts';
import { Exchange, type ExchangeDefinition } from '../exchange/exchange.ts';
import { EXCHANGE_TYPES, type RouterFactory } from '../exchange/exchange-types.ts';
import type { RoutingTable } from '../exchange/route.ts';
import { RouteCache } from '../exchange/route-cache.ts';
import type { Router } from '../exchange/router.ts';
import type { Queue } from '../queue/queue.ts';

/** Every vhost has these from its creation; they are never stored and cannot be deleted. */
const PREDECLARED: readonly { name: string; type: string; isInternal: boolean }[] = [
  { name: 'amq.direct', type: 'direct', isInternal: false },
  { name: 'amq.fanout', type: 'fanout', isInternal: false },
  { name: 'amq.headers', type: 'headers', isInternal: false },
  { name: 'amq.match', type: 'headers', isInternal: false },
  { name: 'amq.rabbitmq.trace', type: 'topic', isInternal: true },
  { name: 'amq.topic', type: 'topic', isInternal: false },
];

export class VirtualHost implements RoutingTable {
  readonly name: string;
  /** Id of its metadata record (kind `vhost`). */
  readonly id: number;
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  readonly defaultExchange: Exchange;
  /** Bindings of all exchanges; the default exchange's implicit ones are not counted. */
  bindingCount = 0;
  /** A route computed at one revision holds while the revision stays. */
  topologyRevision = 0;
  routeEpoch = 0;
  /** Routes computed at the current revision, by the bytes of exchange and routing key. */
  readonly routeCache = new RouteCache();

  constructor(name: string, id: number) {
    this.name = name;
    this.id = id;
    this.defaultExchange = this.#predeclare('', 'direct', false, new DefaultRouter(this.queues));
    for (const { name: exchangeName, type, isInternal } of PREDECLARED) {
      const createRouter = EXCHANGE_TYPES.get(type) as RouterFactory;
      this.#predeclare(exchangeName, type, isInternal, createRouter(EMPTY_TABLE));
    }
  }

  #predeclare(name: string, type: string, isInternal: boolean, router: Router): Exchange {
    const definition: ExchangeDefinition = {
      vhostName: this.name,
      name,
      type,
      isDurable: true,
      isAutoDelete: false,
      isInternal,
      arguments: EMPTY_TABLE,
      id: 0,
    };
    const exchange = new Exchange(definition, router);
    this.exchanges.set(name, exchange);
    return exchange;
  }
}
