// Global parameters: names with any JSON as their value, among them the cluster's name and its
// permanent id. Held in memory; each change is written as a Metadata record.

import type { Metadata } from '../broker/metadata.ts';
import { assert } from '../util/assert.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import { requireName } from './checks.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { compareTexts } from './term-order.ts';

export const CLUSTER_NAME = 'cluster_name';
/** Dashboards tell clusters by it; never taken over from another cluster. */
export const CLUSTER_ID = 'internal_cluster_id';

const CLUSTER_ID_BYTES = 16;
const COUNT_MAX = 1_000;
const VALUE_LENGTH_MAX = 65_536;

interface Parameter {
  readonly id: number;
  readonly name: string;
  readonly value: unknown;
}

export class GlobalParameters {
  readonly #metadata: Metadata;
  readonly #byName = new Map<string, Parameter>();
  #nextId = 1;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    for (const { kind, id, fields } of metadata.load()) {
      if (kind !== 'global_parameter') continue;
      const { name, value } = fields;
      assert(
        typeof name === 'string' && typeof value === 'string',
        'a stored global parameter has a name and a value',
      );
      this.#byName.set(name, { id, name, value: JSON.parse(value) });
      this.#nextId = Math.max(this.#nextId, id + 1);
    }
  }

  /** Draws the cluster's id at its first start. */
  ensureClusterId(random: { bytes(count: number): Buffer }): void {
    if (this.#byName.has(CLUSTER_ID)) return;
    const id = random.bytes(CLUSTER_ID_BYTES).toString('base64url');
    this.set(CLUSTER_ID, `rabbitmq-cluster-id-${id}`);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Undefined when it is none or no text. */
  text(name: string): string | undefined {
    const value = this.#byName.get(name)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  /** Throws NotFoundError. */
  view(name: string): View {
    const parameter = this.#byName.get(name);
    if (parameter === undefined) throw new NotFoundError('Parameter does not exist');
    return { value: parameter.value, name };
  }

  list(): ListSource<Parameter> {
    const items = [...this.#byName.values()].sort((a, b) => compareTexts(a.name, b.name));
    return {
      items,
      name: ({ name }) => name,
      view: ({ name, value }) => ({ name, value }),
    };
  }

  /** Returns whether it is new. Throws ValidationError. */
  set(name: string, value: unknown): boolean {
    requireName('global parameter', name, 1);
    const text = JSON.stringify(value);
    if (text.length > VALUE_LENGTH_MAX) {
      throw new ValidationError(
        `the value of a global parameter has at most ${VALUE_LENGTH_MAX} characters of JSON`,
      );
    }
    const known = this.#byName.get(name);
    if (known === undefined && this.#byName.size >= COUNT_MAX) {
      throw new ValidationError(`the limit of ${COUNT_MAX} global parameters is reached`);
    }
    const id = known?.id ?? this.#nextId++;
    this.#byName.set(name, { id, name, value });
    this.#metadata.put({ kind: 'global_parameter', id, fields: { name, value: text } });
    return known === undefined;
  }

  /** Throws NotFoundError. */
  clear(name: string): void {
    const known = this.#byName.get(name);
    if (known === undefined) throw new NotFoundError('Parameter does not exist');
    this.#byName.delete(name);
    this.#metadata.delete('global_parameter', known.id);
  }
}
