// Permissions and topic permissions of users in vhosts.

import type { PermissionPatterns, StoredPermission } from '../auth/internal-users.ts';
import {
  expandVariables,
  type StoredTopicPermission,
  type TopicPatterns,
} from '../auth/topic-permissions.ts';
import { NotFoundError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import { requireFields, requireName, requirePattern } from './checks.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { compareTexts } from './term-order.ts';
import { existingUser } from './users.ts';

export interface PermissionFilter {
  readonly user?: string;
  readonly vhost?: string;
}

/** Throws NotFoundError for a user or vhost of the filter that does not exist. */
export function permissionList(
  node: AdminNode,
  filter: PermissionFilter = {},
): ListSource<StoredPermission> {
  return listOf(node, node.users.listPermissions(), filter);
}

/** Throws NotFoundError. */
export function permissionOf(node: AdminNode, vhost: string, user: string): View {
  const found = permissionList(node, { user, vhost }).items[0];
  if (found === undefined) throw new NotFoundError(`no permission of '${user}' in '${vhost}'`);
  return { ...found };
}

/** Regular expressions for names; an empty one denies all. Returns whether it is new. Throws NotFoundError. */
export function putPermission(
  node: AdminNode,
  vhost: string,
  user: string,
  patterns: PermissionPatterns,
): boolean {
  requireFields('permission', patterns, ['configure', 'write', 'read']);
  const { configure, write, read } = patterns;
  requirePattern('configure', configure);
  requirePattern('write', write);
  requirePattern('read', read);
  node.broker.vhosts.existing(vhost);
  const isNew = !node.users.mayUseVhost(existingUser(node, user), vhost);
  node.users.setPermission(user, vhost, { configure, write, read });
  return isNew;
}

/** False when there is none. Throws NotFoundError. */
export function clearPermission(node: AdminNode, vhost: string, user: string): boolean {
  node.broker.vhosts.existing(vhost);
  existingUser(node, user);
  return node.users.clearPermission(user, vhost);
}

/** As `permissionList`. */
export function topicPermissionList(
  node: AdminNode,
  filter: PermissionFilter = {},
): ListSource<StoredTopicPermission> {
  return listOf(node, node.users.topicPermissions.list(), filter);
}

/** Returns whether the user had none in the vhost. Throws NotFoundError. */
export function putTopicPermission(
  node: AdminNode,
  vhost: string,
  user: string,
  exchange: string,
  patterns: TopicPatterns,
): boolean {
  requireName('exchange', exchange, 0);
  requireFields('topic permission', patterns, ['write', 'read']);
  const { write, read } = patterns;
  const filledIn = (pattern: string) => expandVariables(pattern, { username: user, vhost });
  requirePattern('write', write, filledIn);
  requirePattern('read', read, filledIn);
  node.broker.vhosts.existing(vhost);
  existingUser(node, user);
  const isNew = topicPermissionList(node, { user, vhost }).items.length === 0;
  node.users.setTopicPermission(user, vhost, exchange, { write, read });
  return isNew;
}

/** Without an exchange: those for all exchanges. Returns how many there were. Throws NotFoundError. */
export function clearTopicPermissions(
  node: AdminNode,
  vhost: string,
  user: string,
  exchange?: string,
): number {
  node.broker.vhosts.existing(vhost);
  existingUser(node, user);
  return node.users.clearTopicPermissions(user, vhost, exchange);
}

function listOf<T extends { readonly user: string; readonly vhost: string }>(
  node: AdminNode,
  rows: T[],
  filter: PermissionFilter,
): ListSource<T> {
  if (filter.vhost !== undefined) node.broker.vhosts.existing(filter.vhost);
  if (filter.user !== undefined) existingUser(node, filter.user);
  const items = rows
    .filter(({ user }) => filter.user === undefined || filter.user === user)
    .filter(({ vhost }) => filter.vhost === undefined || filter.vhost === vhost)
    .sort((a, b) => compareTexts(a.vhost, b.vhost) || compareTexts(a.user, b.user));
  return { items, name: ({ user }) => user, view: (row) => ({ ...row }) };
}
