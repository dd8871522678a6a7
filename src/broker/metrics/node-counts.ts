// What is counted for a whole node and for a virtual host, beside the sum of what lives there: the past
// of what is gone, and what belongs to no single object.

import { DeathCounts, DeliveryCounts, PublishCounts } from './message-counts.ts';
import { MessageSizes } from './message-sizes.ts';
import type { ExchangeCounts, QueueCounts } from './resource-counts.ts';

/** Deliveries and dead letters of the queues of one type. */
export class QueueTypeCounts {
  readonly deliveries = new DeliveryCounts();
  readonly deaths = new DeathCounts();

  add(other: QueueTypeCounts): void {
    this.deliveries.add(other.deliveries);
    this.deaths.add(other.deaths);
  }
}

/** Bytes of connections. */
export class TrafficCounts {
  receivedBytes = 0;
  sentBytes = 0;
}

/** The past of a virtual host: exchanges, queues and connections that are gone. */
export class VhostCounts {
  readonly publishes = new PublishCounts();
  /** Copies that went to queues. */
  publishOut = 0;
  readonly traffic = new TrafficCounts();
  /** By the name of the queue type. */
  readonly byQueueType = new Map<string, QueueTypeCounts>();

  ofType(name: string): QueueTypeCounts {
    let counts = this.byQueueType.get(name);
    if (counts === undefined) {
      counts = new QueueTypeCounts();
      this.byQueueType.set(name, counts);
    }
    return counts;
  }

  get deliveries(): DeliveryCounts {
    const total = new DeliveryCounts();
    for (const { deliveries } of this.byQueueType.values()) total.add(deliveries);
    return total;
  }

  exchangeRemoved(exchange: ExchangeCounts): void {
    this.addExchange(exchange);
    exchange.remove();
  }

  addExchange(exchange: ExchangeCounts): void {
    exchange.addTo(this.publishes);
    this.publishOut += exchange.publishOut;
  }

  queueRemoved(typeName: string, queue: QueueCounts): void {
    this.addQueue(typeName, queue);
    queue.remove();
  }

  addQueue(typeName: string, queue: QueueCounts): void {
    const counts = this.ofType(typeName);
    queue.addTo(counts.deliveries);
    if (queue.deaths !== undefined) counts.deaths.add(queue.deaths);
  }

  add(other: VhostCounts): void {
    this.publishes.add(other.publishes);
    this.publishOut += other.publishOut;
    this.traffic.receivedBytes += other.traffic.receivedBytes;
    this.traffic.sentBytes += other.traffic.sentBytes;
    for (const [name, counts] of other.byQueueType) this.ofType(name).add(counts);
  }
}

/** How often things came and went since the start. */
export class Churn {
  connectionsCreated = 0;
  connectionsClosed = 0;
  channelsCreated = 0;
  channelsClosed = 0;
  /** Every declaration, also of what existed, also passive. */
  queuesDeclared = 0;
  queuesCreated = 0;
  queuesDeleted = 0;
}

export class NodeCounts {
  readonly churn = new Churn();
  readonly messageSizes = new MessageSizes();
  /** Published on channels in confirm mode. */
  receivedConfirm = 0;
  /** Virtual hosts that are gone. */
  readonly removedVhosts = new VhostCounts();
}
