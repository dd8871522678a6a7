// Compared with what Erlang's io_lib prints for ~p and ~w.

import { expect, test } from 'vitest';
import { formatDouble, formatOctetList, formatOctets } from '../../src/protocol/erlang-text.ts';

const p = (octets: Buffer): string => formatOctets(octets, 0, octets.length);

test('printable octets as text, others as numbers', () => {
  expect(p(Buffer.alloc(0))).toBe('<<>>');
  expect(p(Buffer.from('abc'))).toBe('<<"abc">>');
  expect(p(Buffer.from('a"b\\c\n\r\t\x1b\b\f\v', 'latin1'))).toBe(
    '<<"a\\"b\\\\c\\n\\r\\t\\e\\b\\f\\v">>',
  );
  expect(p(Buffer.from([127]))).toBe('<<127>>');
  expect(p(Buffer.from([0, 60, 255]))).toBe('<<0,60,255>>');
  expect(p(Buffer.from('é'))).toBe('<<"é">>');
});

test('octet lists are bounded', () => {
  expect(formatOctetList(Buffer.from('abc'), 1, 3)).toBe('<<98,99>>');
  expect(formatOctetList(Buffer.alloc(0), 0, 0)).toBe('<<>>');
  expect(formatOctetList(Buffer.alloc(1_000_000), 0, 1_000_000).length).toBeLessThan(600);
});

test.each([
  [1.0e21, '1.0e21'],
  [1.0e15, '1.0e15'],
  [1.23456e15, '1.23456e15'],
  [100000, '1.0e5'],
  [100, '100.0'],
  [5, '5.0'],
  [0.0015, '0.0015'],
  [0.001, '0.001'],
  [0.0001, '0.0001'],
  [0.00001, '1.0e-5'],
  [1e-7, '1.0e-7'],
  [-0, '-0.0'],
  [0, '0.0'],
  [-2.5, '-2.5'],
  [5e-324, '5.0e-324'],
  [1.2345678901234568e18, '1.2345678901234568e18'],
  [2 ** 53, '9.007199254740992e15'],
  [0.1, '0.1'],
  [0.012, '0.012'],
  [123456789.125, '123456789.125'],
])('%d is %s', (value, text) => {
  expect(formatDouble(value)).toBe(text);
});
