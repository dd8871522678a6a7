import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableJson, printableLines } from '../../../src/cli/output/printable.ts';

test.each([
  ['plain ü 漢 😀', 'plain ü 漢 😀'],
  ['a\tb\nc\r', 'a\\tb\\nc\\r'],
  ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
  ['\x9b31m', '\\x9b31m'],
  ['evil\u202egnp.exe', 'evil\\u202egnp.exe'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['half \ud800 pair', 'half \\ud800 pair'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('payloads keep their lines', () => {
  expect(printableLines('one\ntwo\x07')).toBe('one\ntwo\\x07');
});

test('JSON reads back as it was, without a character that a terminal obeys', () => {
  const hostile = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.dictionary(hostile, fc.oneof(hostile, fc.integer())), (value) => {
      const text = printableJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
  );
});
