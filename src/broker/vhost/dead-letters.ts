// Takes messages that left a queue to its dead-letter exchange. The move and the removal happen in one
// turn, so they are one commit: a crash loses nothing and doubles nothing. What nobody takes is lost, or
// kept by its queue (at-least-once).

import type { Random } from '../clock.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { Routing } from '../exchange/route.ts';
import { ProbingMessage, PublishedMessage } from '../exchange/routed-message.ts';
import { DeadMessage } from '../message/dead-message.ts';
import { deathsOf, isCycle } from '../message/death-history.ts';
import { DeathSplice } from '../message/death-splice.ts';
import { IncomingMessage } from '../message/incoming-message.ts';
import { routingKey } from '../message/message-record.ts';
import { RECORD_DEAD_LETTERED, recordBytesAt } from '../message/record.ts';
import { hiddenKeysAt } from '../message/record-trailer.ts';
import { type Undelivered, undeliveredAt } from '../message/undelivered-trailer.ts';
import type { DeadLetterSink, DeathReason } from '../queue/dead-letter.ts';
import { REJECTED } from '../queue/enqueue-outcome.ts';
import type { Queue } from '../queue/queue.ts';
import type { RecoveredStates } from '../queue/queue-definition.ts';
import { levelCount } from '../queue/queue-lanes.ts';
import {
  type Redelivered,
  type UndeliveredEnvironment,
  UndeliveredLetters,
} from '../queue/undelivered-letters.ts';
import type { VirtualHost } from './vhost.ts';
import type { VirtualHosts } from './vhosts.ts';

type Letter = Undelivered<DeathReason>;

interface Pending {
  readonly queue: Queue;
  readonly record: Buffer;
  readonly reason: DeathReason;
}

const NOBODY: readonly string[] = [];
/** In place of a key that need not be decoded. */
const ONE_KEY: readonly string[] = [''];

export class DeadLetters implements DeadLetterSink {
  readonly #vhosts: VirtualHosts;
  readonly #environment: UndeliveredEnvironment;
  readonly #recovered: RecoveredStates;
  readonly #routing: Routing;
  /** Scratch of its own: a dead letter may be made while a publish uses the node's. */
  readonly #message = new IncomingMessage();
  readonly #splice = new DeathSplice();
  /** Made by a dead letter on its way into its queues (reject-publish-dlx). */
  readonly #pending: Pending[] = [];
  #isRouting = false;
  #isTakenIn = false;

  constructor(
    vhosts: VirtualHosts,
    environment: UndeliveredEnvironment,
    random: Random,
    recovered: RecoveredStates,
  ) {
    this.#vhosts = vhosts;
    this.#environment = environment;
    this.#recovered = recovered;
    this.#routing = new Routing(random);
    this.#message.extraFlags = RECORD_DEAD_LETTERED;
  }

  settingsChanged(queue: Queue): void {
    if (!queue.settings.canKeepDeadLetters) return;
    const isStored = this.#recovered(undeliveredIdOf(queue)) !== undefined;
    if (queue.undelivered === undefined && isStored) this.#undeliveredOf(queue);
    queue.undelivered?.retryLater();
  }

  add(queue: Queue, slab: Buffer, offset: number, reason: DeathReason): void {
    queue.counts.died(reason);
    if (this.#isRouting) {
      const record = Buffer.from(slab.subarray(offset, offset + recordBytesAt(slab, offset)));
      this.#pending.push({ queue, record, reason });
      return;
    }
    this.#isRouting = true;
    this.#move(queue, slab, offset, reason);
    this.#movePending();
    this.#isRouting = false;
  }

