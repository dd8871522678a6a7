// The path and query of a request, from the bytes that came. Split first and decoded then, because
// names may hold any character (a vhost is mostly `/`); so no URL class and no router sees them.

export interface RequestTarget {
  /** Decoded; a slash at the end counts for nothing. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Undefined when a percent sequence is broken or not UTF-8. `target` begins with a slash. */
export function parseTarget(target: string): RequestTarget | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const parts = path.slice(1).split('/');
  if (parts.at(-1) === '') parts.pop();
  try {
    const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
    return { segments: parts.map(decodeURIComponent), query };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** The target without the prefix that the configuration gives all paths; undefined: elsewhere. */
export function withoutPrefix(target: string, prefix: string): string | undefined {
  if (!target.startsWith(prefix)) return undefined;
  const rest = target.slice(prefix.length);
  if (rest === '') return '/';
  if (rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}
