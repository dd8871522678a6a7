import { expect, test } from 'vitest';
import { SESSIONS_MAX, Sessions } from '../../src/admin/sessions.ts';
import { InternalUsers } from '../../src/auth/internal-users.ts';
import { SystemRandom } from '../../src/network/system-random.ts';
import { openMemoryStore } from '../../src/storage/memory/memory-store.ts';
import { ManualClock } from '../support/core/manual-clock.ts';

function open() {
  const clock = new ManualClock();
  const random = new SystemRandom();
  const { metadata } = openMemoryStore();
  const users = new InternalUsers({ metadata, random, clock, loopbackUsers: new Set() });
  users.putUser('ann', 'p', ['management']);
  const sessions = new Sessions({ users, clock, random, idleMs: 1_000 });
  const ann = users.get('ann');
  if (ann === undefined) throw new Error('there is no ann');
  return { clock, users, sessions, ann };
}

test('a session ends after a time without use', () => {
  const { clock, sessions, ann } = open();
  const token = sessions.open(ann);
  clock.advance(900);
  expect(sessions.find(token)?.name).toBe('ann');
  clock.advance(900);
  expect(sessions.find(token)?.name).toBe('ann');
  clock.advance(1_000);
  expect(sessions.find(token)).toBeUndefined();
  expect(sessions.count).toBe(0);
});

test('sessions that ended are dropped when others begin', () => {
  const { clock, sessions, ann } = open();
  for (let opened = 0; opened < 5; opened++) sessions.open(ann);
  clock.advance(1_000);
  sessions.open(ann);
  expect(sessions.count).toBe(1);
});

test('there are so many at most; the one unused for longest goes', () => {
  const { sessions, ann } = open();
  const first = sessions.open(ann);
  const second = sessions.open(ann);
  sessions.find(first);
  for (let opened = 2; opened < SESSIONS_MAX; opened++) sessions.open(ann);
  expect(sessions.count).toBe(SESSIONS_MAX);
  sessions.open(ann);
  expect(sessions.count).toBe(SESSIONS_MAX);
  expect(sessions.find(second)).toBeUndefined();
  expect(sessions.find(first)?.name).toBe('ann');
});
