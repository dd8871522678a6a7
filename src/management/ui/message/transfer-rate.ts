// How fast a transfer goes, from what was seen of it lately.

export interface Observation {
  readonly moved: number;
  readonly atMs: number;
}

const WINDOW_MS = 10_000;

/** Over the last ten seconds; undefined after the first look. `kept` is for the next one. */
export function perSecond(
  earlier: readonly Observation[],
  now: Observation,
): { readonly rate: number | undefined; readonly kept: readonly Observation[] } {
  const kept = [...earlier.filter(({ atMs }) => now.atMs - atMs <= WINDOW_MS), now];
  const [first = now] = kept;
  const seconds = (now.atMs - first.atMs) / 1000;
  return { rate: seconds > 0 ? (now.moved - first.moved) / seconds : undefined, kept };
}
