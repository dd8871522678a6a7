// One request to the HTTP API. A refusal becomes an ApiError with the server's own reason, so that the page can say it.
// Addresses are relative: the page works below a path prefix.

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Another site cannot send this header without being asked first: it proves that the request is the page's own. */
export const PAGE_HEADER = { 'X-Warren-Page': '1' } as const;

export class ApiError extends Error {
  /** 0 when there was no answer at all. */
  readonly status: number;
  readonly code: string;
  /** The whole answer, where there is more to it than a reason. */
  readonly body: unknown;

  constructor(status: number, code: string, reason: string, body?: unknown) {
    super(reason);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.body = body;
  }

  /** Nothing is wrong with what was asked: asking again may help. */
  get isOutage(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  /** 401 means two things here: nobody is logged in, or this user may not. Only the first has no `not_authorised`. */
  get isSessionLost(): boolean {
    return this.status === 401 && this.code !== 'not_authorised';
  }
}

export async function request<Result>(
  method: string,
  path: readonly string[],
  options: RequestOptions = {},
): Promise<Result> {
  const response = await send(method, path, options);
  const text = await response.text();
  if (!response.ok) throw errorOf(response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as Result;
}

export function addressOf(path: readonly string[], query: RequestOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  const address = `api/${path.map(encodeURIComponent).join('/')}`;
  return search.size === 0 ? address : `${address}?${search.toString()}`;
}

async function send(method: string, path: readonly string[], options: RequestOptions) {
  const { body, query, headers, signal } = options;
  try {
    return await fetch(addressOf(path, query), {
      method,
      headers: {
        accept: 'application/json',
        ...PAGE_HEADER,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server does not answer.');
  }
}

/** The body of an error is `{error, reason}`, where the reason may be text or a list; some have no body at all. */
export function errorOf(status: number, text: string): ApiError {
  let code = '';
  let reason = '';
  let body: { error?: unknown; reason?: unknown } = {};
  try {
    body = JSON.parse(text) as typeof body;
    code = String(body.error ?? '');
    reason = Array.isArray(body.reason) ? body.reason.join(' ') : String(body.reason ?? '');
  } catch {
    // A proxy's page, or nothing.
  }
  const words = reason || WITHOUT_REASON[status] || `HTTP status ${status}`;
  return new ApiError(status, code, words, body);
}

const WITHOUT_REASON: Readonly<Record<number, string>> = {
  401: 'Not logged in.',
  404: 'Not found.',
  405: 'The server does not offer this.',
  413: 'The request is too large for the server.',
  500: 'The server failed. Its log says why.',
  503: 'The server is not ready.',
};
