// The users and permissions that the broker keeps itself: the internal backend of Access.
// Everything is held in memory; each change is written as a Metadata record and raises `revision`.

import type {
  Access,
  LoginOrigin,
  Permission,
  TopicPermission,
  User,
  UserLimit,
} from '../broker/access.ts';
import type { Clock, Random } from '../broker/clock.ts';
import type { Metadata, MetadataRecord } from '../broker/metadata.ts';
import type { NamePattern } from '../broker/name-pattern.ts';
import { assert } from '../util/assert.ts';
import { localAdministrator } from './local-administrator.ts';
import { type LoginRefusal, Logins } from './logins.ts';
import { compilePermissionPattern } from './name-pattern.ts';
import {
  HASHING_ALGORITHM_DEFAULT,
  type HashingAlgorithm,
  isHashingAlgorithm,
  passwordHashNow,
} from './password.ts';
import { type TopicPatterns, TopicPermissions } from './topic-permissions.ts';
import { UserEvents } from './user-events.ts';

export interface StoredUser extends User {
  readonly passwordHash: string;
  readonly hashingAlgorithm: HashingAlgorithm;
}

export interface PermissionPatterns {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface StoredPermission extends PermissionPatterns {
  readonly user: string;
  readonly vhost: string;
}

export interface InternalUsersOptions {
  readonly metadata: Metadata;
  readonly random: Random;
  readonly clock: Pick<Clock, 'nowMs' | 'setTimer'>;
  /** Of new passwords; RabbitMQ's by default. */
  readonly hashingAlgorithm?: HashingAlgorithm;
  /** Names that may log in from this machine only. */
  readonly loopbackUsers: ReadonlySet<string>;
  /** Told why a login was refused. The client is never told. */
  readonly onRefused?: (name: string, reason: LoginRefusal, origin: LoginOrigin) => void;
}

interface UserRow {
  readonly id: number;
  readonly user: StoredUser;
  readonly permissions: Map<string, PermissionRow>;
  readonly limits: Map<UserLimit, number>;
}

interface PermissionRow {
  readonly id: number;
  readonly patterns: Readonly<Record<Permission, NamePattern>>;
}

export const USER_LIMITS: readonly UserLimit[] = ['max-connections', 'max-channels'];

export class InternalUsers implements Access {
  readonly #metadata: Metadata;
  readonly #random: Random;
  readonly #rows = new Map<string, UserRow>();
  readonly topicPermissions: TopicPermissions;
  /** Changes that an operator made. */
  readonly events = new UserEvents();
  readonly logins: Logins;
  readonly hashingAlgorithm: HashingAlgorithm;
  #nextId = 1;
  #revision = 0;

  constructor(options: InternalUsersOptions) {
    this.#metadata = options.metadata;
    this.#random = options.random;
    this.hashingAlgorithm = options.hashingAlgorithm ?? HASHING_ALGORITHM_DEFAULT;
    this.logins = new Logins({
      hashingAlgorithm: this.hashingAlgorithm,
      find: (name) => this.#rows.get(name)?.user,
      clock: options.clock,
      random: options.random,
      loopbackUsers: options.loopbackUsers,
      onRefused: options.onRefused ?? (() => {}),
    });
    this.topicPermissions = new TopicPermissions(options.metadata);
    this.#load(this.#metadata.load());
  }

