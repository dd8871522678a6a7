// What a client may do with bindings, in RabbitMQ's order of checks.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import type { Actor } from '../actor.ts';
import { Binding, type BindingDestination, bindingKey } from '../exchange/binding.ts';
import { NO_BINDINGS } from '../queue/queue.ts';
import { requireExchange } from './exchange-rules.ts';
import { HistoryReplay } from './history-replay.ts';
import { requireNotDefaultExchange, requireShort, stripCrLf } from './names.ts';
import { requirePermission, requireTopicPermission } from './permissions.ts';
import { requireAccessible, requireQueue } from './queue-rules.ts';
import { putBinding } from './records.ts';
import type { Removal } from './removal.ts';
import type { BindingRequest, TopologyChange, TopologyContext } from './requests.ts';
import type { VirtualHost } from './vhost.ts';

const UNCHANGED: TopologyChange = { isStored: false };

export class BindingRules {
  readonly #context: TopologyContext;
  readonly #removal: Removal;
  readonly #history: HistoryReplay;

  constructor(context: TopologyContext, removal: Removal) {
    this.#context = context;
    this.#history = new HistoryReplay(context.random);
    this.#removal = removal;
  }

  bind(actor: Actor, vhost: VirtualHost, request: BindingRequest): TopologyChange {
    const { source: sourceName, destination: destinationName } = this.#allow(actor, vhost, request);
    requireShort('routing key', request.routingKey);
    const source = requireExchange(vhost, sourceName);
    const destination: BindingDestination =
      request.destinationKind === 'queue'
        ? { queue: requireQueue(vhost, destinationName) }
        : { exchange: requireExchange(vhost, destinationName) };
    source.router.validate(request.routingKey, request.arguments, destination);
    if (destination.queue !== undefined) requireAccessible(actor, destination.queue);
    const key = keyOf(request, destinationName);
    if (source.bindings.has(key)) return UNCHANGED;
    this.#requireRoom(vhost);
    const isStored = source.isDurable && (destination.queue ?? destination.exchange).isDurable;
    const id = isStored ? this.#context.ids.take() : 0;
    const { routingKey, arguments: bindingArguments } = request;
    const binding = new Binding(source, destination, routingKey, bindingArguments, key, id);
    attachBinding(vhost, binding);
    if (isStored) putBinding(this.#context.metadata, binding);
    this.#context.events.bindingCreated(binding, actor.user.name);
    if (source.router.history !== undefined) {
      this.#history.replay(vhost, source.router.history, binding);
    }
    return { isStored };
  }

  /** Unbinding what is not bound, or does not exist, is no error. */
  unbind(actor: Actor, vhost: VirtualHost, request: BindingRequest): TopologyChange {
    const { source, destination } = this.#allow(actor, vhost, request);
    const binding = vhost.exchanges.get(source)?.bindings.get(keyOf(request, destination));
    if (binding === undefined) return UNCHANGED;
    if (binding.destinationQueue !== undefined) requireAccessible(actor, binding.destinationQueue);
    return { isStored: this.#removal.removeBinding(vhost, binding, actor.user.name) };
  }

  /** The checks that come before existence; returns the names as they are looked up. */
  #allow(
    actor: Actor,
    vhost: VirtualHost,
    request: BindingRequest,
  ): { source: string; destination: string } {
    const { access } = this.#context;
    const kind = request.destinationKind;
    const source = stripCrLf(request.source);
    const destination = stripCrLf(request.destination);
    requirePermission(access, actor, vhost.name, 'write', kind, destination);
    if (kind === 'exchange') requireNotDefaultExchange(destination);
    requireNotDefaultExchange(source);
    requirePermission(access, actor, vhost.name, 'read', 'exchange', source);
    const exchange = vhost.exchanges.get(source);
    if (exchange !== undefined) {
      requireTopicPermission(access, actor, exchange, 'read', request.routingKey);
    }
    return { source, destination };
  }

  #requireRoom(vhost: VirtualHost): void {
    const max = this.#context.limits.bindingsPerVhostMax;
    if (vhost.bindingCount < max) return;
    throw preconditionFailed(
      `cannot add a binding: binding limit in vhost '${vhost.name}' (${max}) is reached`,
    );
  }
}

function keyOf(request: BindingRequest, destination: string): string {
  return bindingKey(request.destinationKind, destination, request.routingKey, request.arguments);
}

/** Adds a binding that is not there yet to both of its ends. */
export function attachBinding(vhost: VirtualHost, binding: Binding): void {
  binding.source.bindings.set(binding.key, binding);
  binding.source.router.bind(binding);
  const queue = binding.destinationQueue;
  if (queue !== undefined) {
    if (queue.bindings === NO_BINDINGS) queue.bindings = new Set();
    queue.bindings.add(binding);
  }
  binding.destinationExchange?.incomingBindings.add(binding);
  vhost.bindingCount++;
  vhost.topologyRevision++;
}
