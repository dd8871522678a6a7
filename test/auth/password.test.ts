import { expect, test } from 'vitest';
import { hashPassword, isHashingAlgorithm, verifyPassword } from '../../src/auth/password.ts';

// Made by a RabbitMQ 3.10.8 for guest, and RabbitMQ's own published example.
const known = [
  ['guest', 'HukiAJxKI5xJjktGPFhKgHD0226QjWN6x+zpUe+Di0hgsDBK'],
  ['test12', 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR'],
] as const;

const algorithm = 'rabbit_password_hashing_sha256';

test.each(known)('the password %s matches its RabbitMQ hash', (password, hash) => {
  expect(verifyPassword(Buffer.from(password), hash, algorithm)).toBe(true);
  expect(verifyPassword(Buffer.from(`${password}x`), hash, algorithm)).toBe(false);
  expect(verifyPassword(Buffer.from(''), hash, algorithm)).toBe(false);
});

test.each(known)('hashing %s with the same salt gives the same hash', (password, hash) => {
  const salt = Buffer.from(hash, 'base64').subarray(0, 4);
  expect(hashPassword(Buffer.from(password), salt)).toBe(hash);
});

test('sha512 verifies its own, and not the hash of the other algorithm', () => {
  const password = Buffer.from('pässwörd', 'utf8');
  const hash = hashPassword(password, Buffer.from('abcd'), 'rabbit_password_hashing_sha512');
  expect(Buffer.from(hash, 'base64')).toHaveLength(4 + 64);
  expect(verifyPassword(password, hash, 'rabbit_password_hashing_sha512')).toBe(true);
  expect(verifyPassword(password, hash, algorithm)).toBe(false);
});

test.each(['', 'AAAA', '!!!!', known[0][1].slice(0, 20)])(
  'nothing matches the broken hash "%s"',
  (hash) => {
    expect(verifyPassword(Buffer.from('guest'), hash, algorithm)).toBe(false);
    expect(verifyPassword(Buffer.from(''), hash, algorithm)).toBe(false);
  },
);

test('only known algorithms are algorithms', () => {
  expect(isHashingAlgorithm(algorithm)).toBe(true);
  expect(isHashingAlgorithm('rabbit_password_hashing_md4')).toBe(false);
  expect(isHashingAlgorithm('constructor')).toBe(false);
});
