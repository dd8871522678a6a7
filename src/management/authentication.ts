// Who a request comes from. Basic authentication with each request; cookies count for nothing here.

import type { AdminNode } from '../admin/admin-node.ts';
import { type Credentials, logIn, type Origin } from '../admin/login.ts';
import type { Requester } from '../admin/requester.ts';
import { HttpError } from './http-error.ts';

export const CHALLENGE = 'Basic realm="RabbitMQ Management"';

/** No credentials at all: 401 without a body. */
export class LoginRequired extends Error {
  override readonly name = 'LoginRequired';
}

/** Refused credentials: a client is asked for others. */
export class LoginFailed extends HttpError {}

/** Throws LoginRequired or LoginFailed. */
export function authenticate(
  node: AdminNode,
  authorization: string | undefined,
  origin: Origin,
): Requester {
  const credentials = basicCredentials(authorization);
  if (credentials === undefined) throw new LoginRequired();
  const answer = logIn(node, credentials, origin);
  if (typeof answer === 'string') throw new LoginFailed(401, 'not_authorized', answer);
  return answer;
}

/** Undefined when the header is none of this kind. The password may hold colons. */
function basicCredentials(authorization: string | undefined): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(0x3a);
  if (colon < 0) return undefined;
  return { name: bytes.toString('utf8', 0, colon), password: bytes.subarray(colon + 1) };
}
