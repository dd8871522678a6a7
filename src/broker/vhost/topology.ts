// The one home of declare, delete, bind, unbind and purge: AMQP channels and the management API both
// come here. Each method throws AmqpError with RabbitMQ's text and changes nothing when it throws.

import type { Actor } from '../actor.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Queue } from '../queue/queue.ts';
import { BindingRules } from './binding-rules.ts';
import { ExchangeRules } from './exchange-rules.ts';
import { QueueRules } from './queue-rules.ts';
import { Removal } from './removal.ts';
import type {
  BindingRequest,
  DeclaredExchange,
  DeclaredQueue,
  DeletedQueue,
  ExchangeDeclaration,
  QueueDeclaration,
  QueueDeletion,
  TopologyChange,
  TopologyContext,
} from './requests.ts';
import type { VirtualHost } from './vhost.ts';

export class Topology {
  readonly #exchanges: ExchangeRules;
  readonly #queues: QueueRules;
  readonly #bindings: BindingRules;

  constructor(context: TopologyContext) {
    const removal = new Removal(context.metadata, context.events, context.counts);
    this.#exchanges = new ExchangeRules(context, removal);
    this.#queues = new QueueRules(context, removal);
    this.#bindings = new BindingRules(context, removal);
  }

  declareExchange(
    actor: Actor,
    vhost: VirtualHost,
    declaration: ExchangeDeclaration,
  ): DeclaredExchange {
    return this.#exchanges.declare(actor, vhost, declaration);
  }

  /** Passive exchange.declare: needs no permission. */
  checkExchange(vhost: VirtualHost, name: string): Exchange {
    return this.#exchanges.check(vhost, name);
  }

  deleteExchange(
    actor: Actor,
    vhost: VirtualHost,
    name: string,
    ifUnused: boolean,
  ): TopologyChange {
    return this.#exchanges.delete(actor, vhost, name, ifUnused);
  }

  declareQueue(actor: Actor, vhost: VirtualHost, declaration: QueueDeclaration): DeclaredQueue {
    return this.#queues.declare(actor, vhost, declaration);
  }

  /** Passive queue.declare: needs no permission. Also what consume and get ask of a queue. */
  checkQueue(actor: Actor, vhost: VirtualHost, name: string): Queue {
    return this.#queues.check(actor, vhost, name);
  }

  deleteQueue(actor: Actor, vhost: VirtualHost, deletion: QueueDeletion): DeletedQueue {
    return this.#queues.delete(actor, vhost, deletion);
  }

  /** Returns the number of ready messages that were dropped. */
  purgeQueue(actor: Actor, vhost: VirtualHost, name: string): number {
    return this.#queues.purge(actor, vhost, name);
  }

  bind(actor: Actor, vhost: VirtualHost, request: BindingRequest): TopologyChange {
    return this.#bindings.bind(actor, vhost, request);
  }

  unbind(actor: Actor, vhost: VirtualHost, request: BindingRequest): TopologyChange {
    return this.#bindings.unbind(actor, vhost, request);
  }

  /** To be called when the last consumer left a queue: an auto-delete one goes. */
  queueUnused(queue: Queue): TopologyChange {
    return { isStored: this.#queues.unused(queue) };
  }

  /** To be called when x-expires says that a queue goes. */
  queueExpired(queue: Queue): TopologyChange {
    return { isStored: this.#queues.expired(queue) };
  }

  /** To be called when a connection is gone, before its close is answered. */
  deleteExclusiveQueues(connection: object): void {
    this.#queues.deleteExclusive(connection);
  }
}
