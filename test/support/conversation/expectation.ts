// Does an event match what a line of the script expects?
import type { ClientEvent, Content } from '../amqp/frame-client.ts';
import type { MethodFieldValue } from '../amqp/method-codec.ts';
import { type Captures, compareBytes, compareTable, compareText } from './literals.ts';
import type { Literal, PropertyLiterals, Step } from './script.ts';
import type { Variables } from './variables.ts';

/** What is wrong with the event, or undefined; captures are written into the variables on a match. */
export function mismatch(step: Step, event: ClientEvent, variables: Variables): string | undefined {
  const captures: Captures = new Map();
  const problem = compareEvent(step, event, variables, captures);
  if (problem === undefined) for (const [name, value] of captures) variables.set(name, value);
  return problem;
}

function compareEvent(
  step: Step,
  event: ClientEvent,
  variables: Variables,
  captures: Captures,
): string | undefined {
  const { phrase } = step;
  if (phrase.word === 'protocol-header') {
    const expected = Buffer.from([0x41, 0x4d, 0x51, 0x50, ...phrase.rest.split(' ').map(Number)]);
    return event.kind === 'protocol-header' && event.bytes.equals(expected) ? undefined : 'differs';
  }
  if (event.kind !== 'method') return 'is not a method';
  if (event.name !== phrase.word) return `expected ${phrase.word}`;
  const named = new Set<string>();
  for (const { name, literal } of phrase.attributes) {
    named.add(name);
    const actual = name === 'body-frames' ? bodyFrames(event.content) : event.fields.get(name);
    if (actual === undefined) return `${event.name} has no field ${name}`;
    const problem = compareField(literal, actual, variables, captures);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  if (step.exact) {
    for (const [name, value] of event.fields) {
      if (!named.has(name) && !isZero(value)) return `${name} is not named and not empty`;
    }
  }
  return compareContent(step, event.content, variables, captures);
}

function bodyFrames(content: Content | undefined): string | undefined {
  return content === undefined ? undefined : String(content.bodyFrames);
}

function isZero(value: MethodFieldValue): boolean {
  return value.length === 0 || value === '0' || value === 'false';
}

function compareField(
  literal: Literal,
  actual: MethodFieldValue,
  variables: Variables,
  captures: Captures,
): string | undefined {
  return typeof actual === 'string'
    ? compareText(literal, actual, variables, captures)
    : compareTable(literal, actual, variables, captures);
}

function compareContent(
  step: Step,
  content: Content | undefined,
  variables: Variables,
  captures: Captures,
): string | undefined {
  const { properties, body } = step.phrase;
  if (content === undefined) {
    return properties === undefined && body === undefined ? undefined : 'has no content';
  }
  if (body !== undefined) {
    const problem = compareBytes(body, content.body, variables, captures);
    if (problem !== undefined) return `body: ${problem}`;
  }
  return properties && compareProperties(properties, content, variables, captures);
}

function compareProperties(
  expected: PropertyLiterals,
  content: Content,
  variables: Variables,
  captures: Captures,
): string | undefined {
  for (const { name, literal } of expected.attributes) {
    const actual = content.properties.get(name);
    if (actual === undefined) return `the property ${name} is absent`;
    const problem = compareField(literal, actual, variables, captures);
    if (problem !== undefined) return `property ${name}: ${problem}`;
  }
  if (!expected.exact) return undefined;
  const names = new Set(expected.attributes.map(({ name }) => name));
  const surplus = [...content.properties.keys()].filter((name) => !names.has(name));
  return surplus.length === 0 ? undefined : `surplus properties ${surplus.join(', ')}`;
}

/** An event as a line of a script, for messages. */
export function describe(event: ClientEvent | undefined): string {
  if (event === undefined) return 'nothing in time';
  if (event.kind === 'malformed') return `malformed bytes (${event.reason})`;
  if (event.kind === 'protocol-header') return `protocol header ${event.bytes.toString('hex')}`;
  if (event.kind === 'closed') return 'the end of the connection';
  const fields = [...event.fields].map(
    ([name, value]) =>
      `${name}=${typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value)}`,
  );
  const { content } = event;
  if (content !== undefined) {
    const properties = [...content.properties].map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    fields.push(`{ ${properties.join(' ')} }`);
    fields.push(JSON.stringify(content.body.subarray(0, 200).toString()));
  }
  return `${event.name} ${fields.join(' ')}`;
}
