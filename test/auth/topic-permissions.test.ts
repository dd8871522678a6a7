import { expect, test } from 'vitest';
import { PatternError } from '../../src/auth/pattern/pattern-error.ts';
import { expandVariables, TopicPermissions } from '../../src/auth/topic-permissions.ts';
import { openMemoryStore } from '../../src/storage/memory/memory-store.ts';

const ROW = { user: 'a.b', vhost: 'v', exchange: 'x', write: '^{username}\\.', read: '' };

test('restrict the routing keys of one user, vhost and exchange', () => {
  const permissions = new TopicPermissions(openMemoryStore().metadata);
  expect(permissions.restricts('a.b', 'v', 'x')).toBe(false);
  permissions.set(ROW);
  expect(permissions.restricts('a.b', 'v', 'x')).toBe(true);
  expect(permissions.restricts('a.b', 'v', 'y')).toBe(false);
  expect(permissions.allows('a.b', 'v', 'y', 'write', 'k')).toBe(true);
  expect(permissions.allows('a.b', 'v', 'x', 'write', 'a.b.k')).toBe(true);
  expect(permissions.allows('a.b', 'v', 'x', 'write', 'aXb.k')).toBe(false);
  expect(permissions.allows('a.b', 'v', 'x', 'read', 'a.b.k')).toBe(false);
  expect(permissions.clear((one) => one.exchange === 'y')).toBe(0);
  expect(permissions.clear((one) => one.user === 'a.b')).toBe(1);
  expect(permissions.list()).toEqual([]);
});

test('a bad pattern changes nothing', () => {
  const permissions = new TopicPermissions(openMemoryStore().metadata);
  expect(() => permissions.set({ ...ROW, read: '(' })).toThrow(PatternError);
  expect(permissions.list()).toEqual([]);
});

test('come back from their records', () => {
  const permissions = new TopicPermissions(openMemoryStore().metadata);
  permissions.load({ kind: 'topic_permission', id: 4, fields: ROW });
  expect(permissions.list()).toEqual([ROW]);
  expect(permissions.allows('a.b', 'v', 'x', 'write', 'k')).toBe(false);
});

test('variables are filled in as literals, unknown ones stay', () => {
  const values = { username: '.*', vhost: '/', client_id: 'c-1' };
  expect(expandVariables('{username}{vhost}{client_id}{other}', values)).toBe(
    '\\x{2e}\\x{2a}\\x{2f}c\\x{2d}1{other}',
  );
  expect(expandVariables('{client_id}', { username: 'u' })).toBe('{client_id}');
});
