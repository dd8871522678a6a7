import { expect, it, test } from 'vitest';
import { PatternError } from '../../../src/auth/pattern/pattern-error.ts';
import { parsePattern } from '../../../src/auth/pattern/pattern-parser.ts';

/** The reason in RabbitMQ's words, seen with `re:compile` of Erlang/OTP 25. */
test.each([
  ['*', '{"nothing to repeat",0}'],
  ['a**', '{"nothing to repeat",2}'],
  ['^*', '{"nothing to repeat",1}'],
  ['\\b+', '{"nothing to repeat",2}'],
  ['(?i)*', '{"nothing to repeat",4}'],
  ['\\E*', '{"nothing to repeat",2}'],
  ['(', '{"missing )",1}'],
  ['(?<n>a', '{"missing )",6}'],
  ['a(?#b', '{"missing ) after comment",5}'],
  [')', '{"unmatched parentheses",0}'],
  ['(?z)', '{"unrecognized character after (? or (?-",2}'],
  ['(?', '{"unrecognized character after (? or (?-",2}'],
  ['[a', '{"missing terminating ] for character class",2}'],
  ['[]', '{"missing terminating ] for character class",2}'],
  ['[^]', '{"missing terminating ] for character class",3}'],
  ['[z-a]', '{"range out of order in character class",3}'],
  ['[a-\\d]', '{"invalid range in character class",4}'],
  ['[\\R]', '{"escape sequence is invalid in character class",2}'],
  ['[[:foo:]]', '{"unknown POSIX class name",8}'],
  ['a{2,1}', '{"numbers out of order in {} quantifier",5}'],
  ['a{65536}', '{"number too big in {} quantifier",7}'],
  ['\\', '{"\\\\ at end of pattern",1}'],
  ['\\p', '{"malformed \\\\P or \\\\p sequence",1}'],
  ['\\p{Foo}', '{"unknown property name after \\\\P or \\\\p",7}'],
  ['\\x{110000}', '{"character value in \\\\x{} or \\\\o{} is too large",9}'],
  ['\\U', '{"PCRE does not support \\\\L, \\\\l, \\\\N{name}, \\\\U, or \\\\u",2}'],
  ['größe(', '{"missing )",8}'],
])('%s: %s', (pattern, reason) => {
  expect(() => parsePattern(pattern)).toThrow(new PatternError(...partsOf(reason)));
});

/** What no automaton does, which RabbitMQ takes. */
test.each([
  ['(a)\\1', '{"back-references are not supported here",5}'],
  ['(?<n>a)\\k<n>', '{"back-references are not supported here",8}'],
  ['(?>a)', '{"atomic groups are not supported here",0}'],
  ['a++', '{"possessive quantifiers are not supported here",2}'],
  ['(a)(?(1)b)', '{"recursion and conditions are not supported here",3}'],
  ['(?R)', '{"recursion and conditions are not supported here",0}'],
  ['(?P=n)', '{"recursion and conditions are not supported here",0}'],
  ['(*UTF8)a', '{"verbs are not supported here",1}'],
  ['\\Ka', '{"\\\\K is not supported here",2}'],
])('%s is refused: %s', (pattern, reason) => {
  expect(() => parsePattern(pattern)).toThrow(new PatternError(...partsOf(reason)));
});

it('bounds groups within groups', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
  expect(() => parsePattern(nested(250))).not.toThrow();
  expect(() => parsePattern(nested(251))).toThrow('parentheses are too deeply nested');
});

/** Makes the same error from `{"reason",offset}`. */
function partsOf(text: string): [string, string, number] {
  const [, reason = '', offset = ''] = /^\{"(.*)",(\d+)\}$/.exec(text) ?? [];
  return [reason, 'x'.repeat(Number(offset)), Number(offset)];
}
