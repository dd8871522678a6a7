// A broker with its management API on a free port, and a small typed client of it.

import { type RunningBroker, type StartOptions, startBroker } from '../../../src/node.ts';
import type { ParsedJson } from '../parsed-json.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is empty. */
  readonly json: ParsedJson;
}

export interface CallOptions {
  /** Default `guest:guest`; null sends no credentials. */
  readonly login?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export class ManagementClient {
  readonly url: string;

  /** `url`: before `/api`. */
  constructor(url: string) {
    this.url = url;
  }

  /** `path`: below `/api`, percent-encoded. A body that is no text is sent as JSON. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<ApiAnswer> {
    const { login = 'guest:guest', headers = {} } = options;
    const response = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        ...(login !== null && { authorization: basic(login) }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
    const { status } = response;
    return { status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  get(path: string, options?: CallOptions): Promise<ApiAnswer> {
    return this.call('GET', path, undefined, options);
  }

  put(path: string, body?: unknown, options?: CallOptions): Promise<ApiAnswer> {
    return this.call('PUT', path, body, options);
  }

  post(path: string, body?: unknown, options?: CallOptions): Promise<ApiAnswer> {
    return this.call('POST', path, body, options);
  }

  delete(path: string, options?: CallOptions): Promise<ApiAnswer> {
    return this.call('DELETE', path, undefined, options);
  }
}

export interface ManagedBroker {
  readonly broker: RunningBroker;
  readonly api: ManagementClient;
}

/** In memory unless the options say otherwise. The caller closes the broker. */
export async function startManaged(options: StartOptions = {}): Promise<ManagedBroker> {
  const broker = await startBroker({ port: 0, memory: true, management: { port: 0 }, ...options });
  return { broker, api: new ManagementClient(broker.managementUrl ?? '') };
}

/** Starts, uses and closes one. */
export async function withManagement(
  use: (managed: ManagedBroker) => Promise<void>,
  options: StartOptions = {},
): Promise<void> {
  const managed = await startManaged(options);
  try {
    await use(managed);
  } finally {
    await managed.broker.close();
  }
}

export function basic(login: string): string {
  return `Basic ${Buffer.from(login, 'utf8').toString('base64')}`;
}
