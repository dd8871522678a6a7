// Virtual hosts as operators see them.

import type { VirtualHost } from '../broker/vhost/vhost.ts';
import { NotFoundError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { maySeeVhost, type Requester } from './requester.ts';
import { compareTexts } from './term-order.ts';

export function vhostExists(node: AdminNode, name: string): boolean {
  return node.broker.vhosts.get(name) !== undefined;
}

/** By name. */
export function allVhostNames(node: AdminNode): string[] {
  return Array.from(node.broker.vhosts.all(), ({ name }) => name).sort(compareTexts);
}

/** Those that the requester may know of. */
export function vhostList(node: AdminNode, requester: Requester): ListSource<VirtualHost> {
  const items = [...node.broker.vhosts.all()]
    .filter(({ name }) => maySeeVhost(node, requester, name))
    .sort((one, other) => compareTexts(one.name, other.name));
  return { items, name: (vhost) => vhost.name, view: (vhost) => vhostView(node, vhost) };
}

/** Throws NotFoundError. */
export function vhostByName(node: AdminNode, name: string): View {
  const vhost = node.broker.vhosts.get(name);
  if (vhost === undefined) throw new NotFoundError(`Virtual host '${name}' does not exist`);
  return vhostView(node, vhost);
}

function vhostView(node: AdminNode, vhost: VirtualHost): View {
  const { nodeName, defaultQueueType } = node.broker.settings;
  return {
    name: vhost.name,
    default_queue_type: vhost.defaultQueueType?.name ?? defaultQueueType,
    tracing: vhost.isTraced,
    cluster_state: { [nodeName]: 'running' },
  };
}
