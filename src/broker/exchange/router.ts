// What an exchange type must offer. A router sees only the bindings of its own exchange; following
// exchange-to-exchange bindings and alternate exchanges is the work of `route.ts`.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Queue } from '../queue/queue.ts';
import type { Binding } from './binding.ts';
import type { Exchange } from './exchange.ts';

/** A message as routing sees it. */
export interface RoutedMessage {
  /** The key it was published with, then those of CC and BCC. At least one. */
  readonly routingKeys: readonly string[];
  /** The headers property, empty when absent. Decode once and keep it: it is asked per exchange. */
  headers(): FieldTable;
  /** Asked by each exchange that has an intake: false when it took the message, which goes no further. */
  enters(exchange: Exchange): boolean;
}

/** Takes what a router found. Adding the same binding or queue twice is harmless. */
export interface Reached {
  add(binding: Binding): void;
  addQueue(queue: Queue): void;
}

/** The routing rule of one exchange. */
export interface Router {
  /** False when every routing key gives the same result, so one call is enough. */
  readonly usesRoutingKey: boolean;
  /** True when the result may differ between two messages with the same key: never cached. */
  readonly usesHeaders: boolean;
  /** Throws AmqpError when the type does not allow such a binding. */
  validate(routingKey: string, bindingArguments: FieldTable): void;
  /** The binding is valid and not yet bound. */
  bind(binding: Binding): void;
  /** The binding is bound. */
  unbind(binding: Binding): void;
  /** Reports every binding that `routingKey` or the headers match. */
  route(routingKey: string, message: RoutedMessage, reached: Reached): void;
}
