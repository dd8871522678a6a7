import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderIndex, type HeaderRule } from '../../../src/broker/exchange/header-index.ts';
import type { FieldTable, FieldValue } from '../../../src/protocol/field-table.ts';
import {
  fieldValueOf,
  fieldValuesEqual,
  type PlainValue,
  tableOf,
} from '../../../src/protocol/field-value.ts';
import { bindTo, exchangeOf, messageOf, queueNamed, reachedBy, unbind } from './routing-fixture.ts';

function ruleOf(needsAll: boolean, plain: { readonly [key: string]: PlainValue }): HeaderRule {
  const conditions = Array.from(tableOf(plain), ([header, value]) => ({ header, value }));
  return { needsAll, conditions };
}

function foundBy(index: HeaderIndex<HeaderRule>, headers: FieldTable): Set<HeaderRule> {
  const found = new Set<HeaderRule>();
  index.find(headers, (rule) => found.add(rule));
  return found;
}

describe('the index of a headers exchange', () => {
  it('looks at few of many rules', () => {
    const index = new HeaderIndex<HeaderRule>();
    for (let id = 0; id < 1_000; id++) {
      index.add(ruleOf(true, { kind: 'order', region: `r${id % 10}`, id }));
    }
    const found = foundBy(index, tableOf({ kind: 'order', region: 'r3', id: 13 }));
    expect(found.size).toBeLessThan(200);
    expect([...found].some(({ conditions }) => conditions[2]?.value.value === 13)).toBe(true);
  });

  it('forgets a rule wholly', () => {
    const index = new HeaderIndex<HeaderRule>();
    const rules = [
      ruleOf(true, {}),
      ruleOf(true, { a: 1, b: null }),
      ruleOf(false, { a: '1', c: null }),
    ];
    for (const rule of rules) index.add(rule);
    for (const rule of rules) index.remove(rule);
    expect(foundBy(index, tableOf({ a: 1, b: 2, c: 3 })).size).toBe(0);
  });
});

const value: fc.Arbitrary<FieldValue> = fc.oneof(
  fc
    .constantFrom<PlainValue>('1', 'x', '', 1, 2, 1n, 1.5, true, false, null, ['x'], {})
    .map(fieldValueOf),
  fc.constantFrom<FieldValue>(
    { type: 'd', value: 1 },
    { type: 'd', value: 2 ** 53 },
    { type: 'd', value: 2 ** 63 },
    { type: 'T', value: 2n ** 63n },
    { type: 'l', value: 2n ** 53n },
    { type: 'd', value: -0 },
    { type: 'b', value: 0 },
    { type: 'x', value: Buffer.from('x') },
    { type: 'D', value: { scale: 1, value: 10 } },
  ),
);
const headers = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x-d'), value);
const modes = fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x');

type Plain = { readonly [key: string]: FieldValue };

/** RabbitMQ's rule, without an index. */
function matches(mode: string, wanted: Plain, sent: Plain): boolean {
  const names = Object.keys(wanted).filter((name) => mode.endsWith('-x') || name !== 'x-d');
  const holds = (name: string) => {
    const ask = wanted[name] as FieldValue;
    const given = sent[name];
    if (given === undefined) return false;
    return ask.type === 'V' || sameValue(ask.value, given.value) || fieldValuesEqual(ask, given);
  };
  return mode.startsWith('all') ? names.every(holds) : names.some(holds);
}

function sameValue(ask: unknown, given: unknown): boolean {
  if (Buffer.isBuffer(ask) && Buffer.isBuffer(given)) return ask.equals(given);
  const isNumber = (one: unknown) => typeof one === 'number' || typeof one === 'bigint';
  // biome-ignore lint/suspicious/noDoubleEquals: a number equals the bigint of the same value.
  return isNumber(ask) && isNumber(given) && ask == given;
}

it('a headers exchange finds what a comparison of all its bindings finds', () => {
  const binding = fc.tuple(modes, headers);
  fc.assert(
    fc.property(fc.array(binding, { maxLength: 12 }), headers, fc.nat(12), (list, sent, gone) => {
      const exchange = exchangeOf('headers');
      const bound = list.map(([mode, table], index) =>
        bindTo(exchange, queueNamed(`q${index}`), '', { ...table, 'x-match': mode }),
      );
      const leaving = bound[gone];
      if (leaving !== undefined) unbind(leaving);
      const expected = list.flatMap(([mode, table], index) =>
        index !== gone && matches(mode, table, sent) ? [`q${index}`] : [],
      );
      const found = new Set(reachedBy(exchange, messageOf(['k'], sent)));
      expect(found).toEqual(new Set(expected));
    }),
    { numRuns: 1_000 },
  );
});
