import { expect, it } from 'vitest';
import * as check from '../../../src/broker/queue/argument-checks.ts';
import { EMPTY_TABLE, type FieldValue } from '../../../src/protocol/field-table.ts';
import { fieldValueOf, type PlainValue } from '../../../src/protocol/field-value.ts';

const reason = (one: check.ArgumentCheck, plain: PlainValue) =>
  one(fieldValueOf(plain), EMPTY_TABLE);

it('integers are read from every integer type and from no other', () => {
  const values: [FieldValue, number | undefined][] = [
    [{ type: 'b', value: -5 }, -5],
    [{ type: 'B', value: 200 }, 200],
    [{ type: 's', value: -5 }, -5],
    [{ type: 'u', value: 5 }, 5],
    [{ type: 'I', value: -5 }, -5],
    [{ type: 'i', value: 5 }, 5],
    [{ type: 'l', value: -5n }, -5],
    [{ type: 'L', value: 5n }, 5],
    [{ type: 'T', value: 5n }, undefined],
    [{ type: 'd', value: 5 }, undefined],
    [{ type: 'D', value: { scale: 0, value: 5 } }, undefined],
    [{ type: 'S', value: Buffer.from('5') }, undefined],
    [{ type: 't', value: true }, undefined],
  ];
  for (const [value, expected] of values) expect(check.integerOf(value)).toBe(expected);
});

it('bounds belong to what is allowed', () => {
  expect(reason(check.periodMs, 0)).toBeUndefined();
  expect(reason(check.positivePeriodMs, 0)).toBe('{value_zero,0}');
  expect(reason(check.periodMs, 315_360_000_000)).toBeUndefined();
  expect(reason(check.periodMs, 315_360_000_001)).toBe('{value_too_large,315360000001}');
  expect(reason(check.priority, 255)).toBeUndefined();
  expect(reason(check.priority, 256)).toBe('{max_value_exceeded,256}');
  const within = check.integerWithin(16, 255, 'out of range');
  expect(reason(within, 16)).toBeUndefined();
  expect(() => reason(within, 15)).toThrow('PRECONDITION_FAILED - out of range');
  expect(reason(within, 'a')).toBe('"expected integer, got longstr"');
});

it('ages have one unit, digits, and are more than nothing', () => {
  for (const good of ['1Y', '12M', '7D', '24h', '5m', '30s', '007D']) {
    expect(reason(check.age, good)).toBeUndefined();
  }
  for (const bad of ['', 'D', '5', '0s', '00Y', '-5D', '5 D', '5DD', '5w', '5d', '5D\n', '1.5h']) {
    expect(reason(check.age, bad)).toBe('invalid_max_age');
  }
});

it('texts are compared whole', () => {
  const modes = check.oneOf(['default', 'lazy'], (given) => `not ${given}`);
  expect(reason(modes, 'lazy')).toBeUndefined();
  expect(reason(modes, 'laz')).toBe('not laz');
  expect(reason(modes, true)).toBe('{unacceptable_type,bool}');
});
