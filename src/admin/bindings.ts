// Bindings as operators see and change them; the default exchange's, which nobody made, included.

import type { Binding } from '../broker/exchange/binding.ts';
import type { VirtualHost } from '../broker/vhost/vhost.ts';
import { AmqpError } from '../protocol/amqp-error.ts';
import { NOT_FOUND } from '../protocol/generated/reply-codes.ts';
import { NotFoundError } from '../util/request-errors.ts';
import { actorOf } from './actor.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import { exchangeByName } from './exchanges.ts';
import { MissingError } from './faults.ts';
import { tableOfJson } from './field-json.ts';
import type { ListSource } from './listing.ts';
import { queueByName } from './queues.ts';
import type { Requester } from './requester.ts';
import { sortedExchanges, sortedQueues } from './sorted.ts';
import { compareTexts } from './term-order.ts';
import {
  type BindingSubject,
  bindingView,
  implicitBinding,
  isMeantBy,
  propertiesKey,
  subjectOf,
} from './views/binding-view.ts';

export type DestinationKind = 'queue' | 'exchange';

/** The two ends that a path names. */
export interface BindingEnds {
  readonly vhost: string;
  readonly source: string;
  readonly kind: DestinationKind;
  readonly destination: string;
}

function listOf(items: readonly BindingSubject[]): ListSource<BindingSubject> {
  return { items, name: (binding) => binding.source, view: bindingView };
}

/** By source, type and name of the destination, key. */
function inOrder(bindings: Iterable<Binding>): BindingSubject[] {
  return Array.from(bindings, subjectOf).sort(
    (one, other) =>
      compareTexts(one.source, other.source) ||
      compareTexts(one.kind, other.kind) ||
      compareTexts(one.destination, other.destination) ||
      compareTexts(one.routingKey, other.routingKey),
  );
}

function allOf(vhost: VirtualHost): BindingSubject[] {
  const all: BindingSubject[] = sortedQueues(vhost).map(implicitBinding);
  for (const { bindings } of sortedExchanges(vhost)) {
    if (bindings.size > 0) for (const one of inOrder(bindings.values())) all.push(one);
  }
  return all;
}

export function bindingList(
  { broker }: AdminNode,
  vhostNames: readonly string[],
): ListSource<BindingSubject> {
  const items: BindingSubject[] = [];
  for (const name of vhostNames) {
    const vhost = broker.vhosts.get(name);
    if (vhost !== undefined) for (const binding of allOf(vhost)) items.push(binding);
  }
  return listOf(items);
}

/** Those that lead to a queue. */
export function bindingsOfQueue(
  node: AdminNode,
  vhostName: string,
  name: string,
): ListSource<BindingSubject> {
  const queue = queueByName(node, vhostName, name);
  return listOf([implicitBinding(queue), ...inOrder(queue.bindings)]);
}

/** Those that begin or end at an exchange. */
export function bindingsOfExchange(
  node: AdminNode,
  vhostName: string,
  name: string,
  end: 'source' | 'destination',
): ListSource<BindingSubject> {
  const exchange = exchangeByName(node, vhostName, name);
  if (end === 'destination') return listOf(inOrder(exchange.incomingBindings));
  const vhost = node.broker.vhosts.existing(vhostName);
  const implicit = name === '' ? sortedQueues(vhost).map(implicitBinding) : [];
  return listOf([...implicit, ...inOrder(exchange.bindings.values())]);
}

/** Between two ends, which exist. Throws NotFoundError. */
export function bindingsBetween(node: AdminNode, ends: BindingEnds): ListSource<BindingSubject> {
  return listOf(between(node, ends));
}

function between(node: AdminNode, ends: BindingEnds): BindingSubject[] {
  const source = exchangeByName(node, ends.vhost, ends.source);
  if (ends.kind === 'exchange') {
    const { incomingBindings } = exchangeByName(node, ends.vhost, ends.destination);
    return inOrder([...incomingBindings].filter((binding) => binding.source === source));
  }
  const queue = queueByName(node, ends.vhost, ends.destination);
  if (ends.source === '') return [implicitBinding(queue)];
  return inOrder([...queue.bindings].filter((binding) => binding.source === source));
}

function one(node: AdminNode, ends: BindingEnds, key: string): BindingSubject {
  const found = between(node, ends).find((binding) => isMeantBy(binding, key));
  if (found !== undefined) return found;
  throw new NotFoundError(`no binding '${key}' in vhost '${ends.vhost}'`);
}

/** Throws NotFoundError. */
export function bindingByKey(node: AdminNode, ends: BindingEnds, key: string): View {
  return bindingView(one(node, ends, key));
}

/** Resolves with the key that names it, also when it was there before. */
export async function bind(
  node: AdminNode,
  requester: Requester,
  ends: BindingEnds,
  routingKey: string,
  json: View,
): Promise<string> {
  const bindingArguments = tableOfJson('arguments', json);
  await node.changes.make(() => {
    const vhost = node.broker.vhosts.existing(ends.vhost);
    return named(() =>
      node.broker.topology.bind(actorOf(requester), vhost, {
        source: ends.source,
        destinationKind: ends.kind,
        destination: ends.destination,
        routingKey,
        arguments: bindingArguments,
      }),
    );
  });
  return propertiesKey(routingKey, bindingArguments);
}

/** An end that is missing is named, as RabbitMQ does here. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AmqpError) || error.replyCode !== NOT_FOUND) throw error;
    throw new MissingError(error.replyText.replace(/^NOT_FOUND - /, ''));
  }
}

/** Throws NotFoundError when there is none. */
export function unbind(
  node: AdminNode,
  requester: Requester,
  ends: BindingEnds,
  key: string,
): Promise<unknown> {
  return node.changes.make(() => {
    const vhost = node.broker.vhosts.existing(ends.vhost);
    const { routingKey, arguments: bindingArguments } = one(node, ends, key);
    return node.broker.topology.unbind(actorOf(requester), vhost, {
      source: ends.source,
      destinationKind: ends.kind,
      destination: ends.destination,
      routingKey,
      arguments: bindingArguments,
    });
  });
}
