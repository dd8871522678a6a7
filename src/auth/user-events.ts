// What is told of users and permissions that come, change and go: RabbitMQ's event names and headers. Silent
// until a broker listens. `by` is the operator, where one is known.

import type { UserLimit } from '../broker/access.ts';
import type { BrokerEvents, EventFields, EventName } from '../broker/events.ts';
import type { PermissionPatterns } from './internal-users.ts';
import type { StoredTopicPermission } from './topic-permissions.ts';

/** Who changed what no operator is named for; the broker's own name for itself. */
const NO_OPERATOR = 'rmq-internal';

export class UserEvents {
  #events: Pick<BrokerEvents, 'emit'> | undefined;

  listen(events: Pick<BrokerEvents, 'emit'>): void {
    this.#events = events;
  }

  userPut(name: string, tags: readonly string[], isNew: boolean, by: string | undefined): void {
    this.#emit(isNew ? 'user.created' : 'user.password.changed', by, () => ({ name }));
    if (isNew && tags.length === 0) return;
    this.#emit('user.tags.set', by, () => ({ tags: listOf(tags), name }));
  }

  userDeleted(name: string, by: string | undefined): void {
    this.#emit('user.deleted', by, () => ({ name }));
  }

  limitSet(username: string, limit: UserLimit, value: number, by: string | undefined): void {
    const actor = { user_who_performed_action: by ?? NO_OPERATOR };
    this.#events?.emit('user.limits.set', () => {
      return { [limit]: value, username, ...actor, name: 'limits' };
    });
  }

  limitCleared(username: string, by: string | undefined): void {
    const actor = { user_who_performed_action: by ?? NO_OPERATOR };
    this.#events?.emit('user.limits.cleared', () => ({ username, ...actor, name: 'limits' }));
  }

  permissionSet(
    user: string,
    vhost: string,
    { configure, write, read }: PermissionPatterns,
    by: string | undefined,
  ): void {
    this.#emit('permission.created', by, () => ({ read, write, configure, vhost, user }));
  }

  permissionCleared(user: string, vhost: string, by: string | undefined): void {
    this.#emit('permission.deleted', by, () => ({ vhost, user }));
  }

  topicPermissionSet(permission: StoredTopicPermission, by: string | undefined): void {
    const { user, vhost, exchange, write, read } = permission;
    this.#emit('topic.permission.created', by, () => ({ read, write, exchange, vhost, user }));
  }

  /** Without an exchange: all of the vhost. */
  topicPermissionsCleared(
    user: string,
    vhost: string,
    exchange: string | undefined,
    by: string | undefined,
  ): void {
    this.#emit('topic.permission.deleted', by, () => {
      return { ...(exchange === undefined ? {} : { exchange }), vhost, user };
    });
  }

  #emit(name: EventName, by: string | undefined, fields: () => EventFields): void {
    this.#events?.emit(name, () => ({ user_who_performed_action: by ?? NO_OPERATOR, ...fields() }));
  }
}

function listOf(texts: readonly string[]): EventFields[string] {
  const value = texts.map((text) => ({ type: 'S' as const, value: Buffer.from(text, 'utf8') }));
  return { type: 'A', value };
}
