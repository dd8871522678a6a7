import { expect, test } from 'vitest';
import {
  amount,
  bytesText,
  type CellKind,
  cellText,
  durationText,
  groupedText,
} from '../../../src/cli/output/cell.ts';

test.each<[unknown, CellKind, string, string]>([
  [1234567, 'count', '1,234,567', '1234567'],
  [0.25, 'count', '0.25', '0.25'],
  [12.34, 'rate', '12.3/s', '12.34'],
  [1536, 'bytes', '1.5 KiB', '1536'],
  [true, 'flag', 'yes', 'true'],
  [0, 'time', '1970-01-01T00:00:00Z', '0'],
  [61_000, 'milliseconds', '1m 1s', '61000'],
  [undefined, 'text', '-', ''],
  [null, 'count', '-', ''],
  ['a\tb', 'text', 'a\\tb', 'a\\tb'],
  [['one', 'two'], 'text', 'one two', 'one two'],
  [{ 'x-max-length': 5 }, 'text', '{"x-max-length":5}', '{"x-max-length":5}'],
])('%j as %s is "%s" for people and "%s" for programs', (value, kind, people, programs) => {
  expect(cellText(value, kind, true)).toBe(people);
  expect(cellText(value, kind, false)).toBe(programs);
});

test.each([
  [0, '0'],
  [999, '999'],
  [-1234, '-1,234'],
])('%i is grouped as %s', (value, text) => {
  expect(groupedText(value)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [2 ** 40 * 2, '2.0 TiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [1_500, '1.5s'],
  [59_999, '60s'],
  [3_600_000, '1h'],
  [90_061_000, '1d 1h'],
])('%i ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test('amounts have their plural', () => {
  expect([amount(0, 'queue'), amount(1, 'queue'), amount(2_000, 'queue')]).toEqual([
    '0 queues',
    '1 queue',
    '2,000 queues',
  ]);
});
