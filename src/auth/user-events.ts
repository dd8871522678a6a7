// What is told of users and permissions that come, change and go: RabbitMQ's event names and headers. Silent
// until a broker listens.

import type { UserLimit } from '../broker/access.ts';
import type { BrokerEvents, EventFields, EventName } from '../broker/events.ts';
import type { PermissionPatterns } from './internal-users.ts';
import type { StoredTopicPermission } from './topic-permissions.ts';

export class UserEvents {
  #events: Pick<BrokerEvents, 'emit' | 'actorName'> | undefined;

  listen(events: Pick<BrokerEvents, 'emit' | 'actorName'>): void {
    this.#events = events;
  }

  userPut(name: string, tags: readonly string[], isNew: boolean): void {
    this.#emit(isNew ? 'user.created' : 'user.password.changed', (by) => ({ ...by, name }));
    if (isNew && tags.length === 0) return;
    this.#emit('user.tags.set', (by) => ({ ...by, tags: listOf(tags), name }));
  }

  userDeleted(name: string): void {
    this.#emit('user.deleted', (by) => ({ ...by, name }));
  }

  limitSet(username: string, limit: UserLimit, value: number): void {
    this.#emit('user.limits.set', (by) => ({ [limit]: value, username, ...by, name: 'limits' }));
  }

  limitCleared(username: string): void {
    this.#emit('user.limits.cleared', (by) => ({ username, ...by, name: 'limits' }));
  }

  permissionSet(user: string, vhost: string, patterns: PermissionPatterns): void {
    const { configure, write, read } = patterns;
    this.#emit('permission.created', (by) => ({ ...by, read, write, configure, vhost, user }));
  }

  permissionCleared(user: string, vhost: string): void {
    this.#emit('permission.deleted', (by) => ({ ...by, vhost, user }));
  }

  topicPermissionSet(permission: StoredTopicPermission): void {
    const { user, vhost, exchange, write, read } = permission;
    this.#emit('topic.permission.created', (by) => {
      return { ...by, read, write, exchange, vhost, user };
    });
  }

  /** Without an exchange: all of the vhost. */
  topicPermissionsCleared(user: string, vhost: string, exchange: string | undefined): void {
    const where = exchange === undefined ? { vhost, user } : { exchange, vhost, user };
    this.#emit('topic.permission.deleted', (by) => ({ ...by, ...where }));
  }

  #emit(name: EventName, fields: (by: EventFields) => EventFields): void {
    const events = this.#events;
    events?.emit(name, () => fields({ user_who_performed_action: events.actorName }));
  }
}

function listOf(texts: readonly string[]): EventFields[string] {
  const value = texts.map((text) => ({ type: 'S' as const, value: Buffer.from(text, 'utf8') }));
  return { type: 'A', value };
}
