// Is a redeclaration the same thing again? The first difference, in RabbitMQ's order, is a 406.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, type FieldValue, fieldTypeName } from '../../protocol/field-table.ts';
import { fieldValuesEqual, formatFieldValue } from '../../protocol/field-value.ts';

/** Throws unless a plain field is unchanged. `resource` is what `resourceText` gives. */
export function requireSameField(
  resource: string,
  field: string,
  received: string | boolean,
  current: string | boolean,
): void {
  if (received === current) return;
  throw inequivalent(resource, field, `'${received}'`, `'${current}'`);
}

/** Throws unless each of the named arguments has the same value, or is absent from both. */
export function requireSameArguments(
  resource: string,
  names: Iterable<string>,
  received: FieldTable,
  current: FieldTable,
): void {
  for (const name of names) {
    requireSameArgument(resource, name, received.get(name), current.get(name));
  }
}

function requireSameArgument(
  resource: string,
  name: string,
  received: FieldValue | undefined,
  current: FieldValue | undefined,
): void {
  if (received === undefined && current === undefined) return;
  if (received !== undefined && current !== undefined) {
    if (fieldValuesEqual(received, current)) return;
    throw inequivalent(
      resource,
      name,
      `'${formatFieldValue(received)}'`,
      `'${formatFieldValue(current)}'`,
    );
  }
  throw inequivalent(resource, name, typedText(received), typedText(current));
}

function typedText(value: FieldValue | undefined): string {
  if (value === undefined) return 'none';
  return `the value '${formatFieldValue(value)}' of type '${fieldTypeName(value.type)}'`;
}

function inequivalent(resource: string, name: string, received: string, current: string): Error {
  return preconditionFailed(
    `inequivalent arg '${name}' for ${resource}: received ${received} but current is ${current}`,
  );
}
