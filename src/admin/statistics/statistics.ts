// Takes a sample of everything every 5 s, in slices of time. What the API says now is read from the
// broker's own counts; from here come the rates, the ages of messages, and what was.

import type { Broker } from '../../broker/broker.ts';
import type { Connection } from '../../broker/connection/connection.ts';
import type { Exchange } from '../../broker/exchange/exchange.ts';
import { Histogram } from '../../broker/metrics/histogram.ts';
import { TrafficCounts } from '../../broker/metrics/node-counts.ts';
import type { Queue } from '../../broker/queue/queue.ts';
import { publishCountOf, tickAges } from '../../broker/queue/queue-statistics.ts';
import type { VirtualHost } from '../../broker/vhost/vhost.ts';
import { Breath } from '../breath.ts';
import type { NodeReadings } from '../readings.ts';
import { TICK_MS } from './history.ts';
import { deliveryValues, publishValues } from './message-stats.ts';
import { churnValues, nodeValues } from './node-stats.ts';
import { Samples } from './samples.ts';
import { totalsOf, totalsValues, trafficOf } from './totals.ts';

/** How long messages waited in their queues, in seconds; right within a tick. */
const WAITED_SECONDS_BOUNDS = [5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];

export class Statistics {
  readonly samples: Samples;
  readonly waitedSeconds = new Histogram(WAITED_SECONDS_BOUNDS);
  /** The samples of all vhosts together are kept under this. */
  readonly overview = {};
  /** Those of the node. */
  readonly node = {};
  /** Those of what comes and goes on it. */
  readonly churn = {};
  readonly #broker: Broker;
  readonly #readings: NodeReadings;
  #traffic = new Map<VirtualHost, TrafficCounts>();
  #timer: { cancel(): void } | undefined;
  #isSampling = false;
  #isStopped = false;

  constructor(broker: Broker, readings: NodeReadings) {
    this.#broker = broker;
    this.#readings = readings;
    this.samples = new Samples(this.#tickNow());
  }

  async start(): Promise<void> {
    await this.#readings.refresh();
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #tickNow(): number {
    return Math.floor(this.#broker.clock.wallMs() / TICK_MS);
  }

  /** Ticks are at the same times as those of RabbitMQ's samples: full multiples of 5 s. */
  #schedule(): void {
    if (this.#isStopped) return;
    const { clock } = this.#broker;
    const delayMs = TICK_MS - (clock.wallMs() % TICK_MS);
    this.#timer = clock.setTimer(delayMs, () => {
      this.#schedule();
      void this.sample();
    });
  }

  /** As of the last sample. */
  traffic(vhost: VirtualHost): TrafficCounts {
    return this.#traffic.get(vhost) ?? vhost.counts.traffic;
  }

  /** Takes one sample of everything, for the tick that begins now. */
  async sample(): Promise<void> {
    // A node that is too busy for one sample in 5 s leaves some out.
    if (this.#isSampling) return;
    this.#isSampling = true;
    try {
      await this.#readings.refresh();
      const tick = this.#tickNow();
      // The wall clock may go back; ticks do not.
      this.samples.tick = Math.max(this.samples.tick + 1, tick);
      await this.#sampleAll();
      this.samples.sweep();
    } finally {
      this.#isSampling = false;
    }
  }

  async #sampleAll(): Promise<void> {
    const breath = new Breath();
    const { samples } = this;
    for (const vhost of this.#broker.vhosts.all()) {
      vhost.routeCache.settleCounts();
      for (const queue of vhost.queues.values()) {
        if (breath.isDue) await breath.take();
        this.#sampleQueue(queue);
      }
      for (const exchange of vhost.exchanges.values()) {
        if (breath.isDue) await breath.take();
        this.#sampleExchange(exchange);
      }
    }
    for (const connection of this.#broker.connections) {
      if (breath.isDue) await breath.take();
      this.#sampleConnection(connection);
    }
    this.#sampleTotals();
    samples.write(this.node, 'global', nodeValues(this.#broker, this.#readings));
    samples.write(this.churn, 'global', churnValues(this.#broker));
  }

  #sampleQueue(queue: Queue): void {
    const { samples } = this;
    samples.write(queue, 'basic', queueValues(queue));
    for (const source of queue.counts.sources) samples.write(source, 'detailed', [source.publish]);
    for (const use of queue.counts.uses) samples.write(use, 'detailed', deliveryValues(use));
    tickAges(queue, this.#broker.clock.nowMs(), this.waitedSeconds);
  }

  #sampleExchange(exchange: Exchange): void {
    const { samples } = this;
    samples.write(exchange, 'basic', exchangeValues(exchange));
    for (const use of exchange.counts.uses) samples.write(use, 'detailed', publishValues(use));
  }

  #sampleConnection(connection: Connection): void {
    const { samples } = this;
    samples.write(connection, 'basic', [connection.receivedBytes, connection.outgoing.sentBytes]);
    for (const { counts } of connection.channels.all()) {
      const values = [...publishValues(counts.publishes), ...deliveryValues(counts.deliveries)];
      samples.write(counts, 'basic', values);
    }
  }

  #sampleTotals(): void {
    const { samples } = this;
    this.#traffic = trafficOf(this.#broker);
    const sum = new TrafficCounts();
    sum.receivedBytes = this.#broker.counts.removedVhosts.traffic.receivedBytes;
    sum.sentBytes = this.#broker.counts.removedVhosts.traffic.sentBytes;
    const all = totalsOf([]);
    all.counts.add(this.#broker.counts.removedVhosts);
    for (const [vhost, traffic] of this.#traffic) {
      const totals = totalsOf([vhost]);
      samples.write(vhost, 'global', totalsValues(totals, traffic));
      all.ready += totals.ready;
      all.unacked += totals.unacked;
      all.counts.add(totals.counts);
      sum.receivedBytes += traffic.receivedBytes;
      sum.sentBytes += traffic.sentBytes;
    }
    samples.write(this.overview, 'global', totalsValues(all, sum));
  }
}

/** In the order of QUEUE_COLUMNS. */
export function queueValues(queue: Queue): number[] {
  const { readyCount, unackedCount } = queue;
  return [
    readyCount + unackedCount,
    readyCount,
    unackedCount,
    publishCountOf(queue),
    ...deliveryValues(queue.counts.total),
  ];
}

/** In the order of EXCHANGE_COLUMNS. */
export function exchangeValues({ counts }: Exchange): number[] {
  return [counts.total.publish, counts.publishOut];
}
