// Times as RabbitMQ's API writes them.

/** `2026-11-22T05:06:38.316+00:00`. */
export function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+00:00');
}
