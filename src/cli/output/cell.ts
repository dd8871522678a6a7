// How one value of the API is written: for people with separators and units, for programs as it came.

import { printable, printableJson } from './printable.ts';

export type CellKind = 'text' | 'count' | 'bytes' | 'rate' | 'flag' | 'time' | 'milliseconds';

/** Kinds that stand to the right of their column. */
export const isNumeric = (kind: CellKind): boolean => kind !== 'text' && kind !== 'flag';

export function cellText(value: unknown, kind: CellKind, isForPeople: boolean): string {
  if (value === undefined || value === null) return isForPeople ? '-' : '';
  if (!isForPeople) return rawText(value);
  if (typeof value === 'number') return numberText(value, kind);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return rawText(value);
}

function rawText(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return printable(value.join(' '));
  }
  return typeof value === 'object' ? printableJson(value, 0) : String(value);
}

function numberText(value: number, kind: CellKind): string {
  if (kind === 'bytes') return bytesText(value);
  if (kind === 'rate') return `${groupedText(value, 1)}/s`;
  if (kind === 'time') return new Date(value).toISOString().replace('.000Z', 'Z');
  if (kind === 'milliseconds') return durationText(value);
  return groupedText(value, Number.isInteger(value) ? 0 : 2);
}

/** `1,234.5` */
export function groupedText(value: number, digits = 0): string {
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export function bytesText(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (Math.abs(value) < 1024) return `${value.toFixed(unit === 'B' ? 0 : 1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} TiB`;
}

/** `3d 4h`, `5m 12s`, `12.3s`: the two largest units. */
export function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)}s`;
  const whole = Math.floor(seconds);
  const parts: readonly (readonly [string, number])[] = [
    ['d', Math.floor(whole / 86_400)],
    ['h', Math.floor(whole / 3_600) % 24],
    ['m', Math.floor(whole / 60) % 60],
    ['s', whole % 60],
  ];
  const first = parts.findIndex(([, count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count}${unit}`)
    .join(' ');
}

/** `1 message`, `2 messages`. */
export function amount(count: number, noun: string): string {
  return `${groupedText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
