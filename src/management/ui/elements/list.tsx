// A list of the API's, a page of it at a time: the server searches, sorts and cuts, so that ten thousand rows cost what fifty
// do. Which page, order and filter is in the address.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from '../format/numbers.ts';
import { ApiError } from '../http/request.ts';
import { type Polled, usePolled } from '../http/use-polled.ts';
import type { PageOf } from '../http/views.ts';
import { changeQuery, currentLocation } from '../location/current-location.ts';
import { changedColumns } from '../preferences.ts';
import { ListControls } from './list-controls.tsx';
import { PAGE_SIZES } from './page-sizes.ts';
import { Empty, Failure, Waiting } from './panel.tsx';
import { type Column, Table } from './table.tsx';

export interface BulkAction<Row> {
  readonly label: string;
  readonly isDanger?: boolean;
  readonly run: (rows: readonly Row[], onDone: () => void) => void;
}

interface ListProps<Row> {
  /** Names the list in what the browser remembers. */
  readonly id: string;
  readonly caption: string;
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** A field, with `-` before it for the largest first. */
  readonly sort?: string;
  readonly isSearched?: boolean;
  readonly bulk?: readonly BulkAction<Row>[];
  readonly controls?: ComponentChildren;
  readonly empty: string;
}

export function List<Row>(props: ListProps<Row>) {
  const { columns, bulk = [], rowKey } = props;
  const order = currentLocation.value.query['sort'] ?? props.sort ?? '';
  const polled = usePage<Row>(props.path, order, props.query);
  const [selected, setSelected] = useState<ReadonlyMap<string, Row>>(new Map());
  const toggled = changedColumns.value[props.id] ?? [];
  const shown = columns.filter(({ id, isExtra = false }) => isExtra === toggled.includes(id));
  const page = polled.value;
  return (
    <section class="panel flush list" aria-label={props.caption}>
      <ListControls
        id={props.id}
        columns={columns}
        isSearched={props.isSearched ?? true}
        page={page}
        more={props.controls}
      />
      {bulk.length > 0 && selected.size > 0 && (
        <BulkBar
          actions={bulk}
          rows={[...selected.values()]}
          clear={() => setSelected(new Map())}
        />
      )}
      <ListState error={polled.error} isEmpty={page === undefined} />
      {page !== undefined && page.items.length > 0 && (
        <Table
          caption={props.caption}
          columns={shown}
          rows={page.items}
          rowKey={rowKey}
          isOld={polled.isOld}
          head={(column) => <SortButton column={column} order={order} />}
          sortOf={(column) => sortOf(column, order)}
          {...(bulk.length > 0
            ? { lead: selection(page.items, rowKey, selected, setSelected) }
            : {})}
        />
      )}
      {page !== undefined && page.items.length === 0 && (
        <Empty>{page.total_count > 0 ? 'Nothing matches the filter.' : props.empty}</Empty>
      )}
    </section>
  );
}

/** A filter that the server does not take is said beside the last list that it gave. */
function ListState({
  error,
  isEmpty,
}: {
  readonly error: Error | undefined;
  readonly isEmpty: boolean;
}) {
  const isRefused = error instanceof ApiError && error.status === 400;
  if (isRefused && currentLocation.value.query['regex'] === 'true') {
    return (
      <Failure error={new Error('The filter is no regular expression that the broker takes.')} />
    );
  }
  if (isRefused) return <Failure error={error} />;
  return isEmpty ? <Waiting error={error} /> : null;
}

/** An order ends with page 1; one past the end, after rows were deleted, is the server's 400 and goes back to it too. */
function usePage<Row>(
  path: readonly string[],
  order: string,
  more: Readonly<Record<string, string | number | boolean>> = {},
): Polled<PageOf<Row>> {
  const { query } = currentLocation.value;
  const polled = usePolled<PageOf<Row> | readonly Row[]>(path, {
    page: query['page'] ?? '1',
    page_size: PAGE_SIZES.find((size) => size === query['size']) ?? '50',
    name: query['name'] ?? '',
    use_regex: query['regex'] === 'true',
    ...(order === '' ? {} : { sort: order.replace(/^-/, ''), sort_reverse: order.startsWith('-') }),
    ...more,
  });
  if (polled.error?.message.includes('out of range') && query['page'] !== undefined) {
    queueMicrotask(() => changeQuery({ page: '' }));
  }
  const { value } = polled;
  return { ...polled, value: Array.isArray(value) ? wholePage(value) : (value as PageOf<Row>) };
}

/** A RabbitMQ answers with plain lists where it has no pages. */
function wholePage<Row>(items: readonly Row[]): PageOf<Row> {
  const count = items.length;
  return {
    items,
    filtered_count: count,
    item_count: count,
    total_count: count,
    page: 1,
    page_count: 1,
    page_size: count,
  };
}

function sortOf<Row>({ sort }: Column<Row>, order: string) {
  if (sort === undefined || order.replace(/^-/, '') !== sort) return undefined;
  return order.startsWith('-') ? 'descending' : 'ascending';
}

function SortButton<Row>({
  column,
  order,
}: {
  readonly column: Column<Row>;
  readonly order: string;
}) {
  const { sort, label, isNumber = false } = column;
  if (sort === undefined) return <>{label}</>;
  const now = sortOf(column, order);
  // Whoever sorts by a figure looks for the largest.
  const next = now === undefined ? isNumber : now === 'ascending';
  return (
    <button
      type="button"
      class="sort"
      onClick={() => changeQuery({ sort: next ? `-${sort}` : sort, page: '' })}
    >
      {label}
      <span aria-hidden="true" class="arrow">
        {now === undefined ? '' : now === 'ascending' ? '↑' : '↓'}
      </span>
    </button>
  );
}

function selection<Row>(
  rows: readonly Row[],
  rowKey: (row: Row) => string,
  selected: ReadonlyMap<string, Row>,
  setSelected: (selected: ReadonlyMap<string, Row>) => void,
) {
  const choose = (chosen: readonly Row[], isOn: boolean) => {
    const next = new Map(selected);
    for (const row of chosen) {
      if (isOn) next.set(rowKey(row), row);
      else next.delete(rowKey(row));
    }
    setSelected(next);
  };
  const box = (label: string, chosen: readonly Row[]) => (
    <input
      type="checkbox"
      aria-label={label}
      checked={chosen.every((row) => selected.has(rowKey(row)))}
      onChange={(event) => choose(chosen, event.currentTarget.checked)}
    />
  );
  return {
    head: box('Select this page', rows),
    cell: (row: Row) => box(`Select ${rowKey(row)}`, [row]),
  };
}

interface BulkBarProps<Row> {
  readonly actions: readonly BulkAction<Row>[];
  readonly rows: readonly Row[];
  readonly clear: () => void;
}

function BulkBar<Row>({ actions, rows, clear }: BulkBarProps<Row>) {
  return (
    <div class="bulk" role="toolbar" aria-label="Selected rows">
      <span>{formatCount(rows.length)} selected</span>
      {actions.map(({ label, isDanger = false, run }) => (
        <button
          key={label}
          type="button"
          class={isDanger ? 'danger-quiet' : ''}
          onClick={() => run(rows, clear)}
        >
          {label}
        </button>
      ))}
      <button type="button" class="quiet" onClick={clear}>
        Clear
      </button>
    </div>
  );
}
