// What all lists can do: filter by name, sort, choose columns, stop after a number. The API does the work.

import type { Command } from 'commander';
import type { ApiClient, Query } from './api-client.ts';
import type { ApiPath } from './api-path.ts';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import { wholeNumber } from './option-values.ts';
import { chooseColumns } from './output/output.ts';
import { printable } from './output/printable.ts';
import type { Column } from './output/table.ts';
import { countAt, type View, viewsAt } from './output/view.ts';

export interface ListFlags {
  readonly match?: string;
  readonly sort?: string;
  readonly columns?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** The API's largest page. */
const PAGE_SIZE_MAX = 500;

export function addListOptions(command: Command): Command {
  return command
    .option('--match <regex>', 'only names that match')
    .option('--sort <column>', 'sort by a column; column:desc for the largest first')
    .option('--columns <list>', "columns, by the API's names: name,messages,arguments.x-max-length")
    .option('--limit <count>', 'stop after so many', wholeNumber(1));
}

/** Columns that are looked at here, whatever the user chose to see. */
const ALWAYS_ASKED = ['name', 'messages', 'consumers'];

/** `columns` are the standard ones: a column is named by its title or its path. */
export async function fetchList(
  api: ApiClient,
  path: ApiPath,
  flags: ListFlags,
  columns: readonly Column[],
  query: Query = {},
): Promise<View[]> {
  const asked: Query = {
    ...query,
    ...sortQuery(flags.sort, columns),
    ...columnsQuery(flags, columns),
  };
  if (flags.match === undefined && flags.limit === undefined) return api.get<View[]>(path, asked);
  const limit = flags.limit ?? Number.POSITIVE_INFINITY;
  const rows: View[] = [];
  for (let page = 1, pages = 1; page <= pages && rows.length < limit; page += 1) {
    const answer = await api.get<View>(path, {
      ...asked,
      page,
      page_size: PAGE_SIZE_MAX,
      ...(flags.match !== undefined && { name: flags.match, use_regex: true }),
    });
    rows.push(...viewsAt(answer, 'items'));
    pages = countAt(answer, 'page_count');
  }
  return rows.slice(0, limit);
}

/** Of wide objects and many of them, only what is shown has to come; --json shows all fields unless some are chosen. */
function columnsQuery(flags: ListFlags, columns: readonly Column[]): Query {
  if (flags.columns === undefined && flags.json === true) return {};
  const paths = chooseColumns(columns, flags.columns).map(({ path }) => path);
  return { columns: [...new Set([...paths, ...ALWAYS_ASKED])].join(',') };
}

function sortQuery(sort: string | undefined, columns: readonly Column[]): Query {
  if (sort === undefined) return {};
  const [name = '', direction = 'asc'] = sort.split(':');
  if (direction !== 'asc' && direction !== 'desc') {
    const text = `--sort: after the colon stands asc or desc, not "${printable(direction)}"`;
    throw new CommandError(adminExitCodes.usage, text);
  }
  const path = columns.find(({ title }) => title === name)?.path ?? name;
  return { sort: path, ...(direction === 'desc' && { sort_reverse: true }) };
}
