// Which queues a message would reach: routing without a message, which changes nothing.

import type { MessageProperties } from '../../protocol/content-header.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import type { BrokerNode } from '../broker-node.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { RoutedMessage } from '../exchange/router.ts';
import { IncomingMessage } from '../message/incoming-message.ts';
import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from '../vhost/vhost.ts';

class Probe implements RoutedMessage {
  readonly routingKeys: readonly string[];
  /** Exchanges that would hold it back, or drop it as a duplicate. */
  readonly intakes: Exchange[] = [];
  readonly #properties: MessageProperties;
  readonly #headers: FieldTable;

  constructor(routingKeys: readonly string[], properties: MessageProperties) {
    this.routingKeys = routingKeys;
    this.#properties = properties;
    // Or exchanges that keep a history would keep it.
    const headers = new Map(properties.headers);
    this.#headers = headers.set('x-recent-history-no-store', { type: 't', value: true });
  }

  headers(): FieldTable {
    return this.#headers;
  }

  properties(): MessageProperties {
    return this.#properties;
  }

  incoming(): IncomingMessage {
    return new IncomingMessage();
  }

  enters(exchange: Exchange): boolean {
    this.intakes.push(exchange);
    return true;
  }
}

export interface ProbedRoute {
  readonly queues: readonly Queue[];
  /** Exchanges on the way that may delay or drop a message. */
  readonly intakes: readonly Exchange[];
}

export function probeRoute(
  node: BrokerNode,
  vhost: VirtualHost,
  exchange: Exchange,
  routingKeys: readonly string[],
  properties: MessageProperties,
): ProbedRoute {
  const probe = new Probe(routingKeys, properties);
  const queues: Queue[] = [];
  node.routing.route(vhost, exchange, probe, queues);
  return { queues, intakes: probe.intakes };
}
