// Every list of the management API: filter, order, page, columns. In slices of time, so that a list of
// ten thousand queues does not delay their messages.

import { Breath } from './breath.ts';
import { fieldAt, projection, type View } from './columns.ts';
import { type ListQuery, PageError, type PageQuery } from './list-query.ts';
import { sortInSlices } from './slice-sort.ts';
import { compareTerms } from './term-order.ts';

/** Views that are made before they become text, which takes as long again. */
const VIEWS_PER_PART = 50;

export interface ListSource<T> {
  /** In the list's own order. A copy: others may change what it was made of between two slices. */
  readonly items: readonly T[];
  /** What the query's `name` is looked for in. */
  name(item: T): string;
  /** `wanted`: the fields that are looked at, when not all are; others may then be left out. */
  view(item: T, wanted?: ReadonlySet<string>): View;
}

export interface Listing {
  /** The envelope of a page, without its items; undefined: the whole list. */
  readonly page: Readonly<Record<string, number>> | undefined;
  /** The views, some at a time. */
  readonly parts: AsyncIterable<readonly View[]>;
}

/** Throws PageError. */
export async function listing<T>(source: ListSource<T>, query: ListQuery): Promise<Listing> {
  const breath = new Breath();
  const { page } = query;
  const meant = await filtered(source, page?.isMeant, breath);
  const ordered =
    query.sort === undefined ? meant : await sorted(source, meant, query.sort, breath);
  if (query.isReverse) ordered.reverse();
  const chosen = page === undefined ? ordered : pageOf(ordered, page);
  return {
    page: page && envelope(page, source.items.length, ordered.length, chosen.length),
    parts: views(source, chosen, query.columns, breath),
  };
}

async function filtered<T>(
  source: ListSource<T>,
  isMeant: PageQuery['isMeant'],
  breath: Breath,
): Promise<T[]> {
  if (isMeant === undefined) return [...source.items];
  const meant: T[] = [];
  for (const item of source.items) {
    if (breath.isDue) await breath.take();
    if (isMeant(source.name(item))) meant.push(item);
  }
  return meant;
}

/** Of the views only the key is kept. Equals stay in the list's own order. */
async function sorted<T>(
  source: ListSource<T>,
  items: readonly T[],
  path: readonly string[],
  breath: Breath,
): Promise<T[]> {
  const keyed: { item: T; key: unknown }[] = [];
  const wanted = new Set(path.slice(0, 1));
  for (const item of items) {
    if (breath.isDue) await breath.take();
    keyed.push({ item, key: fieldAt(source.view(item, wanted), path) });
  }
  const inOrder = await sortInSlices(
    keyed,
    (one, other) => compareTerms(one.key, other.key),
    breath,
  );
  return inOrder.map(({ item }) => item);
}

function pageOf<T>(items: readonly T[], { number, size }: PageQuery): T[] {
  const start = (number - 1) * size;
  if (number > 1 && start >= items.length) {
    throw new PageError(
      'page_out_of_range',
      `Page out of range, page: ${number} page size: ${size}, len: ${items.length}`,
    );
  }
  return items.slice(start, start + size);
}

function envelope(
  { number, size }: PageQuery,
  totalCount: number,
  filteredCount: number,
  itemCount: number,
): Readonly<Record<string, number>> {
  return {
    filtered_count: filteredCount,
    item_count: itemCount,
    page: number,
    page_count: Math.ceil(filteredCount / size),
    page_size: size,
    total_count: totalCount,
  };
}

async function* views<T>(
  source: ListSource<T>,
  items: readonly T[],
  columns: readonly string[] | undefined,
  breath: Breath,
): AsyncGenerator<readonly View[]> {
  const project = columns === undefined ? undefined : projection(columns);
  const wanted = columns && new Set(columns.map((column) => column.replace(/\..*$/s, '')));
  let part: View[] = [];
  for (const item of items) {
    if (part.length === VIEWS_PER_PART) {
      yield part;
      part = [];
      if (breath.isDue) await breath.take();
    }
    const view = source.view(item, wanted);
    part.push(project === undefined ? view : project(view));
  }
  yield part;
}
