import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesRate,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
  formatShortCount,
  formatTime,
} from '../../../src/management/ui/format/numbers.ts';
import { visibleName, visibleText } from '../../../src/management/ui/format/visible-text.ts';

describe('figures', () => {
  it.each([
    [formatCount(1_203_441), '1,203,441'],
    [formatShortCount(9_999), '9,999'],
    [formatShortCount(1_203_441), '1.2M'],
    [formatRate(0), '0/s'],
    [formatRate(0.4), '0.4/s'],
    [formatRate(123.456), '123/s'],
    [formatRate(12_345), '12.3K/s'],
    [formatBytes(0), '0 B'],
    [formatBytes(1023), '1023 B'],
    [formatBytes(1536), '1.5 KiB'],
    [formatBytes(-(2 ** 20)), '-1.0 MiB'],
    [formatBytes(5 * 2 ** 60), '5120 PiB'],
    [formatBytesRate(2048), '2.0 KiB/s'],
    [formatShare(0.123), '12 %'],
    [formatDuration(0.24), '240 ms'],
    [formatDuration(59.9), '59 s'],
    [formatDuration(725), '12 min 5 s'],
    [formatDuration(3 * 86_400 + 60), '3 d'],
    [formatDuration(3 * 86_400 + 4 * 3600), '3 d 4 h'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('that are missing are a dash', () => {
    const formats = [formatCount, formatShortCount, formatRate, formatBytes, formatBytesRate];
    const more = [formatShare, formatDuration, formatTime];
    expect([...formats, ...more].map((format) => format(undefined))).toEqual(Array(8).fill('–'));
    expect([formatCount(Number.NaN), formatRate(null), formatTime('')]).toEqual(['–', '–', '–']);
  });

  it('a time that is none is shown as it came', () => {
    expect(formatTime('yesterday')).toBe('yesterday');
  });
});

describe('names', () => {
  it.each([
    ['orders.created', 'orders.created'],
    ['a b', 'a b'],
    [' a', '␣a'],
    ['a ', 'a␣'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['\u0000', '\\u0000'],
    ['a\u202Eb', 'a\\u202eb'],
    ['zero\u200Bwidth', 'zero\\u200bwidth'],
    ['<img src=x>', '<img src=x>'],
    ['\ud800', '\\ud800'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['wide\u3000space', 'wide\\u3000space'],
    ['שלום', 'שלום'],
    ['👩‍👧', '👩\\u200d👧'],
  ])('%j is shown as %s', (name, shown) => {
    expect(visibleName(name)).toBe(shown);
  });

  it('a payload keeps its lines and tabs', () => {
    expect(visibleText(' a\n\tb\u0007\u202E')).toBe(' a\n\tb\\u0007\\u202e');
  });
});