  get revision(): number {
    return this.#revision;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  get(name: string): StoredUser | undefined {
    return this.#rows.get(name)?.user;
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  // --- Access -------------------------------------------------------------------------------

  authenticate(
    name: string,
    password: Buffer,
    origin: LoginOrigin,
    callback: (user: User | undefined) => void,
  ): void {
    this.logIn(name, password, origin, (answer) => {
      callback(typeof answer === 'string' ? undefined : answer);
    });
  }

  /** The same for callers that may tell their client why not. */
  logIn(
    name: string,
    password: Buffer,
    origin: LoginOrigin,
    callback: (answer: StoredUser | LoginRefusal) => void,
  ): void {
    this.logins.logIn(name, password, origin, (refusal) => {
      callback(refusal ?? this.#rows.get(name)?.user ?? 'no such user');
    });
  }

  mayUseVhost(user: User, vhost: string): boolean {
    if (user === localAdministrator) return true;
    return this.#rows.get(user.name)?.permissions.has(vhost) === true;
  }

  allows(user: User, vhost: string, permission: Permission, name: string): boolean {
    if (user === localAdministrator) return true;
    const row = this.#rows.get(user.name)?.permissions.get(vhost);
    return row?.patterns[permission].matches(name) === true;
  }

  restrictsTopics(user: User, vhost: string, exchange: string): boolean {
    if (user === localAdministrator) return false;
    return this.topicPermissions.restricts(user.name, vhost, exchange);
  }

  allowsTopic(
    user: User,
    vhost: string,
    exchange: string,
    permission: TopicPermission,
    routingKey: string,
  ): boolean {
    return this.topicPermissions.allows(user.name, vhost, exchange, permission, routingKey);
  }

  userLimit(user: User, limit: UserLimit): number {
    const value = this.#rows.get(user.name)?.limits.get(limit);
    // Negative: none, as RabbitMQ has it.
    return value === undefined || value < 0 ? Number.POSITIVE_INFINITY : value;
  }

  // --- Changes ------------------------------------------------------------------------------

  /** At the start. Creates the user or replaces password and tags; permissions stay. */
  putUser(name: string, password: string, tags: readonly string[]): void {
    const { hashingAlgorithm } = this;
    const hash = passwordHashNow(Buffer.from(password, 'utf8'), this.#random, hashingAlgorithm);
    this.putUserHash(name, hash, hashingAlgorithm, tags);
  }

  /** The same with a hash made elsewhere: RabbitMQ's definitions carry hashes, not passwords. */
  putUserHash(
    name: string,
    hash: string,
    hashingAlgorithm: HashingAlgorithm,
    tags: readonly string[],
  ): void {
    const known = this.#rows.get(name);
    const user: StoredUser = { name, tags: [...tags], passwordHash: hash, hashingAlgorithm };
    const row: UserRow = {
      id: known?.id ?? this.#nextId++,
      user,
      permissions: known?.permissions ?? new Map(),
      limits: known?.limits ?? new Map(),
    };
    this.#rows.set(name, row);
    this.#metadata.put(userRecord(row));
    this.#revision += 1;
    this.events.userPut(name, tags, known === undefined);
  }

  /** Removes the user with all permissions. False when there is no such user. */
  deleteUser(name: string): boolean {
    const row = this.#rows.get(name);
    if (row === undefined) return false;
    for (const permission of row.permissions.values()) {
      this.#metadata.delete('permission', permission.id);
    }
    this.topicPermissions.clear((topic) => topic.user === name);
    this.#metadata.delete('user', row.id);
    this.#rows.delete(name);
    this.#revision += 1;
    this.events.userDeleted(name);
    return true;
  }

  /** False when there is no such user. Throws PatternError before anything has changed. */
  setPermission(name: string, vhost: string, patterns: PermissionPatterns): boolean {
    const row = this.#rows.get(name);
    if (row === undefined) return false;
    const compiled = compilePatterns(patterns);
    const permission = { id: row.permissions.get(vhost)?.id ?? this.#nextId++, patterns: compiled };
    row.permissions.set(vhost, permission);
    this.#metadata.put(permissionRecord(name, vhost, permission));
    this.#revision += 1;
    this.events.permissionSet(name, vhost, patterns);
    return true;
  }

  /** False when there is no such permission. */
  clearPermission(name: string, vhost: string): boolean {
    const permissions = this.#rows.get(name)?.permissions;
    const permission = permissions?.get(vhost);
    if (permissions === undefined || permission === undefined) return false;
    permissions.delete(vhost);
    this.#metadata.delete('permission', permission.id);
    this.#revision += 1;
    this.events.permissionCleared(name, vhost);
    return true;
  }

  /** Undefined takes the limit away. False when there is no such user. */
  setUserLimit(name: string, limit: UserLimit, value: number | undefined): boolean {
    const row = this.#rows.get(name);
    if (row === undefined) return false;
    if (value === undefined) row.limits.delete(limit);
    else row.limits.set(limit, value);
    this.#metadata.put(userRecord(row));
    if (value === undefined) this.events.limitCleared(name);
    else this.events.limitSet(name, limit, value);
    return true;
  }

  /** False when there is no such user. Throws PatternError before anything has changed. */
  setTopicPermission(
    user: string,
    vhost: string,
    exchange: string,
    patterns: TopicPatterns,
  ): boolean {
    if (!this.#rows.has(user)) return false;
    const { write, read } = patterns;
    const permission = { user, vhost, exchange, write, read };
    this.topicPermissions.set(permission);
    this.#revision += 1;
    this.events.topicPermissionSet(permission);
    return true;
  }

  /** Without an exchange: those for all exchanges of the vhost. Returns how many there were. */
  clearTopicPermissions(user: string, vhost: string, exchange?: string): number {
    const count = this.topicPermissions.clear(
      (topic) =>
        topic.user === user &&
        topic.vhost === vhost &&
        (exchange === undefined || topic.exchange === exchange),
    );
    this.#revision += 1;
    if (count > 0) this.events.topicPermissionsCleared(user, vhost, exchange);
    return count;
  }

  /** The vhost is gone: nobody has permissions there any more. */
  clearVhost(vhost: string): void {
    for (const user of this.#rows.keys()) this.clearPermission(user, vhost);
    this.topicPermissions.clear((topic) => topic.vhost === vhost);
    this.#revision += 1;
  }

  // --- Lists --------------------------------------------------------------------------------

  listUsers(): StoredUser[] {
    return Array.from(this.#rows.values(), (row) => row.user);
  }

  limitsOf(name: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#rows.get(name)?.limits ?? []);
  }

  listPermissions(): StoredPermission[] {
    const list: StoredPermission[] = [];
    for (const [user, row] of this.#rows) {
      for (const [vhost, permission] of row.permissions) {
        list.push({ user, vhost, ...patternTexts(permission) });
      }
    }
    return list;
  }

  // --- Inside -------------------------------------------------------------------------------

  #load(records: readonly MetadataRecord[]): void {
    for (const record of records) {
      if (record.kind === 'user') this.#loadUser(record);
    }
    for (const record of records) {
      if (record.kind === 'permission') this.#loadPermission(record);
      if (record.kind === 'topic_permission') this.topicPermissions.load(record);
    }
  }

  #loadUser({ id, fields }: MetadataRecord): void {
    const { name, password_hash: hash, hashing_algorithm: algorithm, tags } = fields;
    assert(
      typeof name === 'string' && typeof hash === 'string' && isStringList(tags),
      'a stored user has a name, a hash and tags',
    );
    assert(
      typeof algorithm === 'string' && isHashingAlgorithm(algorithm),
      'a stored user has a known hashing algorithm',
    );
    const user: StoredUser = { name, tags, passwordHash: hash, hashingAlgorithm: algorithm };
    const limits = new Map<UserLimit, number>();
    for (const limit of USER_LIMITS) {
      const value = fields[limit];
      if (typeof value === 'number') limits.set(limit, value);
    }
    this.#rows.set(name, { id, user, permissions: new Map(), limits });
    this.#nextId = Math.max(this.#nextId, id + 1);
  }

  #loadPermission({ id, fields }: MetadataRecord): void {
    const { user, vhost, configure, write, read } = fields;
    assert(
      typeof user === 'string' && typeof vhost === 'string',
      'a stored permission has a user and a vhost',
    );
    assert(
      typeof configure === 'string' && typeof write === 'string' && typeof read === 'string',
      'a stored permission has three patterns',
    );
    const patterns = compilePatterns({ configure, write, read });
    this.#rows.get(user)?.permissions.set(vhost, { id, patterns });
    this.#nextId = Math.max(this.#nextId, id + 1);
  }
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function compilePatterns(patterns: PermissionPatterns): Record<Permission, NamePattern> {
  return {
    configure: compilePermissionPattern(patterns.configure),
    write: compilePermissionPattern(patterns.write),
    read: compilePermissionPattern(patterns.read),
  };
}

function patternTexts({ patterns }: PermissionRow): PermissionPatterns {
  return {
    configure: patterns.configure.text,
    write: patterns.write.text,
    read: patterns.read.text,
  };
}

function userRecord({ id, user, limits }: UserRow): MetadataRecord {
  const { name, tags, passwordHash, hashingAlgorithm } = user;
  return {
    kind: 'user',
    id,
    fields: {
      name,
      password_hash: passwordHash,
      hashing_algorithm: hashingAlgorithm,
      tags,
      ...Object.fromEntries(limits),
    },
  };
}

function permissionRecord(user: string, vhost: string, row: PermissionRow): MetadataRecord {
  return { kind: 'permission', id: row.id, fields: { user, vhost, ...patternTexts(row) } };
}
