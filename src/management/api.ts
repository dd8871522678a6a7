// The way of a request through the API: path, method, login, access, handler, answer. Whatever comes in,
// the answer is one of RabbitMQ's; only a bug of ours is a 500.

import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { AdminNode } from '../admin/admin-node.ts';
import type { Requester } from '../admin/requester.ts';
import { vhostExists } from '../admin/vhosts.ts';
import { AssertionError } from '../util/assert.ts';
import { checkAccess } from './access-check.ts';
import { ApiRequest } from './api-request.ts';
import {
  authenticate,
  CHALLENGE,
  LoginFailed,
  LoginRequired,
  PAGE_HEADER,
  type RequestOrigin,
} from './authentication.ts';
import { type CorsSettings, corsHeaders, preflightHeaders } from './cors.ts';
import { badRequest, httpErrorOf, notFound } from './http-error.ts';
import type { Reply } from './reply.ts';
import { parseTarget, type RequestTarget } from './request-target.ts';
import type { Method, Route } from './route.ts';
import { ROUTES } from './route-table.ts';
import { allowOf, parametersOf, type RouteMatch, RouteTree } from './route-tree.ts';
import { streamOf } from './text-stream.ts';

export interface ManagementLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ApiOptions {
  readonly node: AdminNode;
  readonly log: ManagementLog;
  readonly cors: CorsSettings;
  /** Before `/api`; empty or `/prefix`. */
  readonly pathPrefix: string;
  readonly bodyBytesMax: number;
  readonly isLoopbackAddress: (address: string) => boolean;
  /** Who comes without credentials is this user. */
  readonly localUser?: Requester['user'];
}

export type ApiContext = Context<{ Bindings: HttpBindings }>;

const LOCAL_ORIGIN: RequestOrigin = { address: 'local socket', isLoopback: true };

const EMPTY: Pick<Reply, 'headers' | 'body'> = { headers: {}, body: undefined };

const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

export class Api {
  readonly #options: ApiOptions;
  readonly #tree = new RouteTree(ROUTES);

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** `target`: path and query as they came, below `/api`. */
  async handle(context: ApiContext, target: string): Promise<Response> {
    const { cors } = this.#options;
    const reply = await this.#reply(context, target);
    return new Response(context.req.method === 'HEAD' ? null : bodyOf(reply, this.#options.log), {
      status: reply.status,
      headers: {
        vary: 'accept, accept-encoding, origin',
        ...securityHeaders,
        ...corsHeaders(cors, context.req.header('origin')),
        ...reply.headers,
        ...lengthOf(reply),
      },
    });
  }

