// Limits that operators set on users and vhosts, checked when a client wants more. What is open is
// counted only for those who have a limit: nobody else pays for it.

import { hardError, notAllowed } from '../../protocol/amqp-error.ts';
import { NOT_ALLOWED } from '../../protocol/generated/reply-codes.ts';
import type { User } from '../access.ts';
import type { BrokerNode, OpenConnection } from '../broker-node.ts';
import type { VirtualHost } from '../vhost/vhost.ts';

/** Throws 530 when the vhost, then when the user has as many connections as it may. */
export function requireConnectionRoom(node: BrokerNode, user: User, vhost: VirtualHost): void {
  const ofVhost = vhost.limit('max-connections');
  if (isReached(node, ofVhost, (one) => (one.vhost === vhost ? 1 : 0))) {
    throw notAllowed(
      `access to vhost '${vhost.name}' refused for user '${user.name}': ` +
        `connection limit (${ofVhost}) is reached`,
    );
  }
  const ofUser = node.access.userLimit(user, 'max-connections');
  if (isReached(node, ofUser, (one) => (one.user?.name === user.name ? 1 : 0))) {
    throw notAllowed(
      `connection refused for user '${user.name}': user connection limit (${ofUser}) is reached`,
    );
  }
}

/** Throws 530 when the user has as many channels, over all connections, as it may. */
export function requireChannelRoom(node: BrokerNode, user: User): void {
  const limit = node.access.userLimit(user, 'max-channels');
  if (isReached(node, limit, (one) => (one.user?.name === user.name ? one.channels.count : 0))) {
    throw hardError(
      NOT_ALLOWED,
      `number of channels opened for user '${user.name}' has reached the maximum allowed user ` +
        `limit of (${limit})`,
    );
  }
}

function isReached(
  node: BrokerNode,
  limit: number,
  weigh: (connection: OpenConnection) => number,
): boolean {
  if (limit === Number.POSITIVE_INFINITY) return false;
  let count = 0;
  for (const connection of node.connections) {
    if (count >= limit) return true;
    count += weigh(connection);
  }
  return count >= limit;
}
