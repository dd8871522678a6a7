// The nodes of the cluster: this one.

import { NotFoundError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import type { SampleRanges } from './statistics/sample-ranges.ts';
import { nodeView } from './views/node-view.ts';

export function nodeList(node: AdminNode, ranges: SampleRanges): ListSource<AdminNode> {
  return {
    items: [node],
    name: ({ broker }) => broker.settings.nodeName,
    view: (one) => nodeView(one, ranges),
  };
}

/** Throws NotFoundError. Tools that know the machine only ask for `rabbit@` and its name. */
export function nodeByName(node: AdminNode, name: string, ranges?: SampleRanges): View {
  const { nodeName } = node.broker.settings;
  const host = nodeName.slice(nodeName.indexOf('@'));
  if (name === nodeName || name === `rabbit${host}`) return nodeView(node, ranges);
  throw new NotFoundError(`no node '${name}'`);
}
