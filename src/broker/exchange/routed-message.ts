// The message of a publish as routers see it: its properties are decoded when the first router asks.
// Exchanges with an intake may take it on the way: then it is neither routed further nor unroutable.

import type { MessageProperties } from '../../protocol/content-header.ts';
import { EMPTY_TABLE, type FieldTable } from '../../protocol/field-table.ts';
import { PASSED } from '../intake.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { hasHeaders, propertiesOf } from '../message/message-properties.ts';
import { TAKEN } from '../queue/enqueue-outcome.ts';
import type { Exchange } from './exchange.ts';
import type { RoutedMessage } from './router.ts';

export class PublishedMessage implements RoutedMessage {
  readonly routingKeys: readonly string[];
  /** An exchange took the message, or would have. */
  isTaken = false;
  /** What became of it in the exchanges that took it: see queue/enqueue-outcome.ts. */
  outcome = TAKEN;
  readonly #message: IncomingMessage;
  #properties: MessageProperties | undefined;

  constructor(message: IncomingMessage, routingKeys: readonly string[]) {
    this.#message = message;
    this.routingKeys = routingKeys;
  }

  headers(): FieldTable {
    if (this.#properties === undefined && !hasHeaders(this.#message)) return EMPTY_TABLE;
    return this.properties().headers ?? EMPTY_TABLE;
  }

  properties(): MessageProperties {
    this.#properties ??= propertiesOf(this.#message);
    return this.#properties;
  }

  incoming(): IncomingMessage {
    return this.#message;
  }

  enters(exchange: Exchange): boolean {
    const result = exchange.intake?.take(this.#message, this.routingKeys) ?? PASSED;
    if (result === PASSED) return true;
    this.isTaken = true;
    this.outcome |= result;
    return false;
  }
}

/** Finds out whether an intake is on the way, without giving it the message. */
export class ProbingMessage extends PublishedMessage {
  override enters(): boolean {
    this.isTaken = true;
    return false;
  }
}

/** A message that `from` held back until now. */
export class ReleasedMessage extends PublishedMessage {
  readonly #from: Exchange;

  constructor(message: IncomingMessage, routingKeys: readonly string[], from: Exchange) {
    super(message, routingKeys);
    this.#from = from;
  }

  override enters(exchange: Exchange): boolean {
    return exchange === this.#from || super.enters(exchange);
  }
}
