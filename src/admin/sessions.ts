// Sessions of people who logged in to the management API. In memory only: a restart asks for the
// password again, and so does a change of it.

import type { InternalUsers, StoredUser } from '../auth/internal-users.ts';
import type { Clock, Random } from '../broker/clock.ts';

const TOKEN_BYTES = 32;
export const SESSIONS_MAX = 10_000;

interface Session {
  readonly userName: string;
  /** The password's hash at the login. */
  readonly passwordHash: string;
  endsAtMs: number;
}

export interface SessionsOptions {
  readonly users: InternalUsers;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Random;
  /** Without a request for this long, a session ends. */
  readonly idleMs: number;
}

export class Sessions {
  readonly idleMs: number;
  readonly #options: SessionsOptions;
  /** By token; those that were used last come last. */
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.idleMs = options.idleMs;
    this.#options = options;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Returns the token that stands for the session. */
  open({ name, passwordHash }: StoredUser): string {
    const token = this.#options.random.bytes(TOKEN_BYTES).toString('base64url');
    this.#sessions.set(token, { userName: name, passwordHash, endsAtMs: this.#endsAtMs() });
    this.#drop();
    return token;
  }

  /** The user as it is now; undefined when the session has ended. */
  find(token: string): StoredUser | undefined {
    const session = this.#sessions.get(token);
    if (session === undefined) return undefined;
    this.#sessions.delete(token);
    const user = this.#options.users.get(session.userName);
    const isOver = session.endsAtMs <= this.#options.clock.nowMs();
    if (isOver || user?.passwordHash !== session.passwordHash) return undefined;
    session.endsAtMs = this.#endsAtMs();
    this.#sessions.set(token, session);
    return user;
  }

  close(token: string): void {
    this.#sessions.delete(token);
  }

  #endsAtMs(): number {
    return this.#options.clock.nowMs() + this.idleMs;
  }

  /** Those that ended, and the ones unused for longest when there are too many. */
  #drop(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [token, session] of this.#sessions) {
      if (session.endsAtMs > nowMs && this.#sessions.size <= SESSIONS_MAX) return;
      this.#sessions.delete(token);
    }
  }
}
