// Producers: each numbers its messages through all rounds and never sends one twice. What it sends
// next comes from the seed; how fast, from the window of unanswered publishes.

import type { SeededRandom } from '../simulation/seeded-random.ts';
import type { Link } from './link.ts';
import { encodeBody } from './message-body.ts';
import { BACKLOG, CONSUMED_QUEUES, FANOUT, FANOUT_QUEUES } from './world.ts';

const WINDOW = 200;
const TICK_MS = 2;
const BODY_BYTES_MIN = 20;
const BODY_BYTES_MAX = 200_000;
const TRANSIENT_PERCENT = 10;

export interface Route {
  readonly exchange: string;
  readonly routingKey: string;
  readonly queues: readonly string[];
}

export type RouteChoice = (random: SeededRandom) => Route;

function toQueue(name: string): Route {
  return { exchange: '', routingKey: name, queues: [name] };
}

export const toAnyConsumed: RouteChoice = (random) => toQueue(random.pick(CONSUMED_QUEUES));
export const toBacklog: RouteChoice = () => toQueue(BACKLOG);
export const toFanout: RouteChoice = () => ({
  exchange: FANOUT,
  routingKey: '',
  queues: FANOUT_QUEUES,
});
export const toAnything: RouteChoice = (random) =>
  random.chance(30)
    ? toFanout(random)
    : random.chance(20)
      ? toBacklog(random)
      : toAnyConsumed(random);

export class Producer {
  readonly name: string;
  readonly random: SeededRandom;
  readonly #runId: string;
  readonly #choose: RouteChoice;
  #sequence = 0;

  constructor(name: string, runId: string, random: SeededRandom, choose: RouteChoice) {
    this.name = name;
    this.random = random;
    this.#runId = runId;
    this.#choose = choose;
  }

  next(): { id: string; sequence: number; route: Route; body: Buffer } {
    const sequence = this.#sequence++;
    const id = `${this.#runId}:${this.name}:${sequence}`;
    return { id, sequence, route: this.#choose(this.random), body: encodeBody(id, this.#size()) };
  }

  /** Every order of magnitude is met; most messages are small. */
  #size(): number {
    const top = this.random.chance(6) ? BODY_BYTES_MAX : 4_000;
    const share = this.random.below(1 << 20) / (1 << 20);
    return Math.round(BODY_BYTES_MIN * (top / BODY_BYTES_MIN) ** share);
  }
}

/**
 * Publishes with confirms until the link ends, at a rate that lasts for the whole epoch, so that every
 * kill meets a busy broker; never more than WINDOW messages unanswered.
 */
export async function publishWithConfirms(
  producer: Producer,
  link: Link,
  messagesPerSecond: number,
): Promise<void> {
  let sent = 0;
  let answered = 0;
  const { name, channel } = await link.confirmChannel((tag) => {
    answered = Math.max(answered, tag);
  });
  const startedMs = performance.now();
  const isDue = (): boolean => {
    const elapsedSeconds = (performance.now() - startedMs) / 1_000;
    return sent < messagesPerSecond * elapsedSeconds && sent - answered < WINDOW;
  };
  const timer = setInterval(() => {
    try {
      while (!link.isClosed && isDue()) publishNext();
    } catch {
      // The channel ended with the broker.
    }
  }, TICK_MS);
  void link.closed.then(() => clearInterval(timer));

  function publishNext(): void {
    const { id, sequence, route, body } = producer.next();
    const isPersistent = !producer.random.chance(TRANSIENT_PERCENT);
    link.note({
      kind: 'published',
      epoch: link.epoch,
      link: link.name,
      channel: name,
      tag: ++sent,
      id,
      producer: producer.name,
      sequence,
      queues: route.queues,
      isPersistent,
      group: id,
    });
    channel.publish(route.exchange, route.routingKey, body, { persistent: isPersistent });
  }
}
