// Topic permissions: per user, vhost and topic exchange the routing keys that may be published and bound
// with. Without an entry everything is allowed. Each change is written as a Metadata record.

import type { TopicPermission } from '../broker/access.ts';
import type { Metadata, MetadataRecord } from '../broker/metadata.ts';
import type { NamePattern } from '../broker/name-pattern.ts';
import { assert } from '../util/assert.ts';
import { compilePermissionPattern } from './name-pattern.ts';

export interface TopicPatterns {
  readonly write: string;
  readonly read: string;
}

export interface StoredTopicPermission extends TopicPatterns {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
}

interface TopicRow {
  readonly id: number;
  /** As the operator wrote them. */
  readonly stored: StoredTopicPermission;
  /** With the variables filled in. */
  readonly patterns: Readonly<Record<TopicPermission, NamePattern>>;
}

export class TopicPermissions {
  readonly #metadata: Metadata;
  readonly #rows = new Map<string, TopicRow>();
  #nextId = 1;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  restricts(user: string, vhost: string, exchange: string): boolean {
    // Almost nobody has any: the key is not made then.
    return this.#rows.size > 0 && this.#rows.has(keyOf(user, vhost, exchange));
  }

  allows(
    user: string,
    vhost: string,
    exchange: string,
    permission: TopicPermission,
    routingKey: string,
  ): boolean {
    const row = this.#rows.get(keyOf(user, vhost, exchange));
    return row === undefined || row.patterns[permission].matches(routingKey);
  }

  /** Throws PatternError before anything has changed. */
  set(permission: StoredTopicPermission): void {
    const patterns = compile(permission);
    const { user, vhost, exchange } = permission;
    const key = keyOf(user, vhost, exchange);
    const row = { id: this.#rows.get(key)?.id ?? this.#nextId++, stored: permission, patterns };
    this.#rows.set(key, row);
    this.#metadata.put({ kind: 'topic_permission', id: row.id, fields: { ...permission } });
  }

  /** Clears those that are meant; returns how many. */
  clear(isMeant: (permission: StoredTopicPermission) => boolean): number {
    let count = 0;
    for (const [key, { id, stored }] of this.#rows) {
      if (!isMeant(stored)) continue;
      this.#rows.delete(key);
      this.#metadata.delete('topic_permission', id);
      count++;
    }
    return count;
  }

  list(): StoredTopicPermission[] {
    return Array.from(this.#rows.values(), ({ stored }) => stored);
  }

  load({ id, fields }: MetadataRecord): void {
    const { user, vhost, exchange, write, read } = fields;
    assert(
      typeof user === 'string' && typeof vhost === 'string' && typeof exchange === 'string',
      'a stored topic permission has a user, a vhost and an exchange',
    );
    assert(
      typeof write === 'string' && typeof read === 'string',
      'a stored topic permission has two patterns',
    );
    const stored = { user, vhost, exchange, write, read };
    this.#rows.set(keyOf(user, vhost, exchange), { id, stored, patterns: compile(stored) });
    this.#nextId = Math.max(this.#nextId, id + 1);
  }
}

/** Names may hold any character, so their borders must be told. */
function keyOf(user: string, vhost: string, exchange: string): string {
  return `${user.length}:${vhost.length}:${user}${vhost}${exchange}`;
}

function compile({ user, vhost, write, read }: StoredTopicPermission): TopicRow['patterns'] {
  const variables = { username: user, vhost };
  return {
    write: compilePermissionPattern(expandVariables(write, variables)),
    read: compilePermissionPattern(expandVariables(read, variables)),
  };
}

/**
 * Fills in `{username}`, `{vhost}` and, where there is one, `{client_id}`. What is filled in means
 * itself: a user named `.*` gains nothing (RabbitMQ before 4.0 took it as a pattern).
 */
export function expandVariables(
  pattern: string,
  variables: Readonly<Record<string, string>>,
): string {
  return pattern.replaceAll(/\{(username|vhost|client_id)\}/g, (whole, name: string) => {
    const value = variables[name];
    return value === undefined ? whole : value.replaceAll(/[^\w]/gu, asLiteral);
  });
}

function asLiteral(character: string): string {
  return `\\x{${(character.codePointAt(0) as number).toString(16)}}`;
}
