// What an exchange type must offer. A router sees only the bindings of its own exchange; following
// exchange-to-exchange bindings and alternate exchanges is the work of `route.ts`.

import type { MessageProperties } from '../../protocol/content-header.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import type { Queue } from '../queue/queue.ts';
import type { Binding, BindingDestination } from './binding.ts';
import type { Exchange } from './exchange.ts';
import type { RecentHistory } from './recent-history.ts';

/** A message as routing sees it. */
export interface RoutedMessage {
  /** The key it was published with, then those of CC and BCC. At least one. */
  readonly routingKeys: readonly string[];
  /** The headers property, empty when absent. Decode once and keep it: it is asked per exchange. */
  headers(): FieldTable;
  /** All properties, for the types that look at others than headers. */
  properties(): MessageProperties;
  /** The message itself, for the types that keep messages. Only valid during the call. */
  incoming(): IncomingMessage;
  /** Asked by each exchange that has an intake: false when it took the message, which goes no further. */
  enters(exchange: Exchange): boolean;
}

/** Takes what a router found. Adding the same binding or queue twice is harmless. */
export interface Reached {
  add(binding: Binding): void;
  addQueue(queue: Queue): void;
  /** A whole number from 0 up to but not `count`, by chance. */
  choose(count: number): number;
}

/** The routing rule of one exchange. */
export interface Router {
  /** True: asked for every routing key of a message. False: asked once, with the publish key. */
  readonly usesEveryKey: boolean;
  /** True when exchange and routing key decide the result alone, so that a route may be kept. */
  readonly isCacheable: boolean;
  /** What a new binding gets first; only of types that keep messages. */
  readonly history?: RecentHistory;
  /** Throws AmqpError when the type does not allow such a binding. */
  validate(routingKey: string, bindingArguments: FieldTable, destination: BindingDestination): void;
  /** The binding is valid and not yet bound. */
  bind(binding: Binding): void;
  /** The binding is bound. */
  unbind(binding: Binding): void;
  /** Reports every binding that `routingKey` or the headers match. */
  route(routingKey: string, message: RoutedMessage, reached: Reached): void;
}
