// Figures as people read them: short, in units, and never wider than a table's column.

const COUNT = new Intl.NumberFormat('en', { useGrouping: true, maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const RATE = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: true });
const NONE = '–';

/** Exact, with separators: a queue of 1,203,441 messages. */
export function formatCount(count: number | undefined | null): string {
  return isNumber(count) ? COUNT.format(count) : NONE;
}

/** At most four digits: 1.2M. */
export function formatShortCount(count: number | undefined | null): string {
  if (!isNumber(count)) return NONE;
  return Math.abs(count) < 10_000 ? COUNT.format(count) : SHORT.format(count);
}

/** Per second: 0.4/s, 12.3k/s. */
export function formatRate(rate: number | undefined | null): string {
  if (!isNumber(rate)) return NONE;
  if (Math.abs(rate) >= 1000) return `${SHORT.format(rate)}/s`;
  return `${rate === 0 ? '0' : RATE.format(rate)}/s`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function formatBytes(bytes: number | undefined | null): string {
  if (!isNumber(bytes)) return NONE;
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? ''}`;
}

export function formatBytesRate(bytes: number | undefined | null): string {
  return isNumber(bytes) ? `${formatBytes(bytes)}/s` : NONE;
}

/** A share of one, as percent. */
export function formatShare(share: number | undefined | null): string {
  return isNumber(share) ? `${Math.round(share * 100)} %` : NONE;
}

const STEPS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** The two largest units: 3 d 4 h, 12 min 5 s, 240 ms. */
export function formatDuration(seconds: number | undefined | null): string {
  if (!isNumber(seconds)) return NONE;
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  const first = STEPS.findIndex(([, size]) => seconds >= size);
  let rest = Math.floor(seconds);
  const parts: string[] = [];
  for (const [unit, size] of STEPS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** Milliseconds since 1970, or RFC 3339 text. */
export function formatTime(time: number | string | undefined | null): string {
  if (time === undefined || time === null || time === '') return NONE;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : CLOCK.format(date);
}

function isNumber(value: number | undefined | null): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
