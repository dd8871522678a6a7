// The users that a node has from its start: those that its program asks for, or the default one.

import type { InternalUsers, PermissionPatterns } from './internal-users.ts';

export interface FirstUser {
  readonly name: string;
  readonly password: string;
  readonly tags?: readonly string[];
  /** For the default vhost. */
  readonly permissions?: PermissionPatterns;
}

export interface FirstUsers {
  /** Created, or given this password, at every start. */
  readonly wanted: readonly FirstUser[] | undefined;
  /** Made when there are no users at all. */
  readonly standard: FirstUser;
  /** True: definitions that are brought in have users. As in RabbitMQ there is no default one then. */
  readonly comeWithDefinitions: boolean;
  readonly vhost: string;
}

const EVERYTHING: PermissionPatterns = { configure: '.*', write: '.*', read: '.*' };

export function createFirstUsers(users: InternalUsers, first: FirstUsers): void {
  const isStandard = users.isEmpty && !first.comeWithDefinitions;
  const list = first.wanted ?? (isStandard ? [first.standard] : []);
  for (const { name, password, tags, permissions } of list) {
    users.putUser(name, password, tags ?? []);
    users.setPermission(name, first.vhost, permissions ?? EVERYTHING);
  }
}
