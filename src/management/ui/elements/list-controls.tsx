// Above a list: search, choice of columns, pages.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../format/numbers.ts';
import type { PageOf } from '../http/views.ts';
import { changeQuery, currentLocation } from '../location/current-location.ts';
import { changedColumns } from '../preferences.ts';
import { PAGE_SIZES } from './page-sizes.ts';
import type { Column } from './table.tsx';

interface ListControlsProps<Row> {
  readonly id: string;
  readonly columns: readonly Column<Row>[];
  readonly isSearched: boolean;
  readonly page: PageOf<Row> | undefined;
  readonly more: ComponentChildren;
}

export function ListControls<Row>(props: ListControlsProps<Row>) {
  const { id, columns, isSearched, page, more } = props;
  return (
    <div class="list-controls">
      {isSearched && <Search />}
      {more}
      <span class="spring" />
      {page !== undefined && <Pages page={page} />}
      {columns.some(({ importance, isExtra }) => isExtra || importance !== 1) && (
        <ColumnChoice id={id} columns={columns} />
      )}
    </div>
  );
}

const PAUSE_MS = 250;

/** The field is the user's while it has the focus: what comes from the server never writes into it. */
function Search() {
  const { query } = currentLocation.value;
  const field = useRef<HTMLInputElement>(null);
  const pause = useRef(0);
  const name = query['name'] ?? '';
  useEffect(() => {
    if (field.current !== null && document.activeElement !== field.current)
      field.current.value = name;
  }, [name]);
  const search = (text: string) => {
    window.clearTimeout(pause.current);
    pause.current = window.setTimeout(() => changeQuery({ name: text, page: '' }), PAUSE_MS);
  };
  return (
    <search class="search">
      <input
        ref={field}
        type="search"
        data-search
        aria-label="Filter by name"
        placeholder="Filter by name"
        aria-keyshortcuts="/"
        spellcheck={false}
        defaultValue={name}
        onInput={(event) => search(event.currentTarget.value)}
      />
      <label class="check small" title="The filter is a regular expression">
        <input
          type="checkbox"
          checked={query['regex'] === 'true'}
          onChange={(event) =>
            changeQuery({ regex: event.currentTarget.checked ? 'true' : '', page: '' })
          }
        />
        <span>Regex</span>
      </label>
    </search>
  );
}

function Pages<Row>({ page }: { readonly page: PageOf<Row> }) {
  const { filtered_count, total_count, page_count, page_size, page: number } = page;
  const first = filtered_count === 0 ? 0 : (number - 1) * page_size + 1;
  const last = Math.min(filtered_count, number * page_size);
  const isFiltered = filtered_count !== total_count;
  return (
    <nav class="pages" aria-label="Pages">
      <span class="range">
        {formatCount(first)}–{formatCount(last)} of {formatCount(filtered_count)}
        {isFiltered && <span class="faint"> ({formatCount(total_count)} in all)</span>}
      </span>
      {page_count > 1 && (
        <>
          <PageButton label="Previous page" sign="‹" to={number - 1} isOff={number <= 1} />
          <PageButton label="Next page" sign="›" to={number + 1} isOff={number >= page_count} />
        </>
      )}
      {total_count > Number(PAGE_SIZES[0]) && (
        <select
          aria-label="Rows per page"
          value={currentLocation.value.query['size'] ?? '50'}
          onChange={(event) => changeQuery({ size: event.currentTarget.value, page: '' })}
        >
          {PAGE_SIZES.map((size) => (
            <option key={size} value={size}>
              {size} rows
            </option>
          ))}
        </select>
      )}
    </nav>
  );
}

interface PageButtonProps {
  readonly label: string;
  readonly sign: string;
  readonly to: number;
  readonly isOff: boolean;
}

function PageButton({ label, sign, to, isOff }: PageButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      disabled={isOff}
      onClick={() => changeQuery({ page: String(to) })}
    >
      {sign}
    </button>
  );
}

interface ColumnChoiceProps<Row> {
  readonly id: string;
  readonly columns: readonly Column<Row>[];
}

function ColumnChoice<Row>({ id, columns }: ColumnChoiceProps<Row>) {
  const changed = changedColumns.value[id] ?? [];
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute('open');
  const toggle = (column: string) => {
    const next = changed.includes(column)
      ? changed.filter((one) => one !== column)
      : [...changed, column];
    changedColumns.value = { ...changedColumns.value, [id]: next };
  };
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={(event) => event.key === 'Escape' && close()}
      onFocusOut={(event) => {
        const { relatedTarget } = event;
        if (relatedTarget instanceof Node && !event.currentTarget.contains(relatedTarget)) close();
      }}
    >
      <summary>Columns</summary>
      <fieldset>
        <legend class="hidden">Columns</legend>
        {columns.slice(1).map(({ id: column, label, isExtra = false }) => (
          <label key={column} class="check small">
            <input
              type="checkbox"
              checked={isExtra === changed.includes(column)}
              onChange={() => toggle(column)}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
