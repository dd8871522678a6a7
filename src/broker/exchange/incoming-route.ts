// A message on its way through exchanges. Those with an intake may take it on the way: then it is neither
// routed further nor unroutable, and its confirm may have to wait for what they stored.

import type { FieldTable } from '../../protocol/field-table.ts';
import { PASSED, TAKEN_UNTIL_COMMIT } from '../intake.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { headersOf } from '../message/message-properties.ts';
import type { Exchange } from './exchange.ts';
import type { RoutedMessage } from './router.ts';

export class IncomingRoute implements RoutedMessage {
  readonly routingKeys: readonly string[];
  /** An exchange took the message. */
  isTaken = false;
  needsCommit = false;
  readonly #message: IncomingMessage;
  /** The exchange that held the message back until now. */
  readonly #releasedBy: Exchange | undefined;
  #headers: FieldTable | undefined;

  constructor(message: IncomingMessage, routingKeys: readonly string[], releasedBy?: Exchange) {
    this.#message = message;
    this.routingKeys = routingKeys;
    this.#releasedBy = releasedBy;
  }

  headers(): FieldTable {
    this.#headers ??= headersOf(this.#message);
    return this.#headers;
  }

  enters(exchange: Exchange): boolean {
    if (exchange === this.#releasedBy) return true;
    const result = exchange.intake?.take(this.#message, this.routingKeys) ?? PASSED;
    if (result === PASSED) return true;
    this.isTaken = true;
    if (result === TAKEN_UNTIL_COMMIT) this.needsCommit = true;
    return false;
  }
}

/** Finds out at publish time whether an intake is on the way, without giving it the message. */
export class ProbedRoute extends IncomingRoute {
  override enters(): boolean {
    this.isTaken = true;
    return false;
  }
}
