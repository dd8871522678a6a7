// Password hashes. RabbitMQ's, so that its exported users log in here unchanged and ours there:
// base64(4-byte salt + digest(salt + password)). And one of our own, which only this broker knows.

import { createHash, timingSafeEqual } from 'node:crypto';
import { scryptDecoy, scryptHash, scryptHashNow, scryptVerify } from './scrypt-hash.ts';

/** RabbitMQ's names, as they stand in its definitions, with Node's names of the digests. */
const digests = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
  // RabbitMQ's before 3.6.
  rabbit_password_hashing_md5: 'md5',
} as const;

const SCRYPT = 'warren_password_hashing_scrypt';

type DigestAlgorithm = keyof typeof digests;
export type HashingAlgorithm = DigestAlgorithm | typeof SCRYPT;

export const HASHING_ALGORITHM_DEFAULT = 'rabbit_password_hashing_sha256';

const SALT_BYTES = 4;

export interface RandomBytes {
  bytes(count: number): Buffer;
}

export function isHashingAlgorithm(name: string): name is HashingAlgorithm {
  return name === SCRYPT || Object.hasOwn(digests, name);
}

/** `salt` must be fresh random bytes for every new password. */
export function hashPassword(
  password: Buffer,
  salt: Buffer,
  algorithm: DigestAlgorithm = HASHING_ALGORITHM_DEFAULT,
): string {
  return Buffer.concat([salt, saltedDigest(password, salt, algorithm)]).toString('base64');
}

/** What a new password is stored as. Calls back at once but for scrypt; undefined: too many wait. */
export function passwordHash(
  password: Buffer,
  random: RandomBytes,
  algorithm: HashingAlgorithm,
  callback: (hash: string | undefined) => void,
): void {
  if (algorithm === SCRYPT) scryptHash(password, random, callback);
  else callback(hashPassword(password, random.bytes(SALT_BYTES), algorithm));
}

/** The same, while everything waits: for the start of a node. */
export function passwordHashNow(
  password: Buffer,
  random: RandomBytes,
  algorithm: HashingAlgorithm,
): string {
  if (algorithm === SCRYPT) return scryptHashNow(password, random);
  return hashPassword(password, random.bytes(SALT_BYTES), algorithm);
}

/** A hash that no password has, and that takes as long to verify as any other. */
export function decoyHash(random: RandomBytes, algorithm: HashingAlgorithm): string {
  if (algorithm === SCRYPT) return scryptDecoy(random);
  return hashPassword(random.bytes(16), random.bytes(SALT_BYTES), algorithm);
}

/**
 * Calls back at once but for scrypt; undefined: too many wait. The time it takes depends on the
 * password's length alone, not on where a difference lies.
 */
export function verifyPassword(
  password: Buffer,
  storedHash: string,
  algorithm: HashingAlgorithm,
  callback: (isRight: boolean | undefined) => void,
): void {
  const stored = Buffer.from(storedHash, 'base64');
  if (algorithm === SCRYPT) return scryptVerify(password, stored, callback);
  const digest = saltedDigest(password, stored.subarray(0, SALT_BYTES), algorithm);
  const storedDigest = stored.subarray(SALT_BYTES);
  // An empty hash marks a user without a password (RabbitMQ): the lengths differ, nobody gets in.
  callback(storedDigest.length === digest.length && timingSafeEqual(storedDigest, digest));
}

function saltedDigest(password: Buffer, salt: Buffer, algorithm: DigestAlgorithm): Buffer {
  return createHash(digests[algorithm]).update(salt).update(password).digest();
}
