// Makes a method of its name and some of its fields; the others get their empty value. For tools and
// tests that speak AMQP as text.

import { assert } from '../util/assert.ts';
import { EMPTY_TABLE, type FieldTable } from './field-table.ts';
import { METHODS, type Method } from './generated/methods.ts';
import type { MethodSpec, WireType } from './method-spec.ts';

export type MethodFieldValue = string | number | boolean | Buffer | FieldTable;

const METHODS_BY_NAME: ReadonlyMap<string, MethodSpec> = new Map(
  Array.from(METHODS.values(), (spec) => [spec.name, spec]),
);

/** `queue.declare` → its entry of METHODS. */
export function methodNamed(name: string): MethodSpec | undefined {
  return METHODS_BY_NAME.get(name);
}

/** Keys of `fields` are the properties of the method's interface. */
export function createMethod(
  name: string,
  fields: Readonly<Record<string, MethodFieldValue>> = {},
): Method {
  const spec = METHODS_BY_NAME.get(name);
  assert(spec !== undefined, `${name} is a method of AMQP 0-9-1`);
  const method: Record<string, MethodFieldValue> = { id: spec.id };
  for (const field of spec.fields) {
    if (!field.isReserved) method[field.name] = fields[field.name] ?? emptyValue(field.type);
  }
  for (const key of Object.keys(fields)) assert(key in method, `${name} has a field ${key}`);
  return method as unknown as Method;
}

function emptyValue(type: WireType): MethodFieldValue {
  switch (type) {
    case 'bit':
      return false;
    case 'shortstr':
      return '';
    case 'longstr':
      return Buffer.alloc(0);
    case 'table':
      return EMPTY_TABLE;
    default:
      return 0;
  }
}
