// The key a user probably meant: one or two slips of the finger away from what was written.

/** The most similar name, or undefined when none is close. */
export function nearestKey(written: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  // More than a third changed is another word, not a slip.
  let nearestDistance = Math.min(Math.floor(written.length / 3), 3) + 1;
  for (const name of names) {
    const distance = editDistance(written, name);
    if (distance < nearestDistance) {
      nearest = name;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** Levenshtein's distance: insertions, deletions and replacements of one character. */
export function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const removed = (above[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, inserted));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
