// What a client asks of a list, in RabbitMQ's words: columns, sort, page, name. Checked before the list
// is looked at.

import { compileNamePattern } from '../auth/name-pattern.ts';
import { ValidationError } from '../util/request-errors.ts';

export const PAGE_SIZE_DEFAULT = 100;
export const PAGE_SIZE_MAX = 500;

export interface ListQuery {
  /** Undefined: whole views. */
  readonly columns: readonly string[] | undefined;
  /** Dotted path; undefined: the list's own order. */
  readonly sort: readonly string[] | undefined;
  readonly isReverse: boolean;
  /** Undefined: the whole list, without an envelope. */
  readonly page: PageQuery | undefined;
}

export interface PageQuery {
  readonly number: number;
  readonly size: number;
  /** The names that are meant; undefined: all. */
  readonly isMeant: ((name: string) => boolean) | undefined;
}

/** A page that cannot be had. `code` is RabbitMQ's word for it. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly code: 'invalid_pagination_parameters' | 'page_out_of_range';

  constructor(code: PageError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** `parameter` gives the query's value by name. Throws ValidationError and PageError. */
export function listQuery(parameter: (name: string) => string | undefined): ListQuery {
  const sort = parameter('sort');
  return {
    columns: columnsOf(parameter('columns')),
    sort: sort === undefined || sort === '' ? undefined : sort.split('.'),
    isReverse: parameter('sort_reverse') === 'true',
    page: pageQuery(parameter),
  };
}

export function columnsOf(text: string | undefined): readonly string[] | undefined {
  const columns = text?.split(',').filter((column) => column !== '');
  return columns === undefined || columns.length === 0 ? undefined : columns;
}

/** The presence of `page` alone asks for pages. */
function pageQuery(parameter: (name: string) => string | undefined): PageQuery | undefined {
  const page = parameter('page');
  if (page === undefined) return undefined;
  const pageSize = parameter('page_size');
  const number = integerOf(page);
  const size = pageSize === undefined ? PAGE_SIZE_DEFAULT : integerOf(pageSize);
  if (number < 1 || size < 1 || size > PAGE_SIZE_MAX) {
    throw new PageError(
      'invalid_pagination_parameters',
      `Invalid pagination parameters: page number ${number}, page size ${pageSize ?? 'undefined'}`,
    );
  }
  const name = parameter('name') ?? '';
  return { number, size, isMeant: nameFilter(name, parameter('use_regex') === 'true') };
}

function integerOf(text: string): number {
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new ValidationError('Pagination parameters are invalid');
  return Number(text);
}

/** Both kinds search anywhere in the name, and take capitals and small letters as the same. */
function nameFilter(name: string, isPattern: boolean): ((name: string) => boolean) | undefined {
  if (name === '') return undefined;
  if (!isPattern) {
    const part = name.toLowerCase();
    return (candidate) => candidate.toLowerCase().includes(part);
  }
  const pattern = compileFilter(name);
  return (candidate) => pattern.matches(candidate);
}

function compileFilter(text: string): { matches(name: string): boolean } {
  try {
    return compileNamePattern(`(?i)${text}`);
  } catch {
    throw new ValidationError('Pagination parameters are invalid');
  }
}
