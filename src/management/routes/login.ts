// Who am I, and sessions: a login once instead of a password with each request.

import { closeSession, openSession, sessionMinutes } from '../../admin/login.ts';
import { mayManage, type Requester } from '../../admin/requester.ts';
import type { ApiRequest } from '../api-request.ts';
import { logInWith, PAGE_HEADER, SESSION_COOKIE, sessionToken } from '../authentication.ts';
import { badRequest, notAuthorised } from '../http-error.ts';
import { type JsonBody, parseObject } from '../json-body.ts';
import { json, noContent, object, type Reply } from '../reply.ts';
import { del, get, post, type Route } from '../route.ts';

export const loginRoutes: readonly Route[] = [
  get('/whoami', 'auth', (request) => {
    return object(request, {
      ...userView(request.requester),
      is_internal_user: true,
      login_session_timeout: sessionMinutes(request.node),
    });
  }),
  // No OAuth 2.
  get('/auth', 'none', () =>
    json({ enable_uaa: false, uaa_client_id: '', uaa_location: '', oauth_enabled: false }),
  ),
  { ...post('/login', 'none', login), isQuiet: true },
  { ...del('/login', 'none', logout), isQuiet: true },
];

/**
 * Answers a bearer token; to the page, which says so by its header, a cookie that scripts cannot read.
 * Without the header another site could log its visitors in.
 */
async function login(request: ApiRequest): Promise<Reply> {
  const { username, password } = credentialsOf(await request.bytes());
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw badRequest('username and password are needed, as a form or as JSON');
  }
  const credentials = { name: username, password: Buffer.from(password, 'utf8') };
  const requester = await logInWith(request.node, credentials, request.origin);
  if (!mayManage(requester)) throw notAuthorised('Not management user');
  const token = openSession(request.node, requester);
  if (token === undefined) throw notAuthorised('Login failed');
  if (request.header(PAGE_HEADER) === undefined) {
    return json({ token: { type: 'bearer', value: token }, user: userView(requester) });
  }
  const maxAgeSeconds = sessionMinutes(request.node) * 60;
  return json(
    { user: userView(requester) },
    { 'set-cookie': cookie(request, token, maxAgeSeconds) },
  );
}

/** Also when the session has ended already. */
function logout(request: ApiRequest): Reply {
  const token = sessionToken(request.header);
  if (token !== undefined) closeSession(request.node, token);
  return { ...noContent(), headers: { 'set-cookie': cookie(request, '', 0) } };
}

/** A form as RabbitMQ's page sends it, or JSON. */
function credentialsOf(body: Buffer): JsonBody {
  const text = body.toString('utf8');
  if (text.trimStart().startsWith('{')) return parseObject(body);
  return Object.fromEntries(new URLSearchParams(text));
}

function userView({ user }: Requester): JsonBody {
  return { name: user.name, tags: user.tags };
}

function cookie({ pathPrefix }: ApiRequest, token: string, maxAgeSeconds: number): string {
  return `${SESSION_COOKIE}=${token}; Path=${pathPrefix}/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
}
