import { expect, test } from 'vitest';
import { Style } from '../../../src/cli/output/style.ts';
import {
  alignedTable,
  column,
  fitCells,
  tabbedTable,
  width,
} from '../../../src/cli/output/table.ts';

const columns = [column('name', 'name'), column('ready', 'counts.ready', 'count')];
const rows = [
  { name: 'orders', counts: { ready: 1200 } },
  { name: '漢字', counts: { ready: 7 } },
  { name: 'nothing' },
];
const plain = new Style(false);

test('for people: aligned, numbers to the right, wide characters counted as two', () => {
  expect(alignedTable(columns, rows, true, plain, 80)).toBe(
    'name     ready\norders   1,200\n漢字         7\nnothing      -\n',
  );
});

test('for programs: tab separated, raw numbers, absent values empty', () => {
  expect(tabbedTable(columns, rows, true)).toBe('name\tready\norders\t1200\n漢字\t7\nnothing\t\n');
  expect(tabbedTable(columns, rows, false)).toBe('orders\t1200\n漢字\t7\nnothing\t\n');
});

test('no line is wider than the terminal while names can be cut', () => {
  const long = [{ name: 'x'.repeat(200), counts: { ready: 5 } }];
  const lines = alignedTable(columns, long, true, plain, 40).trimEnd().split('\n');
  expect(lines.map(width)).toEqual([40, 40]);
  expect(lines[1]).toMatch(/^x+… {2} {4}5$/);
});

test('colours stand around the whole heading only', () => {
  expect(alignedTable(columns, [], true, new Style(true), 80)).toBe('\x1b[1mname  ready\x1b[22m\n');
});

test.each([
  ['abc', 5, false, 'abc  '],
  ['abc', 5, true, '  abc'],
  ['abcdef', 4, false, 'abc…'],
  ['漢字漢字', 5, false, '漢字…'],
  ['漢字漢字', 4, false, '漢… '],
  ['abc ▼ def', 5, false, 'abc …'],
  ['e\u0301e\u0301e\u0301', 2, false, 'e\u0301…'],
])('"%s" in %i cells, to the right: %s', (text, cells, isRight, shown) => {
  expect(fitCells(text, cells, isRight)).toBe(shown);
});
