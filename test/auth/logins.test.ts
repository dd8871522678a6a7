import { expect, test } from 'vitest';
import { FREE_FAILURES } from '../../src/auth/login-throttle.ts';
import { type LoginRefusal, Logins } from '../../src/auth/logins.ts';
import { hashPassword } from '../../src/auth/password.ts';
import type { LoginOrigin } from '../../src/broker/access.ts';
import { ManualClock } from '../support/core/manual-clock.ts';

const remote: LoginOrigin = { protocol: 'http', address: '10.0.0.1', isLoopback: false };
const local: LoginOrigin = { protocol: 'amqp091', address: '127.0.0.1', isLoopback: true };

class World {
  readonly clock = new ManualClock();
  readonly hashes = new Map([['ann', hashOf('right')]]);
  readonly refused: string[] = [];
  readonly logins = new Logins({
    find: (name) => {
      const passwordHash = this.hashes.get(name);
      if (passwordHash === undefined) return undefined;
      return { name, passwordHash, hashingAlgorithm: 'rabbit_password_hashing_sha256' };
    },
    clock: this.clock,
    random: { bytes: (count) => Buffer.alloc(count, 7) },
    hashingAlgorithm: 'rabbit_password_hashing_sha256',
    loopbackUsers: new Set(['guest']),
    onRefused: (name, reason) => this.refused.push(`${name}: ${reason}`),
  });

  /** 'waits' while there is no answer. */
  answer(name: string, password: string, origin = remote): () => LoginRefusal | 'in' | 'waits' {
    let result: LoginRefusal | 'in' | 'waits' = 'waits';
    this.logins.logIn(name, Buffer.from(password), origin, (refusal) => {
      result = refusal ?? 'in';
    });
    return () => result;
  }

  guess(count: number, name = 'ann'): void {
    for (let done = 0; done < count; done++) this.answer(name, `guess-${done}`);
  }
}

function hashOf(password: string): string {
  return hashPassword(Buffer.from(password), Buffer.from('salt'));
}

test('who guesses waits, also with the right password at last', () => {
  const world = new World();
  world.guess(FREE_FAILURES);
  const late = world.answer('ann', 'right');
  expect(late()).toBe('waits');
  world.clock.advance(99);
  expect(late()).toBe('waits');
  world.clock.advance(1);
  expect(late()).toBe('in');
  expect(world.answer('ann', 'guess')()).toBe('wrong password');
});

test('who has the right password already does not wait for those who guess', () => {
  const world = new World();
  expect(world.answer('ann', 'right')()).toBe('in');
  world.guess(50);
  expect(world.answer('ann', 'right')()).toBe('in');
  // A new password is not that one any more.
  world.hashes.set('ann', hashOf('new'));
  expect(world.answer('ann', 'right')()).not.toBe('in');
});

test('too many at once are refused without a look', () => {
  const world = new World();
  world.guess(FREE_FAILURES);
  const answers = Array.from({ length: 200 }, () => world.answer('ann', 'right'));
  expect(answers.at(-1)?.()).toBe('too many wrong passwords');
  expect(world.refused.at(-1)).toBe('ann: too many wrong passwords');
});

test('unknown users are slowed down like others', () => {
  const world = new World();
  world.guess(FREE_FAILURES, 'nobody');
  expect(world.answer('nobody', 'x')()).toBe('waits');
});

test('some users log in from this machine only', () => {
  const world = new World();
  world.hashes.set('guest', hashOf('guest'));
  const refusal = 'user can only connect via localhost';
  expect(world.answer('guest', 'guest')()).toBe(refusal);
  expect(world.answer('guest', 'guest', local)()).toBe('in');
  expect(world.answer('guest', 'guest')()).toBe(refusal);
  expect(world.answer('guest', 'wrong')()).toBe('wrong password');
});

test('attempts are counted by protocol', () => {
  const world = new World();
  world.answer('ann', 'right');
  world.answer('ann', 'wrong');
  world.answer('ann', 'right', local);
  expect(world.logins.counts).toEqual({
    http: { attempts: 2, failed: 1 },
    amqp091: { attempts: 1, failed: 0 },
  });
});