  async #reply(context: ApiContext, target: string): Promise<Reply> {
    try {
      const parsed = parseTarget(target);
      if (parsed === undefined)
        throw badRequest('the path has a percent sequence that is no UTF-8');
      const match = this.#tree.find(parsed.segments);
      if (match === undefined) throw notFound();
      const { method } = context.req;
      if (method === 'OPTIONS') return this.#answerOptions(context, match);
      const route = match.routes.get((method === 'HEAD' ? 'GET' : method) as Method);
      if (route === undefined) return { ...EMPTY, status: 405, headers: { allow: allowOf(match) } };
      return await this.#serve(context, route, parsed, match.values);
    } catch (error) {
      return this.#failure(error, context, target);
    }
  }

  #answerOptions(context: ApiContext, match: RouteMatch): Reply {
    const allow = allowOf(match);
    const preflight = preflightHeaders(
      this.#options.cors,
      context.req.header('origin'),
      allow,
      context.req.header('access-control-request-headers'),
    );
    return { ...EMPTY, status: 200, headers: { allow, ...preflight } };
  }

  async #serve(
    context: ApiContext,
    route: Route,
    { query }: RequestTarget,
    values: readonly string[],
  ): Promise<Reply> {
    const { node, bodyBytesMax } = this.#options;
    const parameters = withVhost(node, parametersOf(route, values));
    const origin = this.#originOf(context);
    const requester =
      route.access === 'none' ? undefined : await this.#authenticate(context, origin);
    if (requester !== undefined) {
      checkAccess(route.access, node, requester, parameters.get('vhost'));
    }
    const raw = context.req.raw;
    const request = new ApiRequest({
      ...{ node, requester, origin, parameters, query, raw, bodyBytesMax },
      pathPrefix: this.#options.pathPrefix,
    });
    if (route.method === 'GET' || route.isQuiet === true) return await route.handle(request);
    return await this.#audited(route, request, parameters, requester);
  }

  async #authenticate(context: ApiContext, origin: RequestOrigin): Promise<Requester> {
    const { node, localUser } = this.#options;
    // Credentials that are given count, so that they can be tried here, too.
    if (localUser !== undefined && context.req.header('authorization') === undefined) {
      return { user: localUser, address: origin.address };
    }
    return authenticate(node, (name) => context.req.header(name), origin);
  }

  #originOf(context: ApiContext): RequestOrigin {
    if (this.#options.localUser !== undefined) return LOCAL_ORIGIN;
    const address = context.env.incoming.socket.remoteAddress ?? '';
    return { address, isLoopback: this.#options.isLoopbackAddress(address) };
  }

  /** One line for each change: who, from where, what, and how it ended. Never what a body holds. */
  async #audited(
    route: Route,
    request: ApiRequest,
    parameters: ReadonlyMap<string, string>,
    requester: Requester | undefined,
  ): Promise<Reply> {
    const fields = {
      user: requester?.user.name,
      address: requester?.address,
      method: route.method,
      path: route.path,
      ...(parameters.size > 0 && { parameters: Object.fromEntries(parameters) }),
    };
    try {
      const reply = await route.handle(request);
      this.#options.log.info({ ...fields, status: reply.status }, 'management change');
      return reply;
    } catch (error) {
      const status = httpErrorOf(error)?.status ?? 500;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn({ ...fields, status, reason }, 'management change refused');
      throw error;
    }
  }

  #failure(error: unknown, context: ApiContext, target: string): Reply {
    // The page asks for the password itself; a challenge would have its browser do so.
    const challenge: Reply['headers'] =
      context.req.header(PAGE_HEADER) === undefined ? { 'www-authenticate': CHALLENGE } : {};
    if (error instanceof LoginRequired) return { ...EMPTY, status: 401, headers: challenge };
    const known = httpErrorOf(error);
    if (known !== undefined) {
      const { headers, body } = errorBody(known.code, known.message);
      const extra = known instanceof LoginFailed ? challenge : {};
      return { status: known.status, headers: { ...headers, ...extra }, body };
    }
    if (this.#options.node.changes.hasEnded) {
      return { ...EMPTY, status: 503, ...errorBody('service_unavailable', 'the broker has ended') };
    }
    // After a broken invariant nothing is certain any more: the process stops, as everywhere else.
    if (error instanceof AssertionError) setImmediate(() => rethrow(error));
    this.#options.log.error({ err: error, target }, 'a management request failed');
    return { ...EMPTY, status: 500, ...errorBody('internal_error', 'see the log of the broker') };
  }
}

/** Some clients encode a path as if it were a form, with `+` for a space. */
function withVhost(
  node: AdminNode,
  parameters: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const vhost = parameters.get('vhost');
  if (vhost === undefined || !vhost.includes('+') || vhostExists(node, vhost)) return parameters;
  const spaced = vhost.replaceAll('+', ' ');
  return vhostExists(node, spaced) ? new Map(parameters).set('vhost', spaced) : parameters;
}

function rethrow(error: Error): never {
  throw error;
}

function errorBody(error: string, reason: string): Pick<Reply, 'headers' | 'body'> {
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error, reason }),
  };
}

/** Known lengths tell the compression which bodies are worth it. */
function lengthOf({ status, body }: Reply): Readonly<Record<string, string>> {
  if (status === 204 || (body !== undefined && typeof body !== 'string')) return {};
  return { 'content-length': String(Buffer.byteLength(body ?? '', 'utf8')) };
}

function bodyOf({ body }: Reply, log: ManagementLog): string | ReadableStream<Uint8Array> | null {
  if (body === undefined || typeof body === 'string') return body ?? null;
  return streamOf(body, (error) => log.error({ err: error }, 'a management answer broke off'));
}
