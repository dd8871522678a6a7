// Passwords under scrypt, which makes each guess at a stolen hash dear. Off the event loop, and one at a
// time: many logins at once must not take the threads that the store writes with.

import { scrypt, scryptSync, timingSafeEqual } from 'node:crypto';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Memory and time as OWASP advises: 2^15 blocks of 1 KiB. The exponent is the hash's first byte. */
const COST_EXPONENT = 15;
const COST_EXPONENT_MIN = 10;
const COST_EXPONENT_MAX = 17;
/** Who would wait behind more is refused. */
const PENDING_MAX = 200;

interface Random {
  bytes(count: number): Buffer;
}

/** Undefined: too many wait already. */
type Answer<T> = (result: T | undefined) => void;

const pending: (() => void)[] = [];
let isRunning = false;

export function scryptHash(password: Buffer, random: Random, callback: Answer<string>): void {
  const salt = random.bytes(SALT_BYTES);
  derive(password, salt, COST_EXPONENT, (key) => callback(key && encoded(salt, key)));
}

/** The same, while everything waits: for the start of a node. */
export function scryptHashNow(password: Buffer, random: Random): string {
  const salt = random.bytes(SALT_BYTES);
  return encoded(salt, scryptSync(password, salt, KEY_BYTES, options(COST_EXPONENT)));
}

/** For a user that does not exist: what nobody's password gives. */
export function scryptDecoy(random: Random): string {
  return encoded(random.bytes(SALT_BYTES), random.bytes(KEY_BYTES));
}

export function scryptVerify(password: Buffer, stored: Buffer, callback: Answer<boolean>): void {
  const costExponent = stored[0] ?? 0;
  const isForm = stored.length === 1 + SALT_BYTES + KEY_BYTES;
  // A hash that was brought in decides what it costs to verify, within reason.
  if (!isForm || costExponent < COST_EXPONENT_MIN || costExponent > COST_EXPONENT_MAX)
    return callback(false);
  const key = stored.subarray(1 + SALT_BYTES);
  derive(password, stored.subarray(1, 1 + SALT_BYTES), costExponent, (derived) =>
    callback(derived && timingSafeEqual(derived, key)),
  );
}

function derive(password: Buffer, salt: Buffer, costExponent: number, callback: Answer<Buffer>) {
  if (pending.length >= PENDING_MAX) return callback(undefined);
  pending.push(() =>
    scrypt(password, salt, KEY_BYTES, options(costExponent), (error, key) => {
      isRunning = false;
      callback(error === null ? key : undefined);
      next();
    }),
  );
  next();
}

function next(): void {
  if (isRunning) return;
  const run = pending.shift();
  if (run === undefined) return;
  isRunning = true;
  run();
}

function options(costExponent: number) {
  const cost = 2 ** costExponent;
  return { N: cost, r: 8, p: 1, maxmem: 2 * 128 * 8 * cost };
}

function encoded(salt: Buffer, key: Buffer): string {
  return Buffer.concat([Buffer.from([COST_EXPONENT]), salt, key]).toString('base64');
}
