import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { InternalUsers } from '../../src/auth/internal-users.ts';
import { PatternError } from '../../src/auth/pattern/pattern-error.ts';
import type { User } from '../../src/broker/access.ts';
import type { Metadata, MetadataKind, MetadataRecord } from '../../src/broker/metadata.ts';
import { ManualClock } from '../support/core/manual-clock.ts';

/** Keeps records as an engine does, in order of kind and id. */
class RecordingMetadata implements Metadata {
  readonly records = new Map<string, MetadataRecord>();

  load(): MetadataRecord[] {
    return [...this.records.values()];
  }

  put(record: MetadataRecord): void {
    this.records.set(`${record.kind} ${record.id}`, record);
  }

  delete(kind: MetadataKind, id: number): void {
    this.records.delete(`${kind} ${id}`);
  }
}

let clock: ManualClock;
let metadata: RecordingMetadata;
let users: InternalUsers;
let refused: string[];

/** Starts over from what is stored. */
function restart(): InternalUsers {
  let drawn = 0;
  return new InternalUsers({
    metadata,
    random: {
      bytes: (count) => createHash('sha512').update(String(drawn++)).digest().subarray(0, count),
    },
    clock,
    loopbackUsers: new Set(['guest']),
    onRefused: (name, reason) => refused.push(`${name}: ${reason}`),
  });
}

beforeEach(() => {
  clock = new ManualClock();
  metadata = new RecordingMetadata();
  refused = [];
  users = restart();
});

function login(name: string, password: string, isLoopback = true): User | undefined {
  const origin = { protocol: 'amqp091', address: '10.0.0.1', isLoopback } as const;
  let result: User | undefined;
  let calls = 0;
  users.authenticate(name, Buffer.from(password), origin, (user) => {
    result = user;
    calls += 1;
  });
  expect(calls).toBe(1);
  return result;
}

const everything = { configure: '.*', write: '.*', read: '.*' };

test('a user logs in with the right password only', () => {
  users.putUser('ann', 'sécret', ['monitoring']);
  expect(login('ann', 'sécret')).toMatchObject({ name: 'ann', tags: ['monitoring'] });
  expect(login('ann', 'wrong')).toBeUndefined();
  expect(login('bob', 'sécret')).toBeUndefined();
  expect(login('__proto__', '')).toBeUndefined();
  expect(refused).toEqual(['ann: wrong password', 'bob: no such user', '__proto__: no such user']);
});

test('an empty password is never accepted, whatever is stored', () => {
  users.putUser('ann', '', []);
  users.putUserHash('bob', '', 'rabbit_password_hashing_sha256', []);
  expect(login('ann', '')).toBeUndefined();
  expect(login('bob', '')).toBeUndefined();
});

test('a loopback user is refused from elsewhere, other users are not', () => {
  users.putUser('guest', 'guest', []);
  users.putUser('ann', 'pw', []);
  expect(login('guest', 'guest', true)).toBeDefined();
  expect(login('guest', 'guest', false)).toBeUndefined();
  expect(login('ann', 'pw', false)).toBeDefined();
  expect(refused).toEqual(['guest: user can only connect via localhost']);
});

test('a hash from RabbitMQ logs in', () => {
  const hash = 'HukiAJxKI5xJjktGPFhKgHD0226QjWN6x+zpUe+Di0hgsDBK';
  users.putUserHash('guest', hash, 'rabbit_password_hashing_sha256', ['administrator']);
  expect(login('guest', 'guest')).toBeDefined();
});

