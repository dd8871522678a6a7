// The body of a request: read up to a limit, and taken as RabbitMQ takes it, whatever its content type.

import { badRequest } from './http-error.ts';

export type JsonBody = Readonly<Record<string, unknown>>;

/** Deeper ones have no use, and would overflow the stack of whatever walks through them. */
const DEPTH_MAX = 100;

/** Throws HttpError when it is longer. */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw badRequest(`Exceeded HTTP request body size limit of ${bytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

/** Nothing, `null` and `undefined` are no fields. Throws HttpError for what is no object. */
export function parseObject(body: Buffer): JsonBody {
  const text = withoutByteOrderMark(body.toString('utf8')).trim();
  if (text === '' || text === 'null' || text === 'undefined') return {};
  requireShallow(body);
  const value = parse(text);
  if (typeof value === 'string' && isObject(tryParse(value))) {
    throw badRequest('not_json: the body is a string that holds JSON; it was encoded twice');
  }
  if (!isObject(value)) throw badRequest('not_json');
  return value;
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function isObject(value: unknown): value is JsonBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  const value = tryParse(text);
  if (value === undefined) throw badRequest('not_json');
  return value;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text, hasLoneSurrogate.test(text) ? requireUnicode : undefined);
  } catch {
    return undefined;
  }
}

/** An escape of half a character, which may stand alone. */
const hasLoneSurrogate = /\\u[dD][89a-fA-F]/;

/** Names and keys go into UTF-8, which has no bytes for half a character. */
function requireUnicode(key: string, value: unknown): unknown {
  if (/\p{Surrogate}/u.test(key) || (typeof value === 'string' && /\p{Surrogate}/u.test(value))) {
    throw new SyntaxError('half a character');
  }
  return value;
}

function requireShallow(body: Buffer): void {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (isInString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) isInString = false;
    } else if (byte === 0x22) isInString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > DEPTH_MAX) throw badRequest(`JSON is nested deeper than ${DEPTH_MAX} levels`);
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
}
