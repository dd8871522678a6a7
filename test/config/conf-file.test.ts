import { expect, test } from 'vitest';
import { readConfFile } from '../../src/config/conf-file.ts';

test.each([
  ['a = 1', 'a', '1'],
  ['a=1', 'a', '1'],
  ['  a.b-c.d_e   =   some text  ', 'a.b-c.d_e', 'some text'],
  ['a = 1 # why', 'a', '1'],
  ["a = 'x # y'", 'a', 'x # y'],
  ["a = '' # none", 'a', ''],
  ["a = ' spaces '", 'a', ' spaces '],
  ['a = b = c', 'a', 'b = c'],
  ['a = "b"', 'a', '"b"'],
  ['a =', 'a', ''],
  ['\uFEFFa = 1', 'a', '1'],
  ['loopback_users.a\\.b = true', 'loopback_users.a\\.b', 'true'],
])('%s', (line, key, value) => {
  const file = readConfFile(`# first\r\n\r\n${line}\r\n`);
  expect(file.mistakes).toEqual([]);
  expect(file.settings).toEqual([{ line: 3, key, value }]);
});

test.each(['a', '= 1', 'a b = 1', '[section]', '.a = 1', 'a. = 1', 'a: 1'])(
  'refuses %s',
  (line) => {
    const file = readConfFile(`\n${line}`);
    expect(file.settings).toEqual([]);
    expect(file.mistakes).toMatchObject([{ line: 2 }]);
  },
);

test.each(["a = 'open", "a = 'x' y"])('refuses the quotes in %s', (line) => {
  const file = readConfFile(line);
  expect(file.settings).toEqual([]);
  expect(file.mistakes).toMatchObject([{ line: 1 }]);
});

test('a value cut at # gives a warning', () => {
  const file = readConfFile('default_pass = se#cret');
  expect(file.settings[0]?.value).toBe('se');
  expect(file.warnings).toMatchObject([{ line: 1 }]);
});

test('no mistake shows a value', () => {
  const file = readConfFile("default_pass canary1\nx = 'canary2\ny = 'a' canary3");
  expect(file.mistakes).toHaveLength(3);
  expect(JSON.stringify(file.mistakes)).not.toContain('canary');
});