test('permissions are per user, vhost and kind', () => {
  users.putUser('ann', 'pw', []);
  users.putUser('bob', 'pw', []);
  users.setPermission('ann', '/', { configure: '^a-', write: '', read: '.*' });
  const ann: User = { name: 'ann', tags: [] };
  const bob: User = { name: 'bob', tags: [] };
  expect(users.mayUseVhost(ann, '/')).toBe(true);
  expect(users.mayUseVhost(ann, 'other')).toBe(false);
  expect(users.mayUseVhost(bob, '/')).toBe(false);
  expect(users.allows(ann, '/', 'configure', 'a-q')).toBe(true);
  expect(users.allows(ann, '/', 'configure', 'b-q')).toBe(false);
  expect(users.allows(ann, '/', 'write', 'a-q')).toBe(false);
  expect(users.allows(ann, '/', 'read', 'b-q')).toBe(true);
  expect(users.allows(ann, 'other', 'read', 'b-q')).toBe(false);
  expect(users.allows(bob, '/', 'read', 'b-q')).toBe(false);
});

test('a change is seen at once and raises the revision', () => {
  const ann: User = { name: 'ann', tags: [] };
  const revisions = [users.revision];
  users.putUser('ann', 'one', []);
  revisions.push(users.revision);
  users.setPermission('ann', '/', everything);
  revisions.push(users.revision);
  expect(users.allows(ann, '/', 'read', 'q')).toBe(true);
  users.setPermission('ann', '/', { ...everything, read: '^x' });
  revisions.push(users.revision);
  expect(users.allows(ann, '/', 'read', 'q')).toBe(false);
  users.putUser('ann', 'two', ['management']);
  revisions.push(users.revision);
  expect(login('ann', 'one')).toBeUndefined();
  expect(login('ann', 'two')?.tags).toEqual(['management']);
  expect(users.mayUseVhost(ann, '/')).toBe(true);
  expect(users.clearPermission('ann', '/')).toBe(true);
  revisions.push(users.revision);
  expect(users.mayUseVhost(ann, '/')).toBe(false);
  expect(users.deleteUser('ann')).toBe(true);
  revisions.push(users.revision);
  expect(login('ann', 'two')).toBeUndefined();
  expect(new Set(revisions).size).toBe(revisions.length);
  expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
});

test('what does not exist is reported and changes nothing', () => {
  const { revision } = users;
  expect(users.deleteUser('ann')).toBe(false);
  expect(users.setPermission('ann', '/', everything)).toBe(false);
  expect(users.clearPermission('ann', '/')).toBe(false);
  expect(users.revision).toBe(revision);
  expect(metadata.records.size).toBe(0);
});

test('a bad pattern leaves the permission as it was', () => {
  users.putUser('ann', 'pw', []);
  users.setPermission('ann', '/', everything);
  expect(() => users.setPermission('ann', '/', { ...everything, write: '(' })).toThrow(
    PatternError,
  );
  expect(users.listPermissions()).toEqual([{ user: 'ann', vhost: '/', ...everything }]);
});

test('everything is there after a restart, and nothing that was deleted', () => {
  users.putUser('ann', 'pw', ['management']);
  users.putUser('bob', 'pw', []);
  users.putUser('eve', 'pw', []);
  users.setPermission('ann', '/', everything);
  users.setPermission('ann', 'v', { configure: '', write: '^w', read: '' });
  users.setPermission('bob', '/', everything);
  users.setPermission('eve', '/', everything);
  users.clearPermission('bob', '/');
  users.deleteUser('eve');
  const before = { users: users.listUsers(), permissions: users.listPermissions() };
  users = restart();
  expect({ users: users.listUsers(), permissions: users.listPermissions() }).toEqual(before);
  expect(before.users.map((user) => user.name)).toEqual(['ann', 'bob']);
  expect(login('ann', 'pw')).toBeDefined();
  // New records do not overwrite old ones.
  users.putUser('joe', 'pw', []);
  users.setPermission('joe', '/', everything);
  users = restart();
  expect(users.listUsers().map((user) => user.name)).toEqual(['ann', 'bob', 'joe']);
  expect(users.listPermissions()).toHaveLength(3);
});

test('no password is stored', () => {
  users.putUser('ann', 'canary-password', []);
  expect(JSON.stringify(metadata.load())).not.toContain('canary');
});
