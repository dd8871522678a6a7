// A plain table with named columns; the less important ones give way on narrow screens, where a row's own page has them.
import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** The API's field to sort by; without it the column cannot be sorted. */
  readonly sort?: string;
  readonly isNumber?: boolean;
  /** 1 is always shown, 2 from a tablet on, 3 on a wide screen. */
  readonly importance?: 1 | 2 | 3;
  /** Shown only when the user chose it. */
  readonly isExtra?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly head?: (column: Column<Row>) => ComponentChildren;
  readonly sortOf?: (column: Column<Row>) => 'ascending' | 'descending' | undefined;
  /** Stand before the first column. */
  readonly lead?: {
    readonly head: ComponentChildren;
    readonly cell: (row: Row) => ComponentChildren;
  };
  readonly isOld?: boolean;
}

export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows, rowKey, lead } = props;
  return (
    <section
      class="table-scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
      tabIndex={0}
      aria-label={props.caption}
      aria-busy={props.isOld ?? false}
    >
      <table>
        <caption class="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {lead !== undefined && <td class="lead">{lead.head}</td>}
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                class={classOf(column)}
                {...ariaSort(props.sortOf?.(column))}
              >
                {props.head?.(column) ?? column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {lead !== undefined && <td class="lead">{lead.cell(row)}</td>}
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} scope="row" class={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function classOf<Row>({ isNumber = false, importance = 1 }: Column<Row>): string {
  return `${isNumber ? 'number ' : ''}importance-${importance}`;
}

function ariaSort(sort: 'ascending' | 'descending' | undefined) {
  return sort === undefined ? {} : { 'aria-sort': sort };
}
