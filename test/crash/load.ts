// The load of one epoch: all producers and consumers, each on a connection of its own. Producers
// outlive epochs (their numbers go on); connections do not.

import { SeededRandom } from '../simulation/seeded-random.ts';
import { Consumer } from './consumer.ts';
import type { HistoryEvent } from './history.ts';
import { Link } from './link.ts';
import {
  Producer,
  publishWithConfirms,
  type RouteChoice,
  toAnyConsumed,
  toAnything,
  toBacklog,
  toFanout,
} from './producer.ts';
import { publishInTransactions } from './tx-producer.ts';
import { QUEUES } from './world.ts';

interface ConfirmingProducer {
  readonly producer: Producer;
  /** Bounds the backlog and the time of a run. */
  readonly messagesPerSecond: number;
}

export class Load {
  readonly #note: (event: HistoryEvent) => void;
  readonly #confirming: readonly ConfirmingProducer[];
  readonly #transactional: Producer;
  readonly #marking = new Map<string, Producer>();
  #links: Link[] = [];
  #transactions: Promise<void> = Promise.resolve();

  constructor(runId: string, seed: number, note: (event: HistoryEvent) => void) {
    this.#note = note;
    let count = 0;
    const create = (name: string, choose: RouteChoice) =>
      new Producer(name, runId, new SeededRandom(seed + ++count), choose);
    this.#confirming = [
      { producer: create('direct1', toAnyConsumed), messagesPerSecond: 3_000 },
      { producer: create('direct2', toAnyConsumed), messagesPerSecond: 3_000 },
      { producer: create('any', toAnything), messagesPerSecond: 1_500 },
      { producer: create('fanout', toFanout), messagesPerSecond: 800 },
      { producer: create('backlog', toBacklog), messagesPerSecond: 800 },
    ];
    this.#transactional = create('tx', toAnything);
    for (const { name, consumers } of QUEUES) {
      consumers.forEach((_, index) => {
        this.#marking.set(`${name} ${index}`, create(`mark-${name}-${index}`, toBacklog));
      });
    }
  }

  /** Connects everyone; resolves when all work. */
  async start(url: string, epoch: number): Promise<void> {
    const open = async () => {
      const link = await Link.open(url, epoch, this.#note);
      this.#links.push(link);
      return link;
    };
    for (const { name: queue, consumers } of QUEUES) {
      for (const [index, habit] of consumers.entries()) {
        const producer = this.#marking.get(`${queue} ${index}`) as Producer;
        const plan = { queue, habit, producer, hasMarks: true, onDelivery: () => undefined };
        await new Consumer(plan, await open()).start();
      }
    }
    for (const { producer, messagesPerSecond } of this.#confirming) {
      await publishWithConfirms(producer, await open(), messagesPerSecond);
    }
    this.#transactions = publishInTransactions(this.#transactional, await open());
  }

  /** Resolves when the broker's end has reached every client. Rejects when a client met a fault. */
  async ended(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.closed));
    this.#links = [];
    await this.#transactions;
  }
}
