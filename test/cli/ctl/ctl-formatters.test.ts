import { describe, expect, it } from 'vitest';
import { formatCtlAnswer } from '../../../src/cli/ctl/ctl-formatters.ts';

const columns = ['name', 'tags', 'arguments', 'count', 'missing'].map((name) => ({
  name,
  read: (row: Readonly<Record<string, unknown>>) => row[name],
}));
const rows = [
  { name: 'a', tags: ['x', 'y'], arguments: { 'x-max-length': 5, k: 'v' }, count: 1 },
  { name: 'q"\t', tags: [], arguments: {}, count: 2 },
];

describe('formats as rabbitmqctl', () => {
  it.each([
    [
      'table',
      'name\ttags\targuments\tcount\tmissing\n' +
        'a\t[x, y]\t[{"x-max-length",5},{"k","v"}]\t1\t\n' +
        'q"\\t\t[]\t[]\t2\t\n',
    ],
    [
      'json',
      '[\n{"name":"a","tags":["x","y"],"arguments":[["x-max-length","long",5],["k","longstr","v"]],"count":1,"missing":""}\n' +
        ',{"name":"q\\"\\t","tags":[],"arguments":[],"count":2,"missing":""}\n]\n',
    ],
    [
      'csv',
      '"name","tags","arguments","count","missing"\n' +
        '"a","[x, y]","[{""x-max-length"",5},{""k"",""v""}]",1,""\n' +
        '"q""\\t","[]","[]",2,""\n',
    ],
  ])('%s', (formatter, text) => {
    expect(formatCtlAnswer({ rows, columns }, formatter, true)).toBe(text);
  });

  it('json_stream: an object per line', () => {
    const lines = formatCtlAnswer({ rows, columns }, 'json_stream', true).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(['a', 'q"\t']);
  });

  it('without headers', () => {
    expect(formatCtlAnswer({ rows, columns }, 'table', false)).toMatch(/^a\t/);
    expect(formatCtlAnswer({ rows, columns }, 'csv', false)).toMatch(/^"a"/);
  });

  it('nothing of no rows, but an empty array of JSON', () => {
    expect(formatCtlAnswer({ rows: [], columns }, 'table', true)).toBe('');
    expect(formatCtlAnswer({ rows: [], columns }, 'json', true)).toBe('[\n]\n');
    expect(formatCtlAnswer(undefined, 'table', true)).toBe('');
  });

  it('one value', () => {
    const answer = { value: { a: 1 }, text: 'a is 1' };
    expect(formatCtlAnswer(answer, 'table', true)).toBe('a is 1\n');
    expect(formatCtlAnswer(answer, 'json', true)).toBe('{"a":1}\n');
  });

  it('no other formatter', () => {
    expect(() => formatCtlAnswer({ rows, columns }, 'erlang', true)).toThrow(
      'formatter erlang is not supported; there are table, json, json_stream, csv',
    );
  });
});
