// One request as its handler sees it: the names in the path, the query, the body, and who asks.

import type { AdminNode } from '../admin/admin-node.ts';
import { isAdministrator, maySeeOwned, mayUseVhost, type Requester } from '../admin/requester.ts';
import { allVhostNames, vhostExists } from '../admin/vhosts.ts';
import { ValidationError } from '../util/request-errors.ts';
import type { RequestOrigin } from './authentication.ts';
import { badRequest, notAuthorised, notFound } from './http-error.ts';
import { type JsonBody, parseObject, readBody } from './json-body.ts';

export interface ApiRequestOptions {
  readonly node: AdminNode;
  /** Undefined only for routes of the class `none`. */
  readonly requester: Requester | undefined;
  readonly origin: RequestOrigin;
  readonly parameters: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly raw: Request;
  readonly bodyBytesMax: number;
  readonly pathPrefix: string;
}

export class ApiRequest {
  readonly node: AdminNode;
  readonly #options: ApiRequestOptions;

  constructor(options: ApiRequestOptions) {
    this.node = options.node;
    this.#options = options;
  }

  get requester(): Requester {
    const { requester } = this.#options;
    if (requester === undefined) throw new Error('a route without a login has no requester');
    return requester;
  }

  get origin(): RequestOrigin {
    return this.#options.origin;
  }

  /** Before `/api`; empty or `/prefix`. */
  get pathPrefix(): string {
    return this.#options.pathPrefix;
  }

  /** What stands in the path for `:name`. */
  parameter(name: string): string {
    const value = this.#options.parameters.get(name);
    if (value === undefined) throw new Error(`the route has no parameter ${name}`);
    return value;
  }

  /** An exchange's name in the path: `amq.default` stands for the one without a name. */
  exchangeParameter(name: string): string {
    const value = this.parameter(name);
    return value === 'amq.default' ? '' : value;
  }

  get queryParameters(): URLSearchParams {
    return this.#options.query;
  }

  readonly query = (name: string): string | undefined => {
    return this.#options.query.get(name) ?? undefined;
  };

  readonly header = (name: string): string | undefined => {
    return this.#options.raw.headers.get(name) ?? undefined;
  };

  bytes(): Promise<Buffer> {
    const { raw, bodyBytesMax } = this.#options;
    return readBody(raw.body, bodyBytesMax);
  }

  /** The body's fields; none when it is empty. */
  async body(): Promise<JsonBody> {
    return parseObject(await this.bytes());
  }

  /** Makes a change at once, in the name of the requester, and resolves when it is durable. */
  change<T>(make: () => T): Promise<T> {
    const { changes, broker } = this.node;
    return changes.make(() => broker.events.by(this.requester.user.name, make));
  }

  /** The same for parameters, with RabbitMQ's words around why one was refused. */
  async changeParameter<T>(make: () => T): Promise<T> {
    try {
      return await this.change(make);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      throw badRequest(`Validation failed\n\n${error.message}\n`);
    }
  }

  /**
   * The vhosts whose content a list shows, by name: the path's, the one of the header `x-vhost`, or all
   * that the requester may use.
   */
  vhostNames(): readonly string[] {
    const { node, requester } = this;
    const one = this.#options.parameters.get('vhost') ?? this.header('x-vhost');
    if (one === undefined) {
      return allVhostNames(node).filter((name) => mayUseVhost(node, requester, name));
    }
    if (!vhostExists(node, one)) throw notFound();
    if (mayUseVhost(node, requester, one)) return [one];
    throw notAuthorised('User not authorised to access virtual host');
  }

  /** To look at what is a user's own: the user and those who monitor. */
  requireOwner(userName: string | undefined): void {
    if (maySeeOwned(this.requester, userName)) return;
    throw notAuthorised('User not authorised to access object');
  }

  /** To end it: the user and administrators. */
  requireOwnerOrAdministrator(userName: string | undefined): void {
    if (isAdministrator(this.requester) || this.requester.user.name === userName) return;
    throw notAuthorised('User not authorised to access object');
  }
}
