import { expect, test } from 'vitest';
import * as is from '../../src/config/parsers.ts';

const sizes = is.bytes(0, 2 ** 50);

test.each([
  ['0', 0],
  ['1024', 1_024],
  ['1k', 1_024],
  ['1kiB', 1_024],
  ['1Ki', 1_024],
  ['1kB', 1_000],
  ['1KB', 1_000],
  ['512M', 512 * 2 ** 20],
  ['512MiB', 512 * 2 ** 20],
  ['512MB', 512_000_000],
  ['2GB', 2_000_000_000],
  ['2 GiB', 2 * 2 ** 30],
  ['1T', 2 ** 40],
  ['', undefined],
  ['-1', undefined],
  ['1.5GB', undefined],
  ['1X', undefined],
  ['GB', undefined],
  ['2000T', undefined],
])('size "%s" is %s', (text, value) => {
  expect(sizes.parse(text)).toBe(value);
});

test.each([
  ['5672', { host: undefined, port: 5_672 }],
  ['0', { host: undefined, port: 0 }],
  ['127.0.0.1:5672', { host: '127.0.0.1', port: 5_672 }],
  ['localhost:1', { host: 'localhost', port: 1 }],
  ['[::1]:5672', { host: '::1', port: 5_672 }],
  ['::1:5672', { host: '::1', port: 5_672 }],
  [':::5672', { host: '::', port: 5_672 }],
  ['65536', undefined],
  ['127.0.0.1', undefined],
  ['', undefined],
  [':5672', undefined],
  ['a b:1', undefined],
])('listener "%s"', (text, value) => {
  expect(is.listener.parse(text)).toEqual(value);
});

test('numbers', () => {
  const whole = is.integer(4, 10);
  expect(
    ['4', '10', '3', '11', '4.0', '+5', '0x5', '1e1', ''].map((text) => whole.parse(text)),
  ).toEqual([4, 10, ...Array(7).fill(undefined)]);
  expect(is.integerOrInfinity(1, 5).parse('infinity')).toBe(Number.POSITIVE_INFINITY);
  expect(is.integerOrInfinity(1, 5).parse('6')).toBeUndefined();
  const part = is.decimal(0, 1);
  expect(['0', '0.4', '1', '1.1', '.5', '-0.1', 'x'].map((text) => part.parse(text))).toEqual([
    0,
    0.4,
    1,
    ...Array(4).fill(undefined),
  ]);
});

test('words', () => {
  expect(is.boolean.parse('true')).toBe(true);
  expect(is.boolean.parse('off')).toBe(false);
  expect(is.boolean.parse('constructor')).toBeUndefined();
  expect(is.oneOf('a', 'b').parse('b')).toBe('b');
  expect(is.oneOf('a', 'b').parse('c')).toBeUndefined();
});
