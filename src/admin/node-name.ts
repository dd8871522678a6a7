// The node's name in requests. Tools that know RabbitMQ build `rabbit@<host>` themselves; there is one
// node, so that is this one.

import type { AdminNode } from './admin-node.ts';

export function isThisNode(node: AdminNode, name: string): boolean {
  return name === node.broker.settings.nodeName || name.startsWith('rabbit@');
}
