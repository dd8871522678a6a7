import { expect, test } from 'vitest';
import {
  decoyHash,
  type HashingAlgorithm,
  hashPassword,
  isHashingAlgorithm,
  passwordHash,
  passwordHashNow,
  verifyPassword,
} from '../../src/auth/password.ts';
import { SystemRandom } from '../../src/network/system-random.ts';

// Made by a RabbitMQ 3.10.8 for guest, and RabbitMQ's own published example.
const known = [
  ['guest', 'HukiAJxKI5xJjktGPFhKgHD0226QjWN6x+zpUe+Di0hgsDBK'],
  ['test12', 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR'],
] as const;

const algorithm = 'rabbit_password_hashing_sha256';

/** What is called back at once. */
function verified(
  password: string | Buffer,
  hash: string,
  by: HashingAlgorithm,
): boolean | undefined {
  let result: boolean | undefined;
  verifyPassword(Buffer.from(password), hash, by, (isRight) => {
    result = isRight;
  });
  return result;
}

test.each(known)('the password %s matches its RabbitMQ hash', (password, hash) => {
  expect(verified(password, hash, algorithm)).toBe(true);
  expect(verified(`${password}x`, hash, algorithm)).toBe(false);
  expect(verified('', hash, algorithm)).toBe(false);
});

test.each(known)('hashing %s with the same salt gives the same hash', (password, hash) => {
  const salt = Buffer.from(hash, 'base64').subarray(0, 4);
  expect(hashPassword(Buffer.from(password), salt)).toBe(hash);
});

test('sha512 verifies its own, and not the hash of the other algorithm', () => {
  const password = Buffer.from('pässwörd', 'utf8');
  const hash = hashPassword(password, Buffer.from('abcd'), 'rabbit_password_hashing_sha512');
  expect(Buffer.from(hash, 'base64')).toHaveLength(4 + 64);
  expect(verified(password, hash, 'rabbit_password_hashing_sha512')).toBe(true);
  expect(verified(password, hash, algorithm)).toBe(false);
});

test.each(['', 'AAAA', '!!!!', known[0][1].slice(0, 20)])(
  'nothing matches the broken hash "%s"',
  (hash) => {
    expect(verified('guest', hash, algorithm)).toBe(false);
    expect(verified('', hash, algorithm)).toBe(false);
  },
);

test('only known algorithms are algorithms', () => {
  expect(isHashingAlgorithm(algorithm)).toBe(true);
  expect(isHashingAlgorithm('rabbit_password_hashing_md4')).toBe(false);
  expect(isHashingAlgorithm('constructor')).toBe(false);
});

test('md5 verifies what RabbitMQ stored before 3.6', () => {
  const hash = '2lmoth8l4H0DViLaK9Fxi6l9ds8=';
  expect(verified('guest', hash, 'rabbit_password_hashing_md5')).toBe(true);
  expect(verified('guesT', hash, 'rabbit_password_hashing_md5')).toBe(false);
});

test('a decoy is the hash of nothing that anyone sends', () => {
  const decoy = decoyHash(new SystemRandom(), 'rabbit_password_hashing_sha512');
  expect(Buffer.from(decoy, 'base64')).toHaveLength(4 + 64);
  expect(verified('guest', decoy, 'rabbit_password_hashing_sha512')).toBe(false);
});

const scrypt = 'warren_password_hashing_scrypt';
const later = (password: string, hash: string) =>
  new Promise((resolve) => verifyPassword(Buffer.from(password), hash, scrypt, resolve));

test('scrypt verifies its own, with salt, off the loop', async () => {
  const random = new SystemRandom();
  const hash = await new Promise<string | undefined>((resolve) =>
    passwordHash(Buffer.from('pw'), random, scrypt, resolve),
  );
  expect(isHashingAlgorithm(scrypt)).toBe(true);
  expect(Buffer.from(hash ?? '', 'base64')).toHaveLength(1 + 16 + 32);
  expect(await later('pw', hash ?? '')).toBe(true);
  expect(await later('pW', hash ?? '')).toBe(false);
  const other = passwordHashNow(Buffer.from('pw'), random, scrypt);
  expect(other).not.toBe(hash);
  expect(await later('pw', other)).toBe(true);
  expect(await later('pw', decoyHash(random, scrypt))).toBe(false);
});

test('a scrypt hash that is none, or too dear, matches nothing and costs nothing', () => {
  const dear = Buffer.alloc(49, 30).toString('base64');
  for (const hash of ['', 'AAAA', dear, Buffer.alloc(49).toString('base64')]) {
    expect(verified('pw', hash, scrypt)).toBe(false);
  }
});

test('of many at once those that would wait too long are refused', async () => {
  const hash = Buffer.alloc(49, 10).toString('base64');
  const answers = Array.from({ length: 300 }, () => later('pw', hash));
  expect(new Set(await Promise.all(answers))).toEqual(new Set([false, undefined]));
});