  #movePending(): void {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      this.#move(next.queue, next.record, 0, next.reason);
    }
  }

  #move(queue: Queue, slab: Buffer, offset: number, reason: DeathReason): void {
    const letter: Letter = {
      reason,
      diedAtMs: this.#environment.turn.wallMs,
      hiddenKeys: hiddenKeysAt(slab, offset),
      isTakenIn: false,
      takenBy: NOBODY,
    };
    const left = this.#deliver(queue, slab, offset, letter);
    if (left === undefined || !queue.settings.keepsDeadLetters || queue.isRemoved) return;
    this.#undeliveredOf(queue).hold(slab, offset, left);
  }

  #undeliveredOf(queue: Queue): UndeliveredLetters {
    if (queue.undelivered !== undefined) return queue.undelivered;
    const storageId = undeliveredIdOf(queue);
    const letters = new UndeliveredLetters(
      this.#environment,
      storageId,
      (slab, offset) => this.#redeliver(queue, slab, offset),
      this.#recovered(storageId),
      () => this.#vhosts.get(queue.vhostName)?.awaitingRoutes.delete(letters),
    );
    queue.undelivered = letters;
    this.#vhosts.get(queue.vhostName)?.awaitingRoutes.add(letters);
    return letters;
  }

  #redeliver(queue: Queue, slab: Buffer, offset: number): Redelivered {
    const { deadLetterExchange, keepsDeadLetters } = queue.settings;
    if (deadLetterExchange === undefined) return 'gone';
    const letter = undeliveredAt<DeathReason>(slab, offset);
    this.#isRouting = true;
    const left = this.#deliver(queue, slab, offset, letter);
    this.#movePending();
    this.#isRouting = false;
    // No longer at-least-once: that was its last chance.
    if (left === undefined || !keepsDeadLetters) return 'gone';
    const isSame =
      left.takenBy.length === letter.takenBy.length && left.isTakenIn === letter.isTakenIn;
    return isSame ? 'kept' : left;
  }

  /** Returns what is left to be delivered; undefined when it is done. */
  #deliver(queue: Queue, slab: Buffer, offset: number, letter: Letter): Letter | undefined {
    const { deadLetterExchange } = queue.settings;
    const vhost = this.#vhosts.get(queue.vhostName);
    const exchange = vhost?.exchanges.get(deadLetterExchange ?? '');
    // Without the exchange at-most-once drops the message, as in RabbitMQ.
    if (vhost === undefined || exchange === undefined) return letter;
    const dead = this.#describe(queue, slab, offset, letter, exchange);
    const left = this.#publish(queue, vhost, exchange, dead, letter);
    this.#message.record = undefined;
    if (left === undefined && queue.settings.keepsDeadLetters) queue.counts.deadLetterConfirmed();
    return left;
  }

  /** Describes what is published in #message; undefined when it has one routing key and died this once. */
  #describe(
    queue: Queue,
    slab: Buffer,
    offset: number,
    letter: Letter,
    exchange: Exchange,
  ): DeadMessage | undefined {
    const { deadLetterRoutingKey: newKey } = queue.settings;
    const { reason, hiddenKeys } = letter;
    const message = this.#message;
    const timeSeconds = Math.floor(letter.diedAtMs / 1000);
    const { name } = exchange;
    const isSpliced =
      (newKey !== undefined || hiddenKeys.length === 0) &&
      this.#splice.describe(message, slab, offset, queue.name, reason, timeSeconds, name, newKey);
    if (isSpliced) return undefined;
    const dead = new DeadMessage(slab, offset);
    dead.die({ queue: queue.name, reason, timeSeconds, hiddenKeys }, newKey);
    dead.describe(message, name);
    return dead;
  }

  #publish(
    queue: Queue,
    vhost: VirtualHost,
    exchange: Exchange,
    dead: DeadMessage | undefined,
    letter: Letter,
  ): Letter | undefined {
    const isCounted = queue.settings.keepsDeadLetters;
    const deaths = dead && deathsOf(dead.headers);
    const targets = this.#route(vhost, exchange, dead, letter.isTakenIn);
    let isRefused = false;
    let { takenBy } = letter;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as Queue;
      if (takenBy.length > 0 && takenBy.includes(target.name)) continue;
      const isBack = deaths === undefined ? target === queue : isCycle(deaths, target.name);
      if (letter.reason !== 'rejected' && isBack) continue;
      if ((target.enqueue(this.#message) & REJECTED) !== 0) isRefused = true;
      else if (isCounted) takenBy = [...takenBy, target.name];
    }
    const isTakenIn = letter.isTakenIn || this.#isTakenIn;
    const isSomebodys = isTakenIn || takenBy.length > 0;
    return isSomebodys && !isRefused ? undefined : { ...letter, isTakenIn, takenBy };
  }

  /** Sets #isTakenIn when an exchange took the message on the way. */
  #route(
    vhost: VirtualHost,
    exchange: Exchange,
    dead: DeadMessage | undefined,
    isTakenIn: boolean,
  ): readonly Queue[] {
    const message = this.#message;
    const { buffer, namesStart, namesEnd } = message;
    const { routeCache, topologyRevision } = vhost;
    this.#isTakenIn = false;
    const keys = dead?.keys ?? ONE_KEY;
    const cached =
      keys.length === 1
        ? routeCache.find(buffer, namesStart, namesEnd, topologyRevision)
        : undefined;
    if (cached !== undefined) return cached.targets;
    const Message = isTakenIn ? ProbingMessage : PublishedMessage;
    const routed = new Message(message, dead === undefined ? [routingKey(message)] : keys);
    const targets: Queue[] = [];
    const isKeyedOnly = this.#routing.route(vhost, exchange, routed, targets);
    this.#isTakenIn = routed.isTaken;
    // Clients must not find the route of an exchange to which they may not publish.
    if (isKeyedOnly && !exchange.isInternal) {
      const names = Buffer.from(buffer.subarray(namesStart, namesEnd));
      routeCache.add({ names, exchange, targets, uncounted: 0 });
    }
    return targets;
  }
}

/** The id behind those of its levels: see storageIdCount. */
function undeliveredIdOf(queue: Queue): number {
  return queue.storageId + levelCount(queue.settings);
}
