// Logins with name and password: verified against the stored hash, slowed down when they go wrong, and
// counted. Why one was refused goes to the log; what the client may know of it is its caller's matter.

import { hash } from 'node:crypto';
import type { LoginOrigin } from '../broker/access.ts';
import type { Clock, Random } from '../broker/clock.ts';
import { LoginThrottle } from './login-throttle.ts';
import { decoyHash, type HashingAlgorithm, verifyPassword } from './password.ts';

export type LoginRefusal =
  | 'no such user'
  | 'wrong password'
  | 'too many wrong passwords'
  | 'too many logins at once'
  | 'user can only connect via localhost';

/** What a password is held against. */
export interface Verifier {
  readonly name: string;
  readonly passwordHash: string;
  readonly hashingAlgorithm: HashingAlgorithm;
}

export interface LoginCounts {
  attempts: number;
  failed: number;
}

export interface LoginsOptions {
  readonly find: (name: string) => Verifier | undefined;
  readonly clock: Pick<Clock, 'nowMs' | 'setTimer'>;
  readonly random: Random;
  /** That of new passwords. */
  readonly hashingAlgorithm: HashingAlgorithm;
  /** Names that may log in from this machine only. */
  readonly loopbackUsers: ReadonlySet<string>;
  /** Told why a login was refused. The client is never told. */
  readonly onRefused: (name: string, reason: LoginRefusal, origin: LoginOrigin) => void;
}

const KEY_BYTES = 32;

export class Logins {
  readonly #options: LoginsOptions;
  readonly #throttle = new LoginThrottle();
  /** Verified for unknown users, so that a refusal takes the same time whoever is asked for. */
  readonly #decoyHash: string;
  /** By name: the hash that a password was right for last, and that password under a key of this start. */
  readonly #accepted = new Map<string, { readonly passwordHash: string; readonly mark: string }>();
  readonly #key: Buffer;
  readonly counts: Readonly<Record<LoginOrigin['protocol'], LoginCounts>> = {
    http: { attempts: 0, failed: 0 },
    amqp091: { attempts: 0, failed: 0 },
  };

  constructor(options: LoginsOptions) {
    this.#options = options;
    const { random } = options;
    this.#decoyHash = decoyHash(random, options.hashingAlgorithm);
    this.#key = random.bytes(KEY_BYTES);
  }

  resetCounts(): void {
    for (const counts of Object.values(this.counts)) counts.attempts = counts.failed = 0;
  }

  /** Calls back at once unless the login has to wait; undefined: it is accepted. */
  logIn(
    name: string,
    password: Buffer,
    origin: LoginOrigin,
    callback: (refusal: LoginRefusal | undefined) => void,
  ): void {
    const { clock } = this.#options;
    const end = (refusal: LoginRefusal | undefined) => {
      this.#count(name, refusal, origin);
      callback(refusal);
    };
    // Who has the right password never waits for those who guess at it from the same address.
    if (this.#wasAccepted(name, password)) return end(this.#localOnly(name, origin));
    const waitMs = this.#throttle.takeTurn(name, origin.address, clock.nowMs());
    if (waitMs === Number.POSITIVE_INFINITY) return end('too many wrong passwords');
    const look = () => this.#verify(name, password, origin, end);
    if (waitMs === 0) look();
    else clock.setTimer(waitMs, look);
  }

  #verify(
    name: string,
    password: Buffer,
    origin: LoginOrigin,
    end: (refusal: LoginRefusal | undefined) => void,
  ): void {
    const user = this.#options.find(name);
    const hash = user?.passwordHash ?? this.#decoyHash;
    const algorithm = user?.hashingAlgorithm ?? this.#options.hashingAlgorithm;
    verifyPassword(password, hash, algorithm, (isRight) => {
      if (isRight === undefined) return end('too many logins at once');
      end(this.#verified(name, password, origin, isRight ? user : undefined));
    });
  }

  /** `user`: the one whose password it is. */
  #verified(
    name: string,
    password: Buffer,
    origin: LoginOrigin,
    user: Verifier | undefined,
  ): LoginRefusal | undefined {
    // An empty password is refused even where its hash is stored (RabbitMQ CVE-2016-9877's lesson).
    if (user === undefined || password.length === 0) {
      this.#throttle.failed(name, origin.address, this.#options.clock.nowMs());
      return this.#options.find(name) === undefined ? 'no such user' : 'wrong password';
    }
    this.#throttle.succeeded(name, origin.address);
    this.#accepted.set(name, { passwordHash: user.passwordHash, mark: this.#markOf(password) });
    return this.#localOnly(name, origin);
  }

  #wasAccepted(name: string, password: Buffer): boolean {
    const accepted = this.#accepted.get(name);
    if (accepted === undefined) return false;
    if (this.#options.find(name)?.passwordHash !== accepted.passwordHash) {
      this.#accepted.delete(name);
      return false;
    }
    return accepted.mark === this.#markOf(password);
  }

  /** Under a secret key, so that comparing it tells nothing of where a difference lies. */
  #markOf(password: Buffer): string {
    return hash('sha256', Buffer.concat([this.#key, password]), 'base64');
  }

  #localOnly(name: string, origin: LoginOrigin): LoginRefusal | undefined {
    const isRefused = !origin.isLoopback && this.#options.loopbackUsers.has(name);
    return isRefused ? 'user can only connect via localhost' : undefined;
  }

  #count(name: string, refusal: LoginRefusal | undefined, origin: LoginOrigin): void {
    const counts = this.counts[origin.protocol];
    counts.attempts++;
    if (refusal === undefined) return;
    counts.failed++;
    this.#options.onRefused(name, refusal, origin);
  }
}
