// Limits of vhosts and users. RabbitMQ's rule: negative is no limit, 0 allows none; what is there stays.

import { USER_LIMITS } from '../auth/internal-users.ts';
import type { UserLimit } from '../broker/access.ts';
import { VHOST_LIMITS, type VhostLimit, type VirtualHost } from '../broker/vhost/vhost.ts';
import { ValidationError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import { requireInteger, requireLimitName } from './checks.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { maySeeVhost, type Requester } from './requester.ts';
import { compareTexts } from './term-order.ts';
import { existingUser } from './users.ts';

/** Those of one vhost, or of all that the requester may know of; only vhosts that have any. */
export function vhostLimitList(
  node: AdminNode,
  requester: Requester,
  name?: string,
): ListSource<VirtualHost> {
  const vhosts =
    name === undefined ? [...node.broker.vhosts.all()] : [node.broker.vhosts.existing(name)];
  return {
    items: vhosts
      .filter((vhost) => vhost.limits.size > 0 && maySeeVhost(node, requester, vhost.name))
      .sort((one, other) => compareTexts(one.name, other.name)),
    name: (vhost) => vhost.name,
    view: (vhost) => ({ vhost: vhost.name, value: Object.fromEntries(vhost.limits) }),
  };
}

/** Throws ValidationError and NotFoundError. */
export function setVhostLimit(node: AdminNode, vhost: string, limit: string, value: unknown): void {
  requireVhostLimit(limit, value);
  requireInteger(limit, value);
  node.broker.vhosts.setLimit(vhost, limit, value);
}

/** Also when it has no such limit. */
export function clearVhostLimit(node: AdminNode, vhost: string, limit: string): void {
  requireVhostLimit(limit, undefined);
  node.broker.vhosts.setLimit(vhost, limit, undefined);
}

function requireVhostLimit(limit: string, value: unknown): asserts limit is VhostLimit {
  requireLimitName('limits', VHOST_LIMITS, limit, value);
}

/** Those of one user, or of all that have any. Throws NotFoundError. */
export function userLimitList(node: AdminNode, name?: string): ListSource<string> {
  const names =
    name === undefined
      ? node.users.listUsers().map((user) => user.name)
      : [existingUser(node, name).name];
  return {
    items: names
      .filter((user) => Object.keys(node.users.limitsOf(user)).length > 0)
      .sort(compareTexts),
    name: (user) => user,
    view: (user): View => ({ user, value: node.users.limitsOf(user) }),
  };
}

/** Throws ValidationError and NotFoundError. */
export function setUserLimit(node: AdminNode, user: string, limit: string, value: unknown): void {
  requireUserLimit(limit, value);
  requireInteger(limit, value);
  existingUser(node, user);
  node.users.setUserLimit(user, limit, value);
}

/** Also when the user has no such limit. */
export function clearUserLimit(node: AdminNode, user: string, limit: string): void {
  requireUserLimit(limit, undefined);
  existingUser(node, user);
  node.users.setUserLimit(user, limit, undefined);
}

function requireUserLimit(limit: string, value: unknown): asserts limit is UserLimit {
  requireLimitName('user-limits', USER_LIMITS, limit, value);
}

/** All limits of a vhost at once, as RabbitMQ's parameter `vhost-limits` has them. Throws ValidationError. */
export function setVhostLimits(node: AdminNode, vhost: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ValidationError('limits should be an object');
  }
  for (const [limit, bound] of Object.entries(value)) {
    requireVhostLimit(limit, bound);
    requireInteger(limit, bound);
  }
  for (const limit of VHOST_LIMITS) {
    const bound = Object.hasOwn(value, limit) ? (value as View)[limit] : undefined;
    node.broker.vhosts.setLimit(vhost, limit, bound as number | undefined);
  }
}
