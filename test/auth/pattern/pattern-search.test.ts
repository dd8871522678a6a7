// The engine against JavaScript's own, and its steps: never more than characters times instructions.

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parsePattern } from '../../../src/auth/pattern/pattern-parser.ts';
import {
  INSTRUCTIONS_MAX,
  type PatternProgram,
  programOf,
} from '../../../src/auth/pattern/pattern-program.ts';
import { PatternSearch } from '../../../src/auth/pattern/pattern-search.ts';

function compile(text: string): PatternProgram {
  const program = programOf(parsePattern(text));
  if (program === undefined) throw new Error(`${text} is too large`);
  return program;
}

function search(text: string, name: string): boolean {
  return new PatternSearch(compile(text), name).run();
}

describe('patterns of RabbitMQ users', () => {
  test.each([
    ['^(?!amq\\.).*', 'orders', true],
    ['^(?!amq\\.).*', 'amq.gen-1', false],
    ['^(?!amq\\.|rpc-)', 'rpc-1', false],
    ['^(?!amq\\.|rpc-)', 'rp', true],
    ['(?<=x)y', 'xy', true],
    ['(?<=x)y', 'yx', false],
    ['(?<!x)y', 'xy', false],
    ['(?<!x)y', 'y', true],
    ['^(?=.*foo)bar', 'bar-foo', true],
    ['^(?=.*foo)bar', 'foo-bar', false],
    ['^(?:(?!tmp).)*$', 'a-tm-p', true],
    ['^(?:(?!tmp).)*$', 'a-tmp-b', false],
    ['(?<=^a(?=b)b)c', 'abc', true],
    ['(?<=a+)b', 'aab', true],
    ['^(?!(?=a)ab)a', 'ab', false],
    ['^(?!(?=a)ab)a', 'ac', true],
    ['(?i)^orders\\.', 'ORDERS.eu', true],
    ['^(?i:a)b', 'AB', false],
    ['^a(?i)b|c', 'C', true],
    ['(?-i)a', 'A', false],
    ['(?x) ^ a # a comment\n b $', 'ab', true],
    ['(?s)^a.b$', 'a\nb', true],
    ['^a.b$', 'a\nb', false],
    ['(?m)^b$', 'a\nb', true],
    ['\\Aa\\z', 'a', true],
    ['a\\Z', 'a\n', true],
    ['a\\z', 'a\n', false],
    ['^[[:alpha:]]+[^[:alnum:]]$', 'ab-', true],
    ['^[[:^digit:]]$', '7', false],
    ['^[]a]+$', ']a', true],
    ['^[^]a]$', ']', false],
    ['^[\\w.-]+$', 'a_1.b-c', true],
    ['^[a\\-z]+$', 'b', false],
    ['\\Qa.b\\E+$', 'a.bb', true],
    ['\\Qa.b\\E', 'axb', false],
    ['^[\\Q^]\\E]+$', '^]', true],
    ['^\\x41\\x{42}\\103\\o{104}$', 'ABCD', true],
    ['^\\t\\cI\\e$', '\t\t\u001b', true],
    ['^\\p{Lu}\\pL\\P{L}$', 'Äö1', true],
    ['^\\p{Greek}\\p{^Greek}$', 'αa', true],
    ['^\\h\\H\\v\\V\\N$', ' a\nbc', true],
    ['^\\N{2}$', 'ab', true],
    ['^a{,2}$', 'a{,2}', true],
    ['a$', 'a\n', false],
    ['^{a}$', '{a}', true],
    ['^a{2}b{1,}c{0,1}$', 'aabbb', true],
    ["^(?<n>a)(?P<m>b)(?'o'c)(?|d|e)$", 'abce', true],
    ['a(?#no)b', 'ab', true],
    ['\\bq\\b', 'a q', true],
    ['\\Bq', 'aq', true],
    ['^größe.$', 'größe😀', true],
    ['(?i)^s$', '\u017f', true],
    ['^(|a)b$', 'b', true],
    ['^(a*)*$', 'b', false],
    ['^(a|b?)+$', 'abba', true],
  ])('%s on "%s": %s', (pattern, name, answer) => {
    expect(search(pattern, name)).toBe(answer);
  });
});

/** Patterns that both engines understand alike: no `$` before a last line feed, no ASCII-only `\d`. */
const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\b', '\\B', '^', '$', '-');
const { pattern: anyPattern } = fc.letrec<{ pattern: string; item: string; group: string }>(
  (tie) => ({
    pattern: fc
      .array(fc.array(tie('item'), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
      .map((branches) => branches.map((items) => items.join('')).join('|')),
    item: fc.oneof({ maxDepth: 4 }, atom, tie('group')),
    group: fc
      .tuple(
        fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=', '(?<!'),
        tie('pattern'),
        fc.constantFrom('', '', '*', '+', '?', '{2}', '{0,2}', '*?', '+?'),
      )
      // JavaScript repeats no lookbehind.
      .map(([open, body, times]) => `${open}${body})${open.includes('<') ? '' : times}`),
  }),
);
const anyName = fc.stringMatching(/^[ab\-_]{0,9}$/);

it('finds what JavaScript finds', () => {
  fc.assert(
    fc.property(anyPattern, anyName, (pattern, name) => {
      // Without the flag u JavaScript allows a repeated lookahead, as PCRE does.
      expect(search(pattern, name)).toBe(new RegExp(pattern).test(name));
    }),
    { numRuns: 2_000 },
  );
});

it('takes steps bounded by characters times instructions, whatever the pattern', () => {
  fc.assert(
    fc.property(anyPattern, anyName, (pattern, name) => {
      const program = compile(pattern);
      const one = new PatternSearch(program, name);
      one.run();
      expect(one.steps).toBeLessThanOrEqual(stepsMax(program, name.length));
    }),
  );
});

/** Each instruction is entered from at most three others or begins a match, at each position. */
function stepsMax(program: PatternProgram, length: number): number {
  const programs = [program.main, ...program.lookarounds.map((look) => look.program)];
  const instructions = programs.reduce((sum, { codes }) => sum + codes.length, 0);
  return 3 * (instructions + programs.length) * (length + 1);
}

describe('patterns that stall a backtracking engine', () => {
  const name = `${'a'.repeat(255)}!`;

  test.each([
    '(a+)+$',
    '(?=(a+)+$)',
    '(?<=^(a+)+)$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(.*)*x$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(?=(?=(?=(a*)*$)a)*$)b',
  ])('%s takes few steps on 256 characters', (pattern) => {
    const program = compile(pattern);
    const one = new PatternSearch(program, name);
    expect(one.run()).toBe(false);
    expect(one.steps).toBeLessThanOrEqual(stepsMax(program, name.length));
    expect(one.steps).toBeLessThan(40_000);
  });

  test('an anchored pattern looks no further than it must', () => {
    const one = new PatternSearch(compile('^amq\\.'), name);
    expect(one.run()).toBe(false);
    expect(one.steps).toBeLessThan(10);
  });
});

it('has no program for what would be too large', () => {
  expect(programOf(parsePattern(`a{${INSTRUCTIONS_MAX - 1}}`))).toBeDefined();
  expect(programOf(parsePattern(`a{${INSTRUCTIONS_MAX}}`))).toBeUndefined();
  expect(programOf(parsePattern('(?=((a{99}){99}){99})'))).toBeUndefined();
});
