// What a browser remembers about how its user likes to look: theme, refresh, chart range, columns. Nothing secret.
import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
export const REFRESH_SECONDS = [2, 5, 15, 60, 0] as const;

export interface ChartRange {
  readonly name: string;
  readonly label: string;
  readonly ageSeconds: number;
  readonly stepSeconds: number;
}

/** The steps in which the server keeps samples. */
export const CHART_RANGES: readonly ChartRange[] = [
  { name: '1m', label: '1 minute', ageSeconds: 60, stepSeconds: 5 },
  { name: '10m', label: '10 minutes', ageSeconds: 600, stepSeconds: 5 },
  { name: '1h', label: '1 hour', ageSeconds: 3600, stepSeconds: 60 },
  { name: '8h', label: '8 hours', ageSeconds: 28_800, stepSeconds: 600 },
  { name: '24h', label: '24 hours', ageSeconds: 86_400, stepSeconds: 1800 },
];

const KEY = 'warrenmq.preferences';

interface Stored {
  readonly theme?: Theme;
  readonly refreshSeconds?: number;
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

const stored = read();

export const theme = signal<Theme>(THEMES.find((name) => name === stored.theme) ?? 'auto');
export const refreshSeconds = signal(
  REFRESH_SECONDS.find((seconds) => seconds === stored.refreshSeconds) ?? 5,
);
/** Per list: the columns that differ from what is shown at first. */
export const changedColumns = signal<Readonly<Record<string, readonly string[]>>>(
  stored.columns ?? {},
);

export function keepPreferences(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
  });
  effect(() => {
    const value: Stored = {
      theme: theme.value,
      refreshSeconds: refreshSeconds.value,
      columns: changedColumns.value,
    };
    try {
      window.localStorage.setItem(KEY, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing for this site: the choice holds until the page is closed.
    }
  });
}

export function rangeOf(name: string | undefined): ChartRange {
  return CHART_RANGES.find((range) => range.name === name) ?? (CHART_RANGES[1] as ChartRange);
}

/** The query that asks for samples of the range, for each of the API's groups of statistics. */
export function sampleQuery(range: ChartRange, groups: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    groups.flatMap((group) => [
      [`${group}_age`, range.ageSeconds],
      [`${group}_incr`, range.stepSeconds],
    ]),
  );
}

function read(): Stored {
  try {
    const value = JSON.parse(window.localStorage.getItem(KEY) ?? '{}') as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
