// What a handler answers. JSON becomes text here and nowhere else.

import { projection, type View } from '../admin/columns.ts';
import { columnsOf, listQuery } from '../admin/list-query.ts';
import { type ListSource, listing } from '../admin/listing.ts';
import type { ApiRequest } from './api-request.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: an empty body. A stream is JSON in parts. */
  readonly body: string | AsyncIterable<string> | undefined;
}

const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-cache' };

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers: { ...jsonHeaders, ...headers }, body: JSON.stringify(value) };
}

/** One object; the request may want some of its fields only. */
export function object(request: ApiRequest, view: View): Reply {
  const columns = columnsOf(request.query('columns'));
  return json(columns === undefined ? view : projection(columns)(view));
}

/** A list, as the request wants it: name, sort, page, columns. */
export async function list<T>(request: ApiRequest, source: ListSource<T>): Promise<Reply> {
  const { page, parts } = await listing(source, listQuery(request.query));
  return { status: 200, headers: jsonHeaders, body: listText(page, parts) };
}

/** 201 or 204, as after a PUT. */
export function stored(isNew: boolean): Reply {
  return isNew ? created() : noContent();
}

export function created(headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 201, headers, body: undefined };
}

export function noContent(): Reply {
  return { status: 204, headers: {}, body: undefined };
}

async function* listText(
  page: Readonly<Record<string, number>> | undefined,
  parts: AsyncIterable<readonly View[]>,
): AsyncGenerator<string> {
  let opening = page === undefined ? '[' : `${JSON.stringify(page).slice(0, -1)},"items":[`;
  for await (const part of parts) {
    if (part.length === 0) continue;
    const text = JSON.stringify(part);
    yield opening + text.slice(1, -1);
    opening = ',';
  }
  const closing = page === undefined ? ']' : ']}';
  yield opening === ',' ? closing : opening + closing;
}
