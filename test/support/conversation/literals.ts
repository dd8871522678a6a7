// Turns script literals into what the client sends, and compares them with what came.
// Invariant: a comparison changes no variable; captures are handed back and kept only on a match.
import type { FieldEntry, FieldValue } from '../amqp/field-value.ts';
import type { Literal, LiteralEntry, TypedLiteral } from './script.ts';
import type { Variables } from './variables.ts';

export type Captures = Map<string, string>;

export function toText(literal: Literal, variables: Variables): string {
  if (literal.kind !== 'text') throw new Error(`a ${literal.kind} cannot be sent here`);
  return variables.expandFresh(literal.text).repeat(literal.repeat);
}

export function toBytes(literal: Literal, variables: Variables): Buffer {
  return literal.kind === 'hex' ? literal.bytes : Buffer.from(toText(literal, variables));
}

export function toEntries(entries: readonly LiteralEntry[], variables: Variables): FieldEntry[] {
  return entries.map(({ key, value }) => ({
    key: variables.expandFresh(key),
    value: toFieldValue(value, variables),
  }));
}

function toFieldValue({ type, literal }: TypedLiteral, variables: Variables): FieldValue {
  if (literal.kind === 'table')
    return { type: 'F', entries: toEntries(literal.entries, variables) };
  if (literal.kind === 'array') {
    return { type: 'A', items: literal.items.map((item) => toFieldValue(item, variables)) };
  }
  return { type, text: toText(literal, variables) };
}

/** What is wrong with `actual`, or undefined. */
export function compareText(
  literal: Literal,
  actual: string,
  variables: Variables,
  captures: Captures,
): string | undefined {
  switch (literal.kind) {
    case 'text': {
      const expected = variables.expandKnown(literal.text).repeat(literal.repeat);
      if (expected === actual) return undefined;
      return `expected ${shorten(expected)}, got ${shorten(actual)}`;
    }
    case 'hex':
      return compareBytes(literal, Buffer.from(actual), variables, captures);
    case 'any':
      break;
    case 'regex': {
      const source = variables.expandKnown(literal.source.replace(/\$$/, '$$$$'));
      if (!new RegExp(`^(?:${source})$`, 's').test(actual)) {
        return `expected /${source}/, got ${shorten(actual)}`;
      }
      break;
    }
    default:
      return `expected a ${literal.kind}, got ${shorten(actual)}`;
  }
  if (literal.capture !== undefined) captures.set(literal.capture, actual);
  return undefined;
}

export function compareBytes(
  literal: Literal,
  actual: Buffer,
  variables: Variables,
  captures: Captures,
): string | undefined {
  if (literal.kind !== 'hex') return compareText(literal, actual.toString(), variables, captures);
  if (literal.bytes.equals(actual)) return undefined;
  return `expected ${literal.bytes.toString('hex')}, got ${actual.toString('hex')}`;
}

/** Every named entry must be there with its type; an exact table has nothing else, in that order. */
export function compareTable(
  literal: Literal,
  actual: readonly FieldEntry[],
  variables: Variables,
  captures: Captures,
): string | undefined {
  if (literal.kind === 'any') return undefined;
  if (literal.kind !== 'table') return 'expected a table literal';
  if (literal.exact) {
    const expectedKeys = literal.entries.map((entry) => variables.expandKnown(entry.key));
    const actualKeys = actual.map((entry) => entry.key);
    if (expectedKeys.join() !== actualKeys.join()) {
      return `expected the keys ${expectedKeys.join()}, got ${actualKeys.join()}`;
    }
  }
  for (const [index, entry] of literal.entries.entries()) {
    const key = variables.expandKnown(entry.key);
    const found = literal.exact ? actual[index] : actual.find((other) => other.key === key);
    if (found === undefined) return `no ${key}`;
    const problem = compareValue(entry.value, found.value, variables, captures);
    if (problem !== undefined) return `${key}: ${problem}`;
  }
  return undefined;
}

function compareValue(
  expected: TypedLiteral,
  actual: FieldValue,
  variables: Variables,
  captures: Captures,
): string | undefined {
  if (expected.type !== actual.type) return `expected type ${expected.type}, got ${actual.type}`;
  if ('entries' in actual)
    return compareTable(expected.literal, actual.entries, variables, captures);
  if ('text' in actual) return compareText(expected.literal, actual.text, variables, captures);
  if (expected.literal.kind !== 'array') return 'expected an array literal';
  const { items } = expected.literal;
  if (items.length !== actual.items.length) {
    return `expected ${items.length} items, got ${actual.items.length}`;
  }
  for (const [index, item] of items.entries()) {
    const other = actual.items[index];
    const problem = other && compareValue(item, other, variables, captures);
    if (problem !== undefined) return `[${index}] ${problem}`;
  }
  return undefined;
}

function shorten(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length <= 400 ? quoted : `${quoted.slice(0, 200)}… (${text.length} characters)`;
}
