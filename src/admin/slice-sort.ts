// A stable sort in slices of time: short runs are sorted, and then merged two by two.

import type { Breath } from './breath.ts';

const RUN_LENGTH = 256;

export async function sortInSlices<T>(
  items: readonly T[],
  compare: (one: T, other: T) => number,
  breath: Breath,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += RUN_LENGTH) {
    if (breath.isDue) await breath.take();
    runs.push(items.slice(at, at + RUN_LENGTH).sort(compare));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await merge(runs[at] as T[], runs[at + 1] ?? [], compare, breath));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Of equals, those of `left` come first. */
async function merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (one: T, other: T) => number,
  breath: Breath,
): Promise<T[]> {
  const merged: T[] = [];
  let at = 0;
  for (let index = 0; index < right.length; index++) {
    if (index % RUN_LENGTH === 0 && breath.isDue) await breath.take();
    const item = right[index] as T;
    while (at < left.length && compare(left[at] as T, item) <= 0) merged.push(left[at++] as T);
    merged.push(item);
  }
  while (at < left.length) merged.push(left[at++] as T);
  return merged;
}
