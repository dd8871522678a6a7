// One virtual host: its exchanges, queues and bindings in memory. Topology alone changes them and
// raises `topologyRevision` with every change that may alter a route.

import { EMPTY_TABLE } from '../../protocol/field-table.ts';
import { DefaultRouter } from '../exchange/default-router.ts';
import { Exchange, type ExchangeDefinition } from '../exchange/exchange.ts';
import { EXCHANGE_TYPES, type ExchangeType } from '../exchange/exchange-types.ts';
import type { RoutingTable } from '../exchange/route.ts';
import { RouteCache } from '../exchange/route-cache.ts';
import type { Router } from '../exchange/router.ts';
import { VhostCounts } from '../metrics/node-counts.ts';
import { VhostPolicies } from '../policy/vhost-policies.ts';
import type { Queue } from '../queue/queue.ts';
import type { QueueType } from '../queue/queue-types.ts';

/** Copies of messages go here while the vhost is traced. */
export const TRACE_EXCHANGE = 'amq.rabbitmq.trace';
/** Events of the node go here, in one vhost and when it is asked for. */
export const EVENT_EXCHANGE = 'amq.rabbitmq.event';

/** Every vhost has these from its creation; they are never stored and cannot be deleted. */
const PREDECLARED: readonly { name: string; type: string; isInternal: boolean }[] = [
  { name: 'amq.direct', type: 'direct', isInternal: false },
  { name: 'amq.fanout', type: 'fanout', isInternal: false },
  { name: 'amq.headers', type: 'headers', isInternal: false },
  { name: 'amq.match', type: 'headers', isInternal: false },
  { name: TRACE_EXCHANGE, type: 'topic', isInternal: true },
  { name: 'amq.topic', type: 'topic', isInternal: false },
];

/** RabbitMQ's names. A negative limit is none, 0 allows none. */
export type VhostLimit = 'max-connections' | 'max-queues';

export const VHOST_LIMITS: readonly VhostLimit[] = ['max-connections', 'max-queues'];

/** Something could not be routed and is to be tried again. */
export interface AwaitingRoute {
  retryLater(): void;
}

/** What operators say of a vhost. */
export interface VhostNotes {
  readonly description: string;
  readonly tags: readonly string[];
  /** True: nobody deletes it until this is taken back. */
  readonly isProtected: boolean;
}

const NO_NOTES: VhostNotes = { description: '', tags: [], isProtected: false };

export class VirtualHost implements RoutingTable {
  readonly name: string;
  /** Id of its metadata record (kind `vhost`). */
  readonly id: number;
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  readonly defaultExchange: Exchange;
  readonly policies = new VhostPolicies();
  readonly counts = new VhostCounts();
  /** Set by an operator. */
  readonly limits = new Map<VhostLimit, number>();
  notes = NO_NOTES;
  /** The type of a queue whose declaration names none and suits it; undefined: the node's. */
  defaultQueueType: QueueType | undefined;
  /** Bindings of all exchanges; the default exchange's implicit ones are not counted. */
  bindingCount = 0;
  /** The firehose is on: see connection/firehose.ts. Not stored: a restart turns it off. */
  isTraced = false;
  /** Told whenever routes may have changed. */
  readonly awaitingRoutes = new Set<AwaitingRoute>();
  #topologyRevision = 0;
  routeEpoch = 0;
  /** Routes computed at the current revision, by the bytes of exchange and routing key. */
  readonly routeCache = new RouteCache();

  constructor(name: string, id: number) {
    this.name = name;
    this.id = id;
    this.defaultExchange = this.#predeclare('', 'direct', false, new DefaultRouter(this.queues));
    for (const { name: exchangeName, type, isInternal } of PREDECLARED) {
      this.#predeclare(exchangeName, type, isInternal, routerOf(type));
    }
  }

  /** A route computed at one revision holds while the revision stays. */
  get topologyRevision(): number {
    return this.#topologyRevision;
  }

  set topologyRevision(revision: number) {
    this.#topologyRevision = revision;
    for (const waiting of this.awaitingRoutes) waiting.retryLater();
  }

  /** Before anything is restored or declared. */
  addEventExchange(): void {
    this.#predeclare(EVENT_EXCHANGE, 'topic', true, routerOf('topic'));
  }

  /** Infinity: no limit. */
  limit(name: VhostLimit): number {
    const value = this.limits.get(name);
    return value === undefined || value < 0 ? Number.POSITIVE_INFINITY : value;
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

function routerOf(type: string): Router {
  return (EXCHANGE_TYPES.get(type) as ExchangeType).createRouter(EMPTY_TABLE);
}
