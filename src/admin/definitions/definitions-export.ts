// Definitions of the whole node or of one vhost, in the form that RabbitMQ imports. Section by section
// and item by item, so that whoever writes them out can let others have their turn in between.

import type { Binding } from '../../broker/exchange/binding.ts';
import type { Exchange } from '../../broker/exchange/exchange.ts';
import type { Queue } from '../../broker/queue/queue.ts';
import { isReservedName } from '../../broker/vhost/names.ts';
import type { VirtualHost } from '../../broker/vhost/vhost.ts';
import type { AdminNode } from '../admin-node.ts';
import { clusterName } from '../cluster.ts';
import type { View } from '../columns.ts';
import { jsonOfTable } from '../field-json.ts';
import type { ListSource } from '../listing.ts';
import { parameterList } from '../parameters.ts';
import { permissionList, topicPermissionList } from '../permissions.ts';
import { policyList } from '../policies.ts';
import { compareTexts } from '../term-order.ts';
import { userList } from '../users.ts';
import { allVhostNames } from '../vhosts.ts';

/** A text, or a list of objects. */
export type Section = readonly [key: string, value: string | Iterable<View>];

/** All that is needed to make a node like this one; no messages. */
export function* nodeSections(node: AdminNode): Generator<Section> {
  const { facts, broker, globalParameters } = node;
  const vhosts = allVhostNames(node).map((name) => broker.vhosts.existing(name));
  const names = vhosts.map(({ name }) => name);
  yield ['rabbit_version', facts.rabbitmqVersion];
  yield ['rabbitmq_version', facts.rabbitmqVersion];
  yield ['product_name', facts.productName];
  yield ['product_version', facts.productVersion];
  yield ['rabbitmq_definition_format', 'cluster'];
  yield ['original_cluster_name', clusterName(node)];
  yield ['explanation', `Definitions of cluster '${clusterName(node)}'`];
  yield ['users', viewsOf(userList(node))];
  yield ['vhosts', map(vhosts, vhostDefinition)];
  yield ['permissions', viewsOf(permissionList(node))];
  yield ['topic_permissions', viewsOf(topicPermissionList(node))];
  yield ['parameters', viewsOf(parameterList(node, names))];
  yield ['global_parameters', viewsOf(globalParameters.list())];
  yield ['policies', viewsOf(policyList(node, 'policy', names))];
  yield ['queues', each(vhosts, queuesOf, (queue) => queueDefinition(queue, true))];
  yield ['exchanges', each(vhosts, exchangesOf, (exchange) => exchangeDefinition(exchange, true))];
  yield ['bindings', each(vhosts, bindingsOf, (binding) => bindingDefinition(binding, true))];
}

/** What is in one vhost, to be imported into one of any name. Throws NotFoundError. */
export function* vhostSections(node: AdminNode, name: string): Generator<Section> {
  const vhost = node.broker.vhosts.existing(name);
  yield ['rabbit_version', node.facts.rabbitmqVersion];
  yield ['rabbitmq_version', node.facts.rabbitmqVersion];
  yield ['rabbitmq_definition_format', 'single_virtual_host'];
  yield ['original_vhost_name', name];
  yield ['explanation', `Definitions of virtual host '${name}'`];
  yield ['parameters', viewsOf(parameterList(node, [name]))];
  yield ['policies', viewsOf(policyList(node, 'policy', [name]))];
  yield ['queues', each([vhost], queuesOf, (queue) => queueDefinition(queue, false))];
  yield [
    'exchanges',
    each([vhost], exchangesOf, (exchange) => exchangeDefinition(exchange, false)),
  ];
  yield ['bindings', each([vhost], bindingsOf, (binding) => bindingDefinition(binding, false))];
}

function viewsOf<T>(source: ListSource<T>): Iterable<View> {
  return map(source.items, source.view);
}

function* map<T>(items: Iterable<T>, view: (item: T) => View): Generator<View> {
  for (const item of items) yield view(item);
}

function* each<T>(
  vhosts: readonly VirtualHost[],
  itemsOf: (vhost: VirtualHost) => Iterable<T>,
  view: (item: T) => View,
): Generator<View> {
  for (const vhost of vhosts) yield* map(itemsOf(vhost), view);
}

/** An exclusive queue belongs to its connection. */
function queuesOf(vhost: VirtualHost): Queue[] {
  return byName([...vhost.queues.values()].filter((queue) => queue.exclusiveOwner === undefined));
}

/** Those that every vhost has are left out. */
function exchangesOf(vhost: VirtualHost): Exchange[] {
  return byName(
    [...vhost.exchanges.values()].filter(({ name }) => name !== '' && !isReservedName(name)),
  );
}

function* bindingsOf(vhost: VirtualHost): Generator<Binding> {
  for (const exchange of byName([...vhost.exchanges.values()])) {
    for (const binding of exchange.bindings.values()) {
      if (binding.destinationQueue?.exclusiveOwner === undefined) yield binding;
    }
  }
}

function byName<T extends { readonly name: string }>(items: T[]): T[] {
  return items.sort((one, other) => compareTexts(one.name, other.name));
}

function vhostDefinition({ name, notes, defaultQueueType }: VirtualHost): View {
  const { description, tags, isProtected } = notes;
  const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType.name };
  return {
    name,
    description,
    tags,
    ...type,
    metadata: { description, tags, ...type },
    ...(isProtected && { protected_from_deletion: true }),
  };
}

function queueDefinition(queue: Queue, isWithVhost: boolean): View {
  return {
    name: queue.name,
    ...(isWithVhost && { vhost: queue.vhostName }),
    durable: queue.isDurable,
    auto_delete: queue.isAutoDelete,
    arguments: jsonOfTable(queue.arguments),
  };
}

function exchangeDefinition(exchange: Exchange, isWithVhost: boolean): View {
  return {
    name: exchange.name,
    ...(isWithVhost && { vhost: exchange.vhostName }),
    type: exchange.type,
    durable: exchange.isDurable,
    auto_delete: exchange.isAutoDelete,
    internal: exchange.isInternal,
    arguments: jsonOfTable(exchange.arguments),
  };
}

function bindingDefinition(binding: Binding, isWithVhost: boolean): View {
  return {
    source: binding.source.name,
    ...(isWithVhost && { vhost: binding.source.vhostName }),
    destination: binding.destination.name,
    destination_type: binding.destinationQueue === undefined ? 'exchange' : 'queue',
    routing_key: binding.routingKey,
    arguments: jsonOfTable(binding.arguments),
  };
}
