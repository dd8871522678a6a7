// Users as operators see and change them.

import type { PermissionPatterns, StoredUser } from '../auth/internal-users.ts';
import {
  HASHING_ALGORITHM_DEFAULT,
  type HashingAlgorithm,
  passwordHash as hashOf,
  isHashingAlgorithm,
} from '../auth/password.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import { requireName, requireTags, requireText, shown } from './checks.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { compareTexts } from './term-order.ts';

/** Names, as RabbitMQ's definitions have them. Without password and hash nobody logs in. */
export interface UserFields {
  readonly password?: unknown;
  readonly password_hash?: unknown;
  readonly hashing_algorithm?: unknown;
  /** A list, or one text with commas. */
  readonly tags?: unknown;
  /** Before there were tags: true is the tag `administrator`. */
  readonly administrator?: unknown;
}

export function userList(node: AdminNode): ListSource<StoredUser> {
  return listOf(node, node.users.listUsers());
}

export function usersWithoutPermissions(node: AdminNode): ListSource<StoredUser> {
  const permitted = new Set(node.users.listPermissions().map(({ user }) => user));
  return listOf(
    node,
    node.users.listUsers().filter(({ name }) => !permitted.has(name)),
  );
}

/** Throws NotFoundError. */
export function userByName(node: AdminNode, name: string): View {
  return userView(node, existingUser(node, name));
}

/** Throws NotFoundError. */
export function existingUser(node: AdminNode, name: string): StoredUser {
  const user = node.users.get(name);
  if (user !== undefined) return user;
  throw new NotFoundError(`User '${name}' does not exist`);
}

const TOO_MANY = 'too many passwords are set at once; try again';

/** A user whose password is hashed already: that may take a while, and a change must not. */
export interface PreparedUser {
  readonly tags: readonly string[];
  readonly passwordHash: string;
  readonly hashingAlgorithm: HashingAlgorithm;
}

/** Calls `use` at once, unless the password takes a while to hash. Rejects with ValidationError. */
export function withPreparedUser<T>(
  node: AdminNode,
  fields: UserFields,
  use: (user: PreparedUser) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const user = preparedUser(node, fields);
    const { password } = fields;
    if (password === undefined) return resolve(use(user));
    requireText('password', password);
    const bytes = Buffer.from(password, 'utf8');
    hashOf(bytes, node.broker.random, user.hashingAlgorithm, (hash) => {
      if (hash === undefined) reject(new ValidationError(TOO_MANY));
      else resolve(use({ ...user, passwordHash: hash }));
    });
  });
}

/** The same of one without a password. Throws ValidationError. */
export function preparedUser(node: AdminNode, fields: UserFields): PreparedUser {
  const tags = tagsOf(fields);
  const { password, password_hash: hash, hashing_algorithm: algorithm } = fields;
  if (password !== undefined && hash !== undefined) {
    throw new ValidationError('both_password_and_password_hash_are_provided');
  }
  const standard = hash === undefined ? node.users.hashingAlgorithm : HASHING_ALGORITHM_DEFAULT;
  const hashingAlgorithm = algorithm ?? standard;
  if (typeof hashingAlgorithm !== 'string' || !isHashingAlgorithm(hashingAlgorithm)) {
    throw new ValidationError(`unknown hashing_algorithm: ${shown(hashingAlgorithm)}`);
  }
  return { tags, hashingAlgorithm, passwordHash: hashFrom(hash ?? '') };
}

/** Creates the user, or replaces password and tags; permissions and limits stay. Returns whether it is new. */
export function putUser(node: AdminNode, name: string, user: PreparedUser): boolean {
  requireName('user', name, 1);
  const isNew = !node.users.has(name);
  node.users.putUserHash(name, user.passwordHash, user.hashingAlgorithm, user.tags);
  return isNew;
}

/** Closes the user's connections and deletes the user with all permissions. Throws NotFoundError. */
export function deleteUser(node: AdminNode, name: string): void {
  existingUser(node, name);
  node.users.deleteUser(name);
  const reason = `user '${name}' is deleted`;
  node.broker.closeConnections((connection) => connection.user?.name === name, reason);
}

/** The hash that a password would be stored as. Rejects with ValidationError when too many wait. */
export function passwordHash(node: AdminNode, password: string): Promise<string> {
  const { broker, users } = node;
  return new Promise((resolve, reject) => {
    hashOf(Buffer.from(password, 'utf8'), broker.random, users.hashingAlgorithm, (hash) => {
      if (hash !== undefined) resolve(hash);
      else reject(new ValidationError(TOO_MANY));
    });
  });
}

export const EVERYTHING: PermissionPatterns = { configure: '.*', write: '.*', read: '.*' };

function listOf(node: AdminNode, users: StoredUser[]): ListSource<StoredUser> {
  return {
    items: users.sort((one, other) => compareTexts(one.name, other.name)),
    name: ({ name }) => name,
    view: (user) => userView(node, user),
  };
}

function userView(node: AdminNode, user: StoredUser): View {
  return {
    name: user.name,
    password_hash: user.passwordHash,
    hashing_algorithm: user.hashingAlgorithm,
    tags: user.tags,
    limits: node.users.limitsOf(user.name),
  };
}

function tagsOf({ tags, administrator }: UserFields): readonly string[] {
  if (tags === undefined && administrator !== undefined) {
    return administrator === true || administrator === 'true' ? ['administrator'] : [];
  }
  if (tags === undefined) throw new ValidationError('tags_not_present');
  const list = typeof tags === 'string' ? tags.split(',') : tags;
  requireTags(list);
  return list.map((tag) => tag.trim()).filter((tag) => tag !== '');
}

function hashFrom(hash: unknown): string {
  requireText('password_hash', hash);
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(hash)) return hash;
  throw new ValidationError(`not_base64: ${hash.slice(0, 100)}`);
}
