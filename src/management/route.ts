// What a route is: one method of one path, who may use it, and what it does.

import type { ApiRequest } from './api-request.ts';
import type { Reply } from './reply.ts';

/**
 * Who may use a route. A path with `:vhost` needs a vhost that exists (404) besides.
 * - `none`: anyone, without a login
 * - `auth`: users with a tag of management; lists show each what it may see
 * - `vhost`: those with a permission in the path's `:vhost`, and administrators
 * - `visible`: the same, and monitoring
 * - `own`: as `auth`; the handler asks `request.requireOwner`
 * - `mon`: monitoring · `policy`: policymakers with access to the `:vhost` · `admin`: administrators
 */
export type AccessClass =
  | 'none'
  | 'auth'
  | 'vhost'
  | 'visible'
  | 'own'
  | 'mon'
  | 'policy'
  | 'admin';

/** In the order in which `Allow` names them. */
export const METHODS = ['GET', 'PUT', 'POST', 'DELETE'] as const;

export type Method = (typeof METHODS)[number];

export type Handler = (request: ApiRequest) => Reply | Promise<Reply>;

export interface Route {
  readonly method: Method;
  /** Below `/api`: `/queues/:vhost/:name`. */
  readonly path: string;
  readonly access: AccessClass;
  readonly handle: Handler;
  /** True: it changes nothing that an operator set, so the audit log is silent about it. */
  readonly isQuiet?: boolean;
}

export function get(path: string, access: AccessClass, handle: Handler): Route {
  return { method: 'GET', path, access, handle };
}

export function put(path: string, access: AccessClass, handle: Handler): Route {
  return { method: 'PUT', path, access, handle };
}

export function post(path: string, access: AccessClass, handle: Handler): Route {
  return { method: 'POST', path, access, handle };
}

export function del(path: string, access: AccessClass, handle: Handler): Route {
  return { method: 'DELETE', path, access, handle };
}
