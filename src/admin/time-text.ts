// Times as RabbitMQ's API writes them.

let last = { atMs: Number.NaN, text: '' };

/** Many objects are idle since the same tick. `2026-11-22T05:06:38.316+00:00`. */
export function rfc3339(atMs: number): string {
  if (atMs !== last.atMs) {
    last = { atMs, text: new Date(atMs).toISOString().replace('Z', '+00:00') };
  }
  return last.text;
}
