// Cross-origin requests from the origins that the configuration lists; none by default. A request of
// another origin is served without these headers, so that its browser keeps the answer from the page.

export interface CorsSettings {
  /** `*` stands for every origin. */
  readonly origins: readonly string[];
  readonly maxAgeSeconds: number;
}

type Headers = Readonly<Record<string, string>>;

export function corsHeaders({ origins }: CorsSettings, origin: string | undefined): Headers {
  // A sandboxed page calls itself `null`, and a page could ask for `*`.
  if (origin === undefined || origin === 'null' || origin === '*') return {};
  if (origins.includes(origin)) {
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
    };
  }
  return origins.includes('*') ? { 'access-control-allow-origin': '*' } : {};
}

/** What OPTIONS answers besides. `allow` names the methods of the resource. */
export function preflightHeaders(
  settings: CorsSettings,
  origin: string | undefined,
  allow: string,
  requestHeaders: string | undefined,
): Headers {
  const headers = corsHeaders(settings, origin);
  if (Object.keys(headers).length === 0) return {};
  return {
    ...headers,
    'access-control-allow-methods': allow,
    'access-control-max-age': String(settings.maxAgeSeconds),
    ...(requestHeaders !== undefined && { 'access-control-allow-headers': requestHeaders }),
  };
}
