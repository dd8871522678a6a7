// Sums over what lives in a vhost, together with the past of what is gone: exact at the time of asking.

import type { Broker } from '../../broker/broker.ts';
import { TrafficCounts, VhostCounts } from '../../broker/metrics/node-counts.ts';
import type { VirtualHost } from '../../broker/vhost/vhost.ts';
import {
  DELIVERY_COLUMNS,
  DISK_NAMES,
  deliveryValues,
  LENGTH_NAMES,
  PUBLISH_COLUMNS,
  publishValues,
} from './message-stats.ts';
import { columnsOf } from './samples.ts';

export interface Totals {
  ready: number;
  unacked: number;
  readonly counts: VhostCounts;
}

export const TOTALS_COLUMNS = [
  ...columnsOf('lengths', LENGTH_NAMES),
  ...PUBLISH_COLUMNS,
  ...DELIVERY_COLUMNS,
  ...columnsOf('msg_rates', DISK_NAMES),
  ...columnsOf('data_rates', ['recv_oct', 'send_oct']),
];

export function totalsOf(vhosts: Iterable<VirtualHost>): Totals {
  const totals: Totals = { ready: 0, unacked: 0, counts: new VhostCounts() };
  for (const vhost of vhosts) {
    vhost.routeCache.settleCounts();
    totals.counts.add(vhost.counts);
    for (const exchange of vhost.exchanges.values()) totals.counts.addExchange(exchange.counts);
    for (const queue of vhost.queues.values()) {
      totals.ready += queue.readyCount;
      totals.unacked += queue.unackedCount;
      totals.counts.addQueue(queue.type.name, queue.counts);
    }
  }
  return totals;
}

/** In the order of TOTALS_COLUMNS. */
export function totalsValues({ ready, unacked, counts }: Totals, traffic: TrafficCounts): number[] {
  return [
    ready + unacked,
    ready,
    unacked,
    ...publishValues(counts.publishes),
    ...deliveryValues(counts.deliveries),
    0,
    0,
    traffic.receivedBytes,
    traffic.sentBytes,
  ];
}

/** Of all connections that are or were in a vhost. */
export function trafficOf(broker: Broker): Map<VirtualHost, TrafficCounts> {
  const byVhost = new Map<VirtualHost, TrafficCounts>();
  for (const vhost of broker.vhosts.all()) {
    const traffic = new TrafficCounts();
    traffic.receivedBytes = vhost.counts.traffic.receivedBytes;
    traffic.sentBytes = vhost.counts.traffic.sentBytes;
    byVhost.set(vhost, traffic);
  }
  for (const { vhost, receivedBytes, outgoing } of broker.connections) {
    const traffic = vhost === undefined ? undefined : byVhost.get(vhost);
    if (traffic === undefined) continue;
    traffic.receivedBytes += receivedBytes;
    traffic.sentBytes += outgoing.sentBytes;
  }
  return byVhost;
}
