// Holds coverage.txt to what there is: every line of behaviour, every queue argument with every queue type,
// and no name of a conversation or test that does not exist.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { QUEUE_ARGUMENTS } from '../../src/broker/queue/arguments.ts';
import { QUEUE_TYPES } from '../../src/broker/queue/queue-types.ts';
import { type CoverageEntry, parseCoverage } from '../support/conversation/coverage.ts';

const BEHAVIOUR_LINES = 105;

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const entries = parseCoverage(read('test/conversations/coverage.txt'));

test('every line of behaviour is covered, in order', () => {
  const numbers = entries.filter(({ subject }) => /^\d/.test(subject));
  const expected = Array.from({ length: BEHAVIOUR_LINES }, (_, index) => `${index + 1}`);
  expect(numbers.map(({ subject }) => subject)).toEqual(expected);
});

test('every queue argument is covered with every queue type', () => {
  const names = ['x-queue-type', ...QUEUE_ARGUMENTS.map(({ name }) => name)];
  const cells = names.flatMap((name) => [...QUEUE_TYPES.keys()].map((type) => `${name} ${type}`));
  const covered = entries.map(({ subject }) => subject).filter((name) => name.startsWith('x-'));
  expect(covered.sort()).toEqual(cells.sort());
});

test('what is named exists, and is about its subject', () => {
  expect(entries.flatMap(faultsOf)).toEqual([]);
});

function faultsOf(entry: CoverageEntry): string[] {
  const { subject, line, conversations, unitTests, reasons } = entry;
  const faults: string[] = [];
  if (conversations.length + unitTests.length + reasons.length === 0) faults.push('names nothing');
  for (const name of conversations) {
    const path = `test/conversations/${name}.txt`;
    if (!existsSync(root + path)) faults.push(`there is no ${path}`);
    else if (!mentions(read(path), subject)) faults.push(`${path} says nothing of ${subject}`);
  }
  for (const { path, title } of unitTests) {
    if (!existsSync(root + path)) faults.push(`there is no ${path}`);
    else if (!read(path).includes(title)) faults.push(`${path} has no test “${title}”`);
  }
  const isProvedHereOnly = unitTests.length > 0 && conversations.length === 0;
  if (isProvedHereOnly && reasons.length === 0) faults.push('RabbitMQ is not asked; why?');
  return faults.map((fault) => `coverage.txt:${line}: ${fault}`);
}

/** A conversation that proves something of an argument uses it, with a queue of that type. */
function mentions(text: string, subject: string): boolean {
  const [argument = '', type = ''] = subject.split(' ');
  if (!argument.startsWith('x-')) return true;
  return text.includes(argument) && (type === 'classic' || text.includes(type));
}
