// Gives queues and exchanges the intake that their arguments ask for, and takes back what it held: into
// the queue, or through the exchange.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { exchangeIntakeSettings } from '../exchange/exchange-arguments.ts';
import { IncomingRoute } from '../exchange/incoming-route.ts';
import type { Routing } from '../exchange/route.ts';
import { type Intakes, intakeSettingsOf } from '../intake.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { headersOf, propertiesOf, rewriteProperties } from '../message/message-properties.ts';
import { routingKey, shareLarge } from '../message/message-record.ts';
import { senderSelectedKeys, withoutBcc } from '../message/sender-selected.ts';
import type { Metadata } from '../metadata.ts';
import type { Queue } from '../queue/queue.ts';
import type { IdSequence } from './id-sequence.ts';
import { putExchange } from './records.ts';
import type { VirtualHosts } from './vhosts.ts';

export interface IntakeOwnersContext {
  readonly intakes: Intakes;
  readonly ids: IdSequence;
  readonly metadata: Metadata;
  readonly vhosts: VirtualHosts;
  readonly routing: Routing;
}

export class IntakeOwners {
  readonly #context: IntakeOwnersContext;

  constructor(context: IntakeOwnersContext) {
    this.#context = context;
  }

  /** A queue was made, or its policies changed: `effectiveArguments` have them merged in. */
  queueChanged(queue: Queue, effectiveArguments: FieldTable = queue.arguments): void {
    const isDelaying = effectiveArguments.get('x-delayed')?.value === true;
    const settings = intakeSettingsOf(effectiveArguments, isDelaying);
    this.#context.intakes.apply(queue, settings, (message) => queue.append(message));
  }

  /** An exchange was made, or its policies changed. Routes that lead through it are found anew. */
  exchangeChanged(exchange: Exchange, effectiveArguments: FieldTable = exchange.arguments): void {
    const settings = exchangeIntakeSettings(exchange.type, effectiveArguments);
    const isNeeded = settings.isDelaying || settings.deduplication !== undefined;
    if (exchange.storageId === 0) {
      if (!isNeeded) return;
      this.#giveStorageId(exchange);
    }
    this.#context.intakes.apply(exchange, settings, (message) => this.#route(exchange, message));
    const vhost = this.#context.vhosts.get(exchange.vhostName);
    if (vhost !== undefined) vhost.topologyRevision++;
  }

  /** Predeclared exchanges have no record until they hold messages; transient ones never get one. */
  #giveStorageId(exchange: Exchange): void {
    exchange.storageId = this.#context.ids.take();
    if (!exchange.isDurable) return;
    exchange.id = exchange.storageId;
    putExchange(this.#context.metadata, exchange);
  }

  /** A message that the exchange held back. One that reaches no queue is dropped: nobody waits for it. */
  #route(exchange: Exchange, message: IncomingMessage): void {
    const vhost = this.#context.vhosts.get(exchange.vhostName);
    if (vhost === undefined) return;
    const headers = headersOf(message);
    const keys = [
      routingKey(message),
      ...senderSelectedKeys(headers, 'CC'),
      ...senderSelectedKeys(headers, 'BCC'),
    ];
    if (headers.has('BCC')) {
      rewriteProperties(message, { ...propertiesOf(message), headers: withoutBcc(headers) });
      shareLarge(message);
    }
    const targets: Queue[] = [];
    const route = new IncomingRoute(message, keys, exchange);
    this.#context.routing.route(vhost, exchange, route, targets);
    for (const queue of targets) queue.enqueue(message);
  }
}
