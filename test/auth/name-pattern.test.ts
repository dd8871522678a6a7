import { expect, test } from 'vitest';
import {
  compileNamePattern,
  compilePattern,
  compilePermissionPattern,
  PATTERN_LENGTH_MAX,
} from '../../src/auth/name-pattern.ts';
import { PatternError } from '../../src/auth/pattern/pattern-error.ts';

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
  const compiled = compilePermissionPattern(pattern);
  expect(compiled.matches(name)).toBe(answer);
  expect(compiled.matches(name)).toBe(answer);
});

test('answers stay right when more names come than are remembered', () => {
  const pattern = compilePermissionPattern('7$');
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 5_000; i += 1) expect(pattern.matches(`q${i}`)).toBe(i % 10 === 7);
  }
});

test.each(['(', '[z-a]', '(?>x)y', '(a)\\1', 'a{2,1}', '*'])('refuses %s', (pattern) => {
  expect(() => compilePermissionPattern(pattern)).toThrow(PatternError);
});

test('refuses a pattern that is too long', () => {
  expect(() => compilePermissionPattern('a'.repeat(PATTERN_LENGTH_MAX))).not.toThrow();
  expect(() => compilePermissionPattern('a'.repeat(PATTERN_LENGTH_MAX + 1))).toThrow(PatternError);
});

test('an empty pattern denies all in a permission, and is found in every name elsewhere', () => {
  expect(compilePermissionPattern('').matches('q')).toBe(false);
  expect(compileNamePattern('').matches('q')).toBe(true);
});

test('for the core a fault is the reason as a value', () => {
  expect(compilePattern('*')).toBe('{"nothing to repeat",0}');
  expect(compilePattern('^a')).toMatchObject({ text: '^a' });
});

test('refuses repetitions that would make the automaton too large', () => {
  expect(compilePattern('((a{40}){40}){40}')).toMatch(/^\{"regular expression is too large: /);
});
