import { expect, test } from 'vitest';
import { NamePattern, PATTERN_LENGTH_MAX, PatternError } from '../../src/auth/name-pattern.ts';

test.each([
  ['', 'q', false],
  ['', '', false],
  ['^$', '', true],
  ['^$', 'q', false],
  ['.*', 'q', true],
  ['.*', '', true],
  ['^.*', 'two\nlines', true],
  ['orders', 'my-orders-eu', true],
  ['^orders', 'my-orders', false],
  ['^orders$', 'orders', true],
  ['^amq\\.gen', 'amq.gen-x', true],
  ['^amq\\.gen', 'amqxgen-x', false],
  ['^(a|b)-', 'b-1', true],
  ['größe', 'die größe', true],
  ['(?i)ORDERS', 'orders', true],
])('pattern "%s" and name "%s": %s', (pattern, name, answer) => {
  const compiled = new NamePattern(pattern);
  expect(compiled.matches(name)).toBe(answer);
  expect(compiled.matches(name)).toBe(answer);
});

test('answers stay right when more names come than are remembered', () => {
  const pattern = new NamePattern('7$');
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 5_000; i += 1) expect(pattern.matches(`q${i}`)).toBe(i % 10 === 7);
  }
});

test.each(['(', '[z-a]', '(?=x)y', '(a)\\1', 'a{2,1}', '*'])('refuses %s', (pattern) => {
  expect(() => new NamePattern(pattern)).toThrow(PatternError);
});

test('refuses a pattern that is too long', () => {
  expect(() => new NamePattern('a'.repeat(PATTERN_LENGTH_MAX))).not.toThrow();
  expect(() => new NamePattern('a'.repeat(PATTERN_LENGTH_MAX + 1))).toThrow(PatternError);
});
