// Who a request comes from: Basic authentication, the token of a session, or the page's cookie. A cookie
// counts only with a header that no other site's page can send, so it cannot be used behind a user's back.

import type { AdminNode } from '../admin/admin-node.ts';
import { type Credentials, logIn, requesterOfSession } from '../admin/login.ts';
import type { Requester } from '../admin/requester.ts';
import { HttpError } from './http-error.ts';

export const CHALLENGE = 'Basic realm="RabbitMQ Management"';
export const SESSION_COOKIE = 'warren_session';
/** Sent by the page with every request. */
export const PAGE_HEADER = 'x-warren-page';

/** No credentials at all: 401 without a body. */
export class LoginRequired extends Error {
  override readonly name = 'LoginRequired';
}

/** Refused credentials: a client is asked for others. */
export class LoginFailed extends HttpError {
  constructor(reason: string) {
    super(401, 'not_authorized', reason);
  }
}

export interface RequestOrigin {
  readonly address: string;
  readonly isLoopback: boolean;
}

/** Rejects with LoginRequired or LoginFailed. */
export async function authenticate(
  node: AdminNode,
  header: (name: string) => string | undefined,
  origin: RequestOrigin,
): Promise<Requester> {
  const credentials = basicCredentials(header('authorization'));
  if (credentials !== undefined) return logInWith(node, credentials, origin);
  const token = sessionToken(header);
  if (token === undefined) throw new LoginRequired();
  const requester = requesterOfSession(node, token, origin.address);
  if (requester === undefined) throw new LoginFailed('Session expired or closed');
  return requester;
}

/** Rejects with LoginFailed. */
export async function logInWith(
  node: AdminNode,
  credentials: Credentials,
  origin: RequestOrigin,
): Promise<Requester> {
  const answer = await logIn(node, credentials, { protocol: 'http', ...origin });
  if (typeof answer === 'string') throw new LoginFailed(answer);
  return answer;
}

/** The token of the request's session, from its header or the page's cookie. */
export function sessionToken(header: (name: string) => string | undefined): string | undefined {
  const bearer = /^bearer +([\w.~+/-]+=*) *$/i.exec(header('authorization') ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  if (header('authorization') !== undefined || header(PAGE_HEADER) === undefined) return undefined;
  const cookies = (header('cookie') ?? '').split(';').map((cookie) => cookie.trim());
  const prefix = `${SESSION_COOKIE}=`;
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
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
