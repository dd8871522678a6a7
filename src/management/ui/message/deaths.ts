// A dead letter's history, from its x-death header.

export interface Death {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly exchange: string;
  readonly keys: readonly string[];
  readonly timeMs: number | undefined;
}

/** The latest first, as the broker keeps them. A header that some client wrote by itself may be anything. */
export function deathsOf(headers: unknown): Death[] {
  if (typeof headers !== 'object' || headers === null) return [];
  const deaths = (headers as Record<string, unknown>)['x-death'];
  if (!Array.isArray(deaths)) return [];
  return deaths.filter((death) => typeof death === 'object' && death !== null).map(deathOf);
}

function deathOf(entry: Record<string, unknown>): Death {
  const { time, count } = entry;
  const keys = entry['routing-keys'];
  return {
    queue: String(entry['queue'] ?? ''),
    reason: String(entry['reason'] ?? 'unknown'),
    count: typeof count === 'number' ? count : 1,
    exchange: String(entry['exchange'] ?? ''),
    keys: Array.isArray(keys) ? keys.map(String) : [],
    timeMs: typeof time === 'number' ? time * 1000 : undefined,
  };
}
