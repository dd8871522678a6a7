import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { jsonObject, keyValue, repeated, wholeNumber } from '../../src/cli/option-values.ts';

test.each([
  ['5', 5],
  ['0', 0],
  ['10', 10],
])('%s is a whole number from 0 to 10', (text, value) => {
  expect(wholeNumber(0, 10)(text)).toBe(value);
});

test.each(['', '-1', '11', '1.5', '1e1', ' 5', 'five'])('"%s" is none', (text) => {
  expect(() => wholeNumber(0, 10)(text)).toThrow('It takes a whole number, 0 to 10.');
});

test.each([
  ['a=1', { a: 1 }],
  ['a=text', { a: 'text' }],
  ['a="1"', { a: '1' }],
  ['a=b=c', { a: 'b=c' }],
  ['a=', { a: '' }],
  ['a={"b":[true]}', { a: { b: [true] } }],
])('%s is read as %j', (text, value) => {
  expect(keyValue(text)).toEqual(value);
});

test('repeated options add up', () => {
  expect(keyValue('b=2', { a: 1 })).toEqual({ a: 1, b: 2 });
  expect(repeated('b', ['a'])).toEqual(['a', 'b']);
});

test.each(['', '=1', 'novalue'])('"%s" is no key=value', (text) => {
  expect(() => keyValue(text)).toThrow(InvalidArgumentError);
});

test.each(['[1]', '1', 'null', '{', 'text'])('%s is no JSON object', (text) => {
  expect(() => jsonObject(text)).toThrow(/JSON object/);
});
