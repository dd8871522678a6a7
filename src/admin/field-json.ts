// Field tables of AMQP as JSON and back: arguments, headers, client properties. JSON has no types of
// integers; the way back chooses the smallest signed one, as RabbitMQ does.

import { EMPTY_TABLE, type FieldTable, type FieldValue } from '../protocol/field-table.ts';
import { TABLE_DEPTH_MAX, TABLE_ENTRIES_MAX } from '../protocol/table-limits.ts';
import { ValidationError } from '../util/request-errors.ts';
import type { View } from './columns.ts';

const NAME_BYTES_MAX = 255;

const NO_FIELDS: View = Object.freeze({});

/** An object without a prototype: a field may have any name. */
export function jsonOfTable(table: FieldTable): View {
  if (table.size === 0) return NO_FIELDS;
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, value] of table) object[name] = jsonOfValue(value);
  return object;
}

export function jsonOfValue(field: FieldValue): unknown {
  switch (field.type) {
    case 'S':
      return field.value.toString('utf8');
    case 'x':
      return field.value.toString('base64');
    case 'F':
      return jsonOfTable(field.value);
    case 'A':
      return field.value.map(jsonOfValue);
    case 'D':
      return field.value.value / 10 ** field.value.scale;
    case 'V':
      return null;
    case 'f':
    case 'd':
      // JSON has no word for the others.
      return Number.isFinite(field.value) ? field.value : String(field.value);
    default:
      return typeof field.value === 'bigint' ? Number(field.value) : field.value;
  }
}

/** Throws ValidationError for what a table cannot hold. `what` names it: `arguments`. */
export function tableOfJson(what: string, json: View): FieldTable {
  const names = Object.keys(json);
  if (names.length === 0) return EMPTY_TABLE;
  return new TableReader(what).table(json, 1);
}

class TableReader {
  readonly #what: string;
  #entries = 0;

  constructor(what: string) {
    this.#what = what;
  }

  table(json: View, depth: number): FieldTable {
    this.#requireDepth(depth);
    const table = new Map<string, FieldValue>();
    for (const [name, value] of Object.entries(json)) {
      if (Buffer.byteLength(name, 'utf8') > NAME_BYTES_MAX) {
        throw new ValidationError(`${this.#what}: a name is longer than ${NAME_BYTES_MAX} bytes`);
      }
      table.set(name, this.#value(name, value, depth));
    }
    return table;
  }

  #value(name: string, json: unknown, depth: number): FieldValue {
    if (++this.#entries > TABLE_ENTRIES_MAX) {
      throw new ValidationError(`${this.#what}: more than ${TABLE_ENTRIES_MAX} fields`);
    }
    if (typeof json === 'string') return { type: 'S', value: Buffer.from(json, 'utf8') };
    if (typeof json === 'boolean') return { type: 't', value: json };
    if (typeof json === 'number') return this.#number(name, json);
    if (json === null || json === undefined) throw new ValidationError(`null_not_allowed: ${name}`);
    if (!Array.isArray(json)) return { type: 'F', value: this.table(json as View, depth + 1) };
    this.#requireDepth(depth + 1);
    return { type: 'A', value: json.map((item) => this.#value(name, item, depth + 1)) };
  }

  #number(name: string, json: number): FieldValue {
    if (!Number.isInteger(json)) return { type: 'd', value: json };
    if (json === (json | 0)) return { type: 'I', value: json };
    if (Math.abs(json) < 2 ** 63) return { type: 'l', value: BigInt(json) };
    throw new ValidationError(`${this.#what}: ${name} does not fit into 64 bits`);
  }

  #requireDepth(depth: number): void {
    if (depth <= TABLE_DEPTH_MAX) return;
    throw new ValidationError(`${this.#what}: nested deeper than ${TABLE_DEPTH_MAX} levels`);
  }
}
