// What a run has seen of the things it is there to try: a rule that nothing ever met proves nothing.

export class Coverage {
  readonly counts = new Map<string, number>();

  count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  add(other: Coverage): void {
    for (const [name, count] of other.counts) this.count(name, count);
  }
}

/** What many seeds together must have met. */
export const COVERED: readonly string[] = ['group deliveries', 'group redeliveries', 'group gets'];

export function uncovered(coverage: Coverage): string[] {
  return COVERED.filter((name) => !coverage.counts.has(name));
}
