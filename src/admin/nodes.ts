// The nodes of the cluster: this one.

import { NotFoundError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { isThisNode } from './node-name.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import { nodeView } from './views/node-view.ts';

export function nodeList(node: AdminNode, ranges: SampleRanges): ListSource<AdminNode> {
  return {
    items: [node],
    name: ({ broker }) => broker.settings.nodeName,
    view: (one) => nodeView(one, ranges),
  };
}

/** Throws NotFoundError. */
export function nodeByName(node: AdminNode, name: string, ranges?: SampleRanges): View {
  if (isThisNode(node, name)) return nodeView(node, ranges);
  throw new NotFoundError(`no node '${name}'`);
}
