// Exchanges as operators see and change them, by the rules that hold for clients.

import type { Exchange } from '../broker/exchange/exchange.ts';
import { probeRoute } from '../broker/operator/route-probe.ts';
import { NotFoundError } from '../util/request-errors.ts';
import { actorOf } from './actor.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import { tableOfJson } from './field-json.ts';
import type { ListSource } from './listing.ts';
import { propertiesOfJson } from './messages.ts';
import type { Requester } from './requester.ts';
import { sortedExchanges } from './sorted.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import { detailedExchangeView, exchangeView } from './views/exchange-view.ts';

/** By vhost and name. */
export function exchangeList(
  { broker, statistics }: AdminNode,
  vhostNames: readonly string[],
  ranges: SampleRanges,
): ListSource<Exchange> {
  const items: Exchange[] = [];
  for (const name of vhostNames) {
    const vhost = broker.vhosts.get(name);
    if (vhost === undefined) continue;
    vhost.routeCache.settleCounts();
    items.push(...sortedExchanges(vhost));
  }
  return {
    items,
    name: (exchange) => exchange.name,
    view: (exchange) => exchangeView(statistics.samples, exchange, ranges),
  };
}

/** Throws NotFoundError. A `+` may stand for a space: some clients encode a path as if it were a form. */
export function exchangeByName({ broker }: AdminNode, vhostName: string, name: string): Exchange {
  const { exchanges } = broker.vhosts.existing(vhostName);
  const exchange = exchanges.get(name) ?? exchanges.get(name.replaceAll('+', ' '));
  if (exchange !== undefined) return exchange;
  throw new NotFoundError(`no exchange '${name}' in vhost '${vhostName}'`);
}

export function exchangeDetails(
  node: AdminNode,
  vhostName: string,
  name: string,
  ranges: SampleRanges,
): View {
  const exchange = exchangeByName(node, vhostName, name);
  const vhost = node.broker.vhosts.existing(vhostName);
  return detailedExchangeView(node.broker, node.statistics.samples, vhost, exchange, ranges);
}

export interface ExchangeSettings {
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly arguments: View;
}

/** Resolves with true when it is new. */
export function declareExchange(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  settings: ExchangeSettings,
): Promise<boolean> {
  const exchangeArguments = tableOfJson('arguments', settings.arguments);
  return node.changes.make(() => {
    const vhost = node.broker.vhosts.existing(vhostName);
    const { size } = vhost.exchanges;
    node.broker.topology.declareExchange(actorOf(requester), vhost, {
      ...settings,
      name,
      arguments: exchangeArguments,
    });
    return vhost.exchanges.size > size;
  });
}

/** Throws NotFoundError when there is none. */
export function deleteExchange(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  ifUnused: boolean,
): Promise<unknown> {
  return node.changes.make(() => {
    const vhost = node.broker.vhosts.existing(vhostName);
    const exchange = exchangeByName(node, vhostName, name);
    return node.broker.topology.deleteExchange(actorOf(requester), vhost, exchange.name, ifUnused);
  });
}

/** Which queues a message with that key and those properties would reach. */
export function testRoute(
  node: AdminNode,
  vhostName: string,
  name: string,
  routingKeys: readonly string[],
  properties: View,
): View {
  const vhost = node.broker.vhosts.existing(vhostName);
  const exchange = exchangeByName(node, vhostName, name);
  const read = propertiesOfJson(properties);
  const { queues, intakes } = probeRoute(node.broker, vhost, exchange, routingKeys, read);
  return {
    routed: queues.length > 0,
    queues: queues.map((queue) => ({ name: queue.name, vhost: queue.vhostName })),
    // They may hold the message back, or drop it as a duplicate.
    held_by: intakes.map((intake) => ({ name: intake.name, vhost: intake.vhostName })),
  };
}
