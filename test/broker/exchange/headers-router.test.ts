import { describe, expect, it } from 'vitest';
import type { FieldTable, FieldValue } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { describeRouterContract } from './router-contract.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy } from './routing-fixture.ts';

type Plain = { readonly [key: string]: PlainValue };

describeRouterContract({
  type: 'headers',
  routingKey: '',
  arguments: { 'x-match': 'all', kind: 'report' },
  message: messageOf([''], { kind: 'report' }),
});

function matches(binding: Plain, headers: Plain): boolean {
  const exchange = exchangeOf('headers');
  bindTo(exchange, queueNamed('q'), 'ignored', binding);
  return reachedBy(exchange, messageOf(['key'], headers)).length === 1;
}

const two = { a: '1', b: '2' };

describe('headers', () => {
  it.each<[string, Plain, Plain, boolean]>([
    ['all is the default', two, { a: '1', b: '2', c: '3' }, true],
    ['all needs each', two, { a: '1' }, false],
    ['all needs equal values', two, { a: '1', b: '3' }, false],
    ['any needs one', { ...two, 'x-match': 'any' }, { b: '2' }, true],
    ['any needs an equal one', { ...two, 'x-match': 'any' }, { a: '2', b: '1' }, false],
    ['all without conditions matches', { 'x-match': 'all' }, {}, true],
    ['no arguments at all match', {}, { a: '1' }, true],
    ['any without conditions never matches', { 'x-match': 'any' }, { a: '1' }, false],
    ['all leaves x- names out', { 'x-a': '1' }, {}, true],
    ['any leaves x- names out', { 'x-match': 'any', 'x-a': '1' }, { 'x-a': '1' }, false],
    ['all-with-x compares them', { 'x-match': 'all-with-x', 'x-a': '1' }, {}, false],
    ['all-with-x matches', { 'x-match': 'all-with-x', 'x-a': '1' }, { 'x-a': '1' }, true],
    ['any-with-x matches', { 'x-match': 'any-with-x', 'x-a': '1' }, { 'x-a': '1' }, true],
    ['a void asks for presence', { a: null }, { a: 'anything' }, true],
    ['a void is not absence', { a: null }, { b: '1' }, false],
    ['a void suits any', { 'x-match': 'any', a: null }, { a: 5 }, true],
    ['a void header has no value', { a: '1' }, { a: null }, false],
    ['names are case-sensitive', { a: '1' }, { A: '1' }, false],
    ['values are case-sensitive', { a: 'x' }, { a: 'X' }, false],
    ['names of the prototype are just names', { constructor: '1' }, {}, false],
  ])('%s', (_, binding, headers, expected) => {
    expect(matches(binding, headers)).toBe(expected);
  });

  it('compares numbers by value across all types, and nothing else with them', () => {
    const fives: FieldValue[] = [
      ...(['b', 'B', 's', 'u', 'I', 'i', 'f', 'd'] as const).map((type) => ({ type, value: 5 })),
      ...(['l', 'L', 'T'] as const).map((type) => ({ type, value: 5n })),
    ];
    for (const wanted of fives) {
      for (const header of fives) expect(matches({ a: wanted }, { a: header })).toBe(true);
      expect(matches({ a: wanted }, { a: '5' })).toBe(false);
      expect(matches({ a: wanted }, { a: 5.5 })).toBe(false);
      expect(matches({ a: wanted }, { a: 6n })).toBe(false);
      expect(matches({ a: wanted }, { a: true })).toBe(false);
    }
  });

  it('tells large integers apart exactly', () => {
    expect(matches({ a: 2n ** 53n + 1n }, { a: 2n ** 53n })).toBe(false);
    expect(matches({ a: 2n ** 53n + 1n }, { a: 2n ** 53n + 1n })).toBe(true);
    expect(matches({ a: 2n ** 53n + 1n }, { a: { type: 'd', value: 2 ** 53 } })).toBe(false);
  });

  it('compares booleans, strings, binaries, arrays and tables by content', () => {
    expect(matches({ a: true }, { a: true })).toBe(true);
    expect(matches({ a: true }, { a: false })).toBe(false);
    expect(matches({ a: true }, { a: 1 })).toBe(false);
    const binary: FieldValue = { type: 'x', value: Buffer.from('abc') };
    expect(matches({ a: 'abc' }, { a: binary })).toBe(true);
    expect(matches({ a: ['x', 1] }, { a: ['x', 1] })).toBe(true);
    expect(matches({ a: ['x', 1] }, { a: [1, 'x'] })).toBe(false);
    expect(matches({ a: { b: 'c' } }, { a: { b: 'c' } })).toBe(true);
    expect(matches({ a: { b: 'c' } }, { a: { b: 'd' } })).toBe(false);
  });
});

describe('headers: x-match is checked when a binding is made', () => {
  const { router } = exchangeOf('headers');
  const destination = { queue: queueNamed('q') };
  const check = (table: FieldTable) => () => router.validate('', table, destination);

  it.each(['all', 'any', 'all-with-x', 'any-with-x'])('%s is allowed', (mode) => {
    expect(check(tableOf({ 'x-match': mode }))).not.toThrow();
  });

  it.each<[PlainValue, string]>([
    ['some', `value <<"some">>; expected all, any, all-with-x, or any-with-x`],
    ['', `value <<>>; expected all, any, all-with-x, or any-with-x`],
    ['ALL', `value <<"ALL">>; expected all, any, all-with-x, or any-with-x`],
    ['\u0001', `value <<1>>; expected all, any, all-with-x, or any-with-x`],
    [5, 'type signedint (value 5); expected longstr'],
    [true, 'type bool (value true); expected longstr'],
  ])('%j is refused', (value, text) => {
    expect(check(tableOf({ 'x-match': value }))).toThrow(
      `PRECONDITION_FAILED - Invalid x-match field ${text}`,
    );
  });
});
