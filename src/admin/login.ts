// A login to the management API: by password with each request, or by the token of a session.

import type { LoginOrigin } from '../broker/access.ts';
import type { AdminNode } from './admin-node.ts';
import type { Requester } from './requester.ts';

export interface Credentials {
  readonly name: string;
  readonly password: Buffer;
}

/** What the client is told, in RabbitMQ's words. */
export type Refusal = 'Login failed' | 'User can only log in via localhost';

/** Resolves later when passwords were wrong before. */
export function logIn(
  node: AdminNode,
  { name, password }: Credentials,
  origin: LoginOrigin,
): Promise<Requester | Refusal> {
  return new Promise((resolve) => {
    node.users.logIn(name, password, origin, (answer) => {
      if (typeof answer !== 'string') resolve({ user: answer, address: origin.address });
      else if (answer !== 'user can only connect via localhost') resolve('Login failed');
      else resolve('User can only log in via localhost');
    });
  });
}

/** Returns the session's token; undefined when the user was deleted meanwhile. */
export function openSession(node: AdminNode, requester: Requester): string | undefined {
  const user = node.users.get(requester.user.name);
  return user && node.sessions.open(user);
}

/** Undefined when there is no such session any more. */
export function requesterOfSession(
  node: AdminNode,
  token: string,
  address: string,
): Requester | undefined {
  const user = node.sessions.find(token);
  return user && { user, address };
}

export function closeSession(node: AdminNode, token: string): void {
  node.sessions.close(token);
}

/** Minutes without a request after which a session ends. */
export function sessionMinutes(node: AdminNode): number {
  return node.sessions.idleMs / 60_000;
}
