import { describe, expect, it } from 'vitest';
import { requireSameArguments, requireSameField } from '../../../src/broker/vhost/equivalence.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { refusal } from './topology-fixture.ts';

const compare = (received: PlainValue, current: PlainValue) => () =>
  requireSameArguments('queue', ['a'], tableOf({ a: received }), tableOf({ a: current }));

describe('equivalence of arguments', () => {
  it.each<[PlainValue, PlainValue]>([
    [5, 5n],
    [
      { type: 'b', value: -1 },
      { type: 'l', value: -1n },
    ],
    ['x', 'x'],
    [true, true],
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [
      { b: 1, c: 2 },
      { c: 2, b: 1 },
    ],
  ])('%o is %o', (received, current) => {
    expect(compare(received, current)).not.toThrow();
  });

  it.each<[PlainValue, PlainValue, string]>([
    [5, 6n, "received '5' but current is '6'"],
    [5, 5.5, "received '5' but current is '5.5'"],
    [5, '5', "received '5' but current is '5'"],
    [true, 1, "received 'true' but current is '1'"],
    ['x', 'X', "received 'x' but current is 'X'"],
  ])('%o is not %o', (received, current, difference) => {
    expect(refusal(compare(received, current))).toBe(
      `406 PRECONDITION_FAILED - inequivalent arg 'a' for queue: ${difference}`,
    );
  });

  it('prints tables as RabbitMQ does', () => {
    const check = () =>
      requireSameArguments('queue', ['a'], tableOf({ a: { b: 'c' } }), tableOf({}));
    expect(refusal(check)).toBe(
      `406 PRECONDITION_FAILED - inequivalent arg 'a' for queue: received the value '[{<<"b">>,longstr,<<"c">>}]' of type 'table' but current is none`,
    );
  });

  it('looks only at the named arguments, in their order', () => {
    const received = tableOf({ a: 1, b: 1, c: 1 });
    const current = tableOf({ a: 1, b: 2, c: 2 });
    expect(() => requireSameArguments('queue', ['a', 'z'], received, current)).not.toThrow();
    const check = () => requireSameArguments('queue', ['c', 'b'], received, current);
    expect(refusal(check)).toContain("arg 'c'");
  });
});

it('plain fields are compared and quoted', () => {
  expect(() => requireSameField('queue', 'durable', true, true)).not.toThrow();
  expect(refusal(() => requireSameField('queue', 'durable', true, false))).toBe(
    "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue: received 'true' but current is 'false'",
  );
});
