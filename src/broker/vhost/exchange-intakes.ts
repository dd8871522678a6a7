// Gives exchanges the intake that their arguments and policies ask for, and routes what they held back.

import type { Random } from '../clock.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { exchangeIntakeSettings } from '../exchange/exchange-arguments.ts';
import { Routing } from '../exchange/route.ts';
import { ReleasedMessage } from '../exchange/routed-message.ts';
import type { Intakes } from '../intake.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { headersOf } from '../message/message-properties.ts';
import { routingKey } from '../message/message-record.ts';
import { senderSelectedKeys } from '../message/sender-selected.ts';
import type { Metadata } from '../metadata.ts';
import type { Queue } from '../queue/queue.ts';
import type { IdSequence } from './id-sequence.ts';
import { putExchange } from './records.ts';
import type { VirtualHosts } from './vhosts.ts';

export interface ExchangeIntakesContext {
  readonly intakes: Intakes;
  readonly ids: IdSequence;
  readonly metadata: Metadata;
  readonly vhosts: VirtualHosts;
  readonly random: Random;
}

export class ExchangeIntakes {
  readonly #context: ExchangeIntakesContext;
  readonly #routing: Routing;

  constructor(context: ExchangeIntakesContext) {
    this.#context = context;
    this.#routing = new Routing(context.random);
  }

  /** The exchange was made, or its policies changed. Routes that lead through it are found anew. */
  equip(exchange: Exchange): void {
    const settings = exchangeIntakeSettings(exchange);
    const isNeeded = settings.isDelaying || settings.deduplication !== undefined;
    if (exchange.storageId === 0) {
      if (!isNeeded) return;
      this.#giveStorageId(exchange);
    }
    const before = exchange.intake;
    this.#context.intakes.apply(exchange, settings, (message, hiddenKeys) =>
      this.#route(exchange, message, hiddenKeys),
    );
    const vhost = this.#context.vhosts.get(exchange.vhostName);
    if (vhost !== undefined && exchange.intake !== before) vhost.topologyRevision++;
  }

  /** Predeclared exchanges have no record until they hold messages; transient ones never get one. */
  #giveStorageId(exchange: Exchange): void {
    exchange.storageId = this.#context.ids.take();
    if (!exchange.isDurable) return;
    exchange.id = exchange.storageId;
    putExchange(this.#context.metadata, exchange);
  }

  /** A message that reaches no queue is dropped: nobody waits for it any more. */
  #route(exchange: Exchange, message: IncomingMessage, hiddenKeys: readonly string[]): void {
    const vhost = this.#context.vhosts.get(exchange.vhostName);
    if (vhost === undefined) return;
    const copies = senderSelectedKeys(headersOf(message), 'CC');
    const keys = [routingKey(message), ...copies, ...hiddenKeys];
    const targets: Queue[] = [];
    const released = new ReleasedMessage(message, keys, exchange);
    this.#routing.route(vhost, exchange, released, targets);
    for (const queue of targets) queue.enqueue(message);
  }
}
