// Headers as RabbitMQ 3.10.8 sends them: names, order and values were compared with it.
import { beforeEach, expect, it } from 'vitest';
import { InternalUsers } from '../../src/auth/internal-users.ts';
import type { EventFields } from '../../src/broker/events.ts';
import { SystemRandom } from '../../src/network/system-random.ts';
import { openStore } from '../../src/storage/create-store.ts';
import { ManualClock } from '../support/core/manual-clock.ts';

let users: InternalUsers;
let heard: [string, EventFields][];

beforeEach(async () => {
  const { metadata } = await openStore({ engine: 'memory' });
  users = new InternalUsers({
    metadata,
    clock: new ManualClock(),
    random: new SystemRandom(),
    loopbackUsers: new Set(),
  });
  heard = [];
  const actorName = 'ann';
  users.events.listen({ actorName, emit: (name, fields) => heard.push([name, fields()]) });
});

function take(): [string, object][] {
  const taken = heard;
  heard = [];
  return taken.map(([name, fields]) => [name, Object.entries(fields)]);
}

const by = ['user_who_performed_action', 'ann'];
const tags = (...names: string[]) => {
  const value = names.map((name) => ({ type: 'S', value: Buffer.from(name) }));
  return ['tags', { type: 'A', value }];
};
const name = ['name', 'bob'];

it('users come, change and go', () => {
  users.putUser('bob', 'secret', []);
  users.putUser('bob', 'other', ['monitoring']);
  users.deleteUser('bob');
  users.deleteUser('bob');
  expect(take()).toEqual([
    ['user.created', [by, name]],
    ['user.password.changed', [by, name]],
    ['user.tags.set', [by, tags('monitoring'), name]],
    ['user.deleted', [by, name]],
  ]);
});

it('tags of a new user are told when there are any', () => {
  users.putUser('bob', 'secret', ['a', 'b']);
  expect(take()).toEqual([
    ['user.created', [by, name]],
    ['user.tags.set', [by, tags('a', 'b'), name]],
  ]);
});

it('limits, permissions and topic permissions come and go', () => {
  users.putUser('bob', 'secret', []);
  take();
  users.setUserLimit('bob', 'max-channels', 7);
  users.setUserLimit('bob', 'max-channels', undefined);
  users.setPermission('bob', 'v', { configure: 'c', write: 'w', read: 'r' });
  users.setTopicPermission('bob', 'v', 'x', { write: 'w', read: 'r' });
  users.clearTopicPermissions('bob', 'v', 'x');
  users.clearTopicPermissions('bob', 'v');
  users.clearPermission('bob', 'v');
  users.clearPermission('bob', 'v');
  const where = [
    ['vhost', 'v'],
    ['user', 'bob'],
  ];
  const limits = [['username', 'bob'], by, ['name', 'limits']];
  expect(take()).toEqual([
    ['user.limits.set', [['max-channels', 7], ...limits]],
    ['user.limits.cleared', limits],
    ['permission.created', [by, ['read', 'r'], ['write', 'w'], ['configure', 'c'], ...where]],
    ['topic.permission.created', [by, ['read', 'r'], ['write', 'w'], ['exchange', 'x'], ...where]],
    ['topic.permission.deleted', [by, ['exchange', 'x'], ...where]],
    ['permission.deleted', [by, ...where]],
  ]);
});

it('a deleted vhost takes its permissions along', () => {
  users.putUser('bob', 'secret', []);
  users.setPermission('bob', 'v', { configure: 'c', write: 'w', read: 'r' });
  take();
  users.clearVhost('v');
  expect(take()).toEqual([['permission.deleted', [by, ['vhost', 'v'], ['user', 'bob']]]]);
});
