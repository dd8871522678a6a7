// One object of a definitions file, read field by field: what is wrong is told with its place.

import { ValidationError } from '../../util/request-errors.ts';
import type { View } from '../columns.ts';

export class DefinitionItem {
  readonly #fields: View;
  readonly #where: string;
  readonly #vhost: string | undefined;

  /** `where` as in `queues[3]`; `vhost` goes before the one that the item names. */
  constructor(fields: unknown, where: string, vhost: string | undefined) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw new ValidationError(`${where} should be an object`);
    }
    this.#fields = fields as View;
    this.#where = where;
    this.#vhost = vhost;
  }

  get fields(): View {
    return this.#fields;
  }

  get vhost(): string {
    if (this.#vhost !== undefined) return this.#vhost;
    if (this.#value('vhost') === undefined) {
      throw new ValidationError(
        `${this.#where} has no vhost; what was exported from one vhost is imported into one`,
      );
    }
    return this.text('vhost');
  }

  text(key: string): string {
    const value = this.#value(key);
    if (typeof value === 'string') return value;
    throw new ValidationError(`${this.#where}: ${key} should be a string`);
  }

  boolean(key: string, standard: boolean): boolean {
    const value = this.#value(key) ?? standard;
    if (typeof value === 'boolean') return value;
    throw new ValidationError(`${this.#where}: ${key} should be true or false`);
  }

  /** No object at all is an empty one, and so is Erlang's empty list. */
  object(key: string): View {
    const value = this.#value(key) ?? {};
    if (Array.isArray(value) && value.length === 0) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as View;
    throw new ValidationError(`${this.#where}: ${key} should be an object`);
  }

  any(key: string): unknown {
    const value = this.#value(key);
    if (value !== undefined) return value;
    throw new ValidationError(`${this.#where} has no ${key}`);
  }

  /** Undefined where there is none. */
  optional(key: string): unknown {
    return this.#value(key);
  }

  #value(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined;
  }
}
