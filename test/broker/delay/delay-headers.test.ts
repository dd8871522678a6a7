import { describe, expect, it } from 'vitest';
import { delayMsOf, releasedHeaders } from '../../../src/broker/delay/delay-headers.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';

const NOW_MS = 1_700_000_000_000;
const delay = (headers: { [name: string]: PlainValue }) =>
  delayMsOf(tableOf(headers), (wallMs) => wallMs - NOW_MS);

describe('x-delay', () => {
  it.each<[PlainValue, number]>([
    [1, 1],
    [{ type: 'b', value: 100 }, 100],
    [{ type: 'L', value: 7n }, 7],
    [4_294_967_295, 4_294_967_295],
    [4_294_967_296, 0],
    [0, 0],
    [-5, 0],
    [12.9, 12],
    [0.9, 0],
    [Number.NaN, 0],
    ['250', 250],
    ['+250.75', 250],
    ['-250', 0],
    ['1e3', 0],
    ['', 0],
    [' 5', 0],
    [{ type: 'D', value: { scale: 1, value: 305 } }, 30],
    [{ type: 'T', value: 5n }, 0],
    [true, 0],
    [null, 0],
    [[5], 0],
    [{ a: 5 }, 0],
  ])('%o is a delay of %d ms', (value, delayMs) => {
    expect(delay({ 'x-delay': value })).toBe(delayMs);
  });

  it('counts, and not x-deliver-at, when both are there', () => {
    expect(delay({ 'x-delay': 5, 'x-deliver-at': NOW_MS + 900 })).toBe(5);
    expect(delay({ 'x-delay': -5, 'x-deliver-at': NOW_MS + 900 })).toBe(0);
  });
});

describe('x-deliver-at', () => {
  const seconds = NOW_MS / 1000;
  it.each<[PlainValue, number]>([
    [{ type: 'T', value: BigInt(seconds + 3) }, 3000],
    [{ type: 'T', value: BigInt(seconds) }, 0],
    [{ type: 'T', value: 2n ** 64n - 1n }, Number(2n ** 64n - 1n) * 1000 - NOW_MS],
    [NOW_MS + 250, 250],
    [seconds + 2, 2000],
    [seconds + 2.5, 2500],
    [String(NOW_MS + 9), 9],
    [NOW_MS - 1, 0],
    [99_999_999_999, 99_999_999_999_000 - NOW_MS],
    [100_000_000_000, 0],
    ['soon', 0],
    [true, 0],
  ])('%o is %d ms away', (value, delayMs) => {
    expect(delay({ 'x-deliver-at': value })).toBe(delayMs);
  });

  it('is looked at only when it is there', () => {
    expect(delay({})).toBe(0);
  });
});

describe('headers of a released message', () => {
  const released = (headers: { [name: string]: PlainValue }) => releasedHeaders(tableOf(headers));

  it('have the delay with its sign turned, as 32 bits where it fits', () => {
    expect(released({ a: 'b', 'x-delay': '500' })).toEqual(tableOf({ a: 'b', 'x-delay': -500 }));
    expect(released({ 'x-delay': 2 ** 31 })).toEqual(
      tableOf({ 'x-delay': { type: 'I', value: -(2 ** 31) } }),
    );
    expect(released({ 'x-delay': 2 ** 31 + 1 })?.get('x-delay')).toEqual({
      type: 'l',
      value: -(2n ** 31n) - 1n,
    });
  });

  it('stay as they are without one', () => {
    expect(released({ 'x-delay': -5 })).toBeUndefined();
    expect(released({ 'x-deliver-at': 5 })).toBeUndefined();
  });
});
