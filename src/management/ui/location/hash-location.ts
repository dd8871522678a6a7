// Where the page is: `#/queues/%2F/orders?tab=peek`. Segments are encoded once each, so a name may hold anything; what
// is not in the query has its default, so that addresses stay short.

export type Query = Readonly<Record<string, string>>;

export interface HashLocation {
  readonly segments: readonly string[];
  readonly query: Query;
}

export function parseHash(hash: string): HashLocation {
  const [path = '', search = ''] = splitOnce(hash.replace(/^#/, ''), '?');
  const segments = path.split('/').filter((segment) => segment !== '');
  return {
    segments: segments.map(decodeSegment),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

export function formatHash(segments: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  const path = segments.map(encodeURIComponent).join('/');
  return search.size === 0 ? `#/${path}` : `#/${path}?${search.toString()}`;
}

/** A damaged escape in an address that somebody typed is shown as it is. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
