// Argument tables: as rows of a form with what is known offered by a click, and as they are shown.
import { useState } from 'preact/hooks';
import { visibleName } from '../format/visible-text.ts';
import {
  type ArgumentRow,
  type ArgumentTable,
  type ArgumentType,
  rowsOf,
  tableOf,
} from '../message/arguments.ts';
import type { KnownArgument } from '../message/known-arguments.ts';
import type { FormValues } from './form.tsx';
import { Name } from './text.tsx';

const TYPES: readonly { readonly value: ArgumentType; readonly label: string }[] = [
  { value: 'string', label: 'String' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Boolean' },
  { value: 'json', label: 'List or object' },
];
const NO_ROW: ArgumentRow = { key: '', type: 'string', text: '' };

interface ArgumentsFieldProps {
  readonly label: string;
  readonly name: string;
  readonly known?: readonly KnownArgument[];
  readonly table?: ArgumentTable;
}

export function ArgumentsField({ label, name, known = [], table = {} }: ArgumentsFieldProps) {
  const [rows, setRows] = useState<readonly ArgumentRow[]>(() => [...rowsOf(table), NO_ROW]);
  const change = (index: number, changed: Partial<ArgumentRow>) =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...changed } : row)));
  const filled = rows.filter(({ key, text }) => key !== '' || text !== '');
  const offered = known.filter(({ key }) => !rows.some((row) => row.key === key));
  return (
    <fieldset class="arguments">
      <legend>{label}</legend>
      <input type="hidden" name={name} value={JSON.stringify(rows)} />
      {rows.map((row, index) => (
        <RowFields
          key={index}
          row={row}
          number={index + 1}
          onChange={(changed) => change(index, changed)}
          onRemove={() => setRows([...rows.filter((_, at) => at !== index)])}
        />
      ))}
      <div class="offers">
        <button type="button" class="chip" onClick={() => setRows([...rows, NO_ROW])}>
          + Row
        </button>
        {offered.map(({ key, label: words, type, text = '' }) => (
          <button
            key={key}
            type="button"
            class="chip"
            title={key}
            onClick={() => setRows([...filled, { key, type, text }])}
          >
            {words}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

interface RowFieldsProps {
  readonly row: ArgumentRow;
  readonly number: number;
  readonly onChange: (changed: Partial<ArgumentRow>) => void;
  readonly onRemove: () => void;
}

function RowFields({ row, number, onChange, onRemove }: RowFieldsProps) {
  return (
    <div class="argument-row">
      <input
        aria-label={`Name ${number}`}
        placeholder="name"
        spellcheck={false}
        value={row.key}
        onInput={(event) => onChange({ key: event.currentTarget.value })}
      />
      <input
        aria-label={`Value ${number}`}
        placeholder="value"
        spellcheck={false}
        value={row.text}
        onInput={(event) => onChange({ text: event.currentTarget.value })}
      />
      <select
        aria-label={`Type ${number}`}
        value={row.type}
        onChange={(event) => onChange({ type: event.currentTarget.value as ArgumentType })}
      >
        {TYPES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <button type="button" class="quiet" aria-label={`Remove row ${number}`} onClick={onRemove}>
        ×
      </button>
    </div>
  );
}

/** Throws an ArgumentError for what cannot be sent as it was typed. */
export function argumentsOf(values: FormValues, name: string): ArgumentTable {
  return tableOf(JSON.parse(values.text(name)) as ArgumentRow[]);
}

/** Nested tables stay JSON: what matters is that nothing is hidden. */
export function ArgumentList({ table }: { readonly table: Readonly<ArgumentTable> | undefined }) {
  const entries = Object.entries(table ?? {});
  if (entries.length === 0) return <span class="faint">none</span>;
  return (
    <ul class="argument-list">
      {entries.map(([key, value]) => (
        <li key={key}>
          <Name text={key} />
          <span class={`value ${typeof value}`}>
            {typeof value === 'string' ? <Name text={value} /> : visibleName(JSON.stringify(value))}
          </span>
        </li>
      ))}
    </ul>
  );
}
