// A login to the management API.

import type { AdminNode } from './admin-node.ts';
import type { Requester } from './requester.ts';

export interface Credentials {
  readonly name: string;
  readonly password: Buffer;
}

/** From where a request comes. */
export interface Origin {
  readonly address: string;
  readonly isLoopback: boolean;
}

/** What the client is told, in RabbitMQ's words. */
export type Refusal = 'Login failed' | 'User can only log in via localhost';

export function logIn(
  node: AdminNode,
  credentials: Credentials,
  origin: Origin,
): Requester | Refusal {
  const answer = node.users.logIn(credentials.name, credentials.password, origin.isLoopback);
  if (typeof answer !== 'string') return { user: answer, address: origin.address };
  if (answer === 'user can only connect via localhost') return 'User can only log in via localhost';
  return 'Login failed';
}
