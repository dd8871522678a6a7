// Password hashes in RabbitMQ's format, so that its exported users log in here unchanged:
// base64(4-byte salt + digest(salt + password)).

import { createHash, timingSafeEqual } from 'node:crypto';

/** RabbitMQ's names, as they stand in its definitions, with Node's names of the digests. */
const digests = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
  // RabbitMQ's before 3.6; only ever verified here.
  rabbit_password_hashing_md5: 'md5',
} as const;

export type HashingAlgorithm = keyof typeof digests;

export const HASHING_ALGORITHM_DEFAULT: HashingAlgorithm = 'rabbit_password_hashing_sha256';

export const SALT_BYTES = 4;

export function isHashingAlgorithm(name: string): name is HashingAlgorithm {
  return Object.hasOwn(digests, name);
}

/** `salt` must be fresh random bytes for every new password. */
export function hashPassword(
  password: Buffer,
  salt: Buffer,
  algorithm: HashingAlgorithm = HASHING_ALGORITHM_DEFAULT,
): string {
  return Buffer.concat([salt, saltedDigest(password, salt, algorithm)]).toString('base64');
}

/** What a new password is stored as: with fresh salt. */
export function passwordHash(
  password: Buffer,
  random: { bytes(count: number): Buffer },
  algorithm: HashingAlgorithm = HASHING_ALGORITHM_DEFAULT,
): string {
  return hashPassword(password, random.bytes(SALT_BYTES), algorithm);
}

/** The time it takes depends on the password's length alone, not on where a difference lies. */
export function verifyPassword(
  password: Buffer,
  storedHash: string,
  algorithm: HashingAlgorithm,
): boolean {
  const stored = Buffer.from(storedHash, 'base64');
  const digest = saltedDigest(password, stored.subarray(0, SALT_BYTES), algorithm);
  const storedDigest = stored.subarray(SALT_BYTES);
  // An empty hash marks a user without a password (RabbitMQ): the lengths differ, nobody gets in.
  return storedDigest.length === digest.length && timingSafeEqual(storedDigest, digest);
}

function saltedDigest(password: Buffer, salt: Buffer, algorithm: HashingAlgorithm): Buffer {
  return createHash(digests[algorithm]).update(salt).update(password).digest();
}
