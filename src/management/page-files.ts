// The management page: the files that vite built, held in memory. Their names hold a hash of their content, all but the
// index's, so that browsers keep them for good and ask for the index each time.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** No inline script or style, nothing from elsewhere, no frame around it, no text that becomes markup. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
}

const INDEX = '/index.html';

export class PageFiles {
  readonly #files = new Map<string, PageFile>();

  /** A source tree that was not built has no such directory, and serves no page. */
  constructor(directory: string) {
    for (const name of filesBelow(directory)) {
      this.#files.set(`/${name.replaceAll('\\', '/')}`, readFile(join(directory, name)));
    }
  }

  /** Undefined: there is no such file, and no page that it could be. `prefix`: before the page's root. */
  answer(request: Request, target: string, prefix: string): Response | undefined {
    if (this.#files.size === 0) return undefined;
    const path = target.replace(/\?.*/s, '');
    const file = this.#files.get(path === '/' ? INDEX : path);
    if (file === undefined) return isAddress(path) ? redirect(`${prefix}/`) : undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response(null, { status: 405, headers: { allow: 'HEAD, GET' } });
    }
    const { etag = '' } = file.headers;
    if (matches(request.headers.get('if-none-match'), etag)) {
      return new Response(null, { status: 304, headers: file.headers });
    }
    const isGzipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
    const bytes = isGzipped ? file.gzipped : file.bytes;
    return new Response(request.method === 'HEAD' ? null : bytes, {
      headers: {
        ...file.headers,
        'content-length': String(bytes.length),
        ...(isGzipped && { 'content-encoding': 'gzip' }),
      },
    });
  }
}

/** An address that somebody typed or kept: every one leads to the page, whose own addresses stand behind a `#`. */
function isAddress(path: string): boolean {
  return !path.startsWith('/assets/') && extname(path) === '';
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

function matches(header: string | null, etag: string): boolean {
  return (header ?? '').split(',').some((one) => one.trim() === etag || one.trim() === '*');
}

function filesBelow(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readFile(path: string): PageFile {
  const bytes = Uint8Array.from(readFileSync(path));
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`the page has a file of no known type: ${path}`);
  const isIndex = path.endsWith('index.html');
  return {
    bytes,
    gzipped: Uint8Array.from(gzipSync(bytes)),
    headers: {
      'content-type': type,
      'cache-control': isIndex ? 'no-cache' : 'public, max-age=31536000, immutable',
      // Weak: the same for both encodings.
      etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      vary: 'accept-encoding',
      ...SECURITY_HEADERS,
    },
  };
}
