// Speaks the management HTTP API, over TCP, TLS or the local socket. Node's own http module rather than fetch, which
// knows no sockets of Unix, rewrites paths (a queue may be named `..`) and takes longer to load.

import type { ClientRequest, IncomingMessage } from 'node:http';
import { type ApiFailure, apiError, connectionError } from './api-error.ts';
import type { ApiPath } from './api-path.ts';
import type { ApiTarget } from './api-target.ts';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import { at, textAt } from './output/view.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called with the bytes of the body that have left. */
  readonly onSent?: (bytes: number, total: number) => void;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Bodies of requests go out in such portions, so that progress can be seen. */
const PORTION_BYTES = 65_536;

export class ApiClient {
  readonly target: ApiTarget;
  /** Aborts whatever is asked when the user has enough. */
  readonly #interrupted: AbortSignal;

  constructor(target: ApiTarget, interrupted: AbortSignal) {
    this.target = target;
    this.#interrupted = interrupted;
  }

  async get<T>(path: ApiPath, query: Query = {}): Promise<T> {
    const response = await this.request('GET', path, { query });
    return parse(response, path) as T;
  }

  /** Undefined when there is no such object. */
  async find<T>(path: ApiPath, query: Query = {}): Promise<T | undefined> {
    try {
      return await this.get<T>(path, query);
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** Whether it was created; false: it was there already. */
  async put(path: ApiPath, body: unknown = {}): Promise<boolean> {
    const response = await this.request('PUT', path, { body });
    return response.status === 201;
  }

  async post<T>(path: ApiPath, body: unknown = {}, options: RequestOptions = {}): Promise<T> {
    const response = await this.request('POST', path, { ...options, body });
    return parse(response, path) as T;
  }

  async delete(path: ApiPath, options: RequestOptions = {}): Promise<void> {
    await this.request('DELETE', path, options);
  }

  /** Throws a CommandError for every status that is no success. */
  async request(method: Method, path: ApiPath, options: RequestOptions = {}): Promise<ApiResponse> {
    let response: ApiResponse;
    try {
      response = await this.send(method, path, options);
    } catch (error) {
      throw error instanceof CommandError ? error : connectionError(error, this.target);
    }
    if (response.status < 300) return response;
    throw apiError(failureOf(response), path, this.target);
  }

  /** The answer, whatever its status. */
  async send(method: Method, path: ApiPath, options: RequestOptions): Promise<ApiResponse> {
    const { target } = this;
    // Loaded when first needed: --help needs none, and TLS is slow to load.
    const http = await (target.isSecure ? import('node:https') : import('node:http'));
    const body = options.body === undefined ? undefined : bodyOf(options.body);
    const request = http.request({
      ...(target.socketPath !== undefined
        ? { socketPath: target.socketPath }
        : { host: target.host, port: target.port }),
      method,
      path: target.basePath + path.encoded + queryText(options.query ?? {}),
      agent: false,
      headers: {
        // RabbitMQ refuses to purge for those who accept JSON only.
        accept: method === 'GET' ? 'application/json' : '*/*',
        ...(target.authorization !== undefined && { authorization: target.authorization }),
        ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
        ...options.headers,
      },
      signal: this.#interrupted,
    });
    const timeoutSeconds = target.timeoutSeconds;
    request.setTimeout(timeoutSeconds * 1000, () => {
      const text = `no answer from ${target.shown} in ${timeoutSeconds} s`;
      request.destroy(new CommandError(adminExitCodes.timeout, text, 'See --timeout.'));
    });
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => collect(response).then(resolve, reject));
      sendBody(request, body, options.onSent);
    });
  }
}

/** Whether the error is the API's answer with this status. */
export function isStatus(error: unknown, status: number): boolean {
  return error instanceof CommandError && 'status' in error && error.status === status;
}

function bodyOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}

function queryText(query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function sendBody(
  request: ClientRequest,
  body: Buffer | undefined,
  onSent: RequestOptions['onSent'],
): void {
  let sent = 0;
  const next = () => {
    if (body === undefined || sent >= body.length) {
      request.end();
      return;
    }
    const portion = body.subarray(sent, sent + PORTION_BYTES);
    request.write(portion, () => {
      sent += portion.length;
      onSent?.(sent, body.length);
      next();
    });
  };
  next();
}

async function collect(response: IncomingMessage): Promise<ApiResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

function parse(response: ApiResponse, path: ApiPath): unknown {
  if (response.text === '') return {};
  try {
    return JSON.parse(response.text);
  } catch {
    throw new CommandError(
      adminExitCodes.internal,
      `${path.subject}: the answer is no JSON`,
      'Does --url lead to the management API?',
    );
  }
}

function failureOf({ status, text }: ApiResponse): ApiFailure {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The status says it alone.
  }
  const reason = at(body, 'reason');
  const words = Array.isArray(reason) ? reason.map(String).join(': ') : reason;
  return {
    status,
    error: textAt(body, 'error'),
    reason: typeof words === 'string' ? words : '',
    body,
  };
}
