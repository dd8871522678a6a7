// rabbitmqctl's ways to print a table: tab separated with a header, JSON, a stream of JSON, CSV.

import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable, printableJson } from '../output/printable.ts';
import { isView, type View } from '../output/view.ts';
import type { CtlAnswer, CtlColumn } from './ctl-call.ts';

type Rows = Extract<CtlAnswer, { readonly rows: readonly View[] }>;
type Formatter = (answer: Rows, hasHeader: boolean) => string;

const formatters: Readonly<Record<string, Formatter>> = {
  table: ({ rows, columns }, hasHeader) => {
    if (rows.length === 0) return '';
    const header = hasHeader ? [columns.map(({ name }) => name).join('\t')] : [];
    const lines = rows.map((row) => columns.map((column) => cell(column, row)).join('\t'));
    return [...header, ...lines].map((line) => `${line}\n`).join('');
  },
  json: ({ rows, columns }) =>
    `[\n${objects(rows, columns).join('\n,')}${rows.length ? '\n' : ''}]\n`,
  json_stream: ({ rows, columns }) =>
    objects(rows, columns)
      .map((line) => `${line}\n`)
      .join(''),
  csv: ({ rows, columns }, hasHeader) => {
    const header = hasHeader ? [columns.map(({ name }) => quoted(name)).join(',')] : [];
    const lines = rows.map((row) =>
      columns
        .map(({ read }) => read(row))
        .map((value) => (typeof value === 'number' ? String(value) : quoted(valueText(value))))
        .join(','),
    );
    return [...header, ...lines].map((line) => `${line}\n`).join('');
  },
};

export function formatCtlAnswer(answer: CtlAnswer, formatter: string, hasHeader: boolean): string {
  if (answer === undefined) return '';
  if ('rows' in answer) return formatterNamed(formatter)(answer, hasHeader);
  if (formatter === 'json' || formatter === 'json_stream') {
    return `${printableJson(answer.value, 0)}\n`;
  }
  return answer.text === '' ? '' : `${answer.text}\n`;
}

function formatterNamed(name: string): Formatter {
  const found = Object.hasOwn(formatters, name) ? formatters[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(formatters).join(', ');
  throw new CommandError(
    adminExitCodes.usage,
    `(argument validation): formatter ${name} is not supported; there are ${known}`,
  );
}

function objects(rows: readonly View[], columns: readonly CtlColumn[]): string[] {
  return rows.map((row) =>
    printableJson(
      Object.fromEntries(columns.map(({ name, read }) => [name, jsonValue(read(row))])),
      0,
    ),
  );
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const cell = ({ read }: CtlColumn, row: View) => valueText(read(row));

/** `[a, b]` for tags, `[{"x-max-length",5}]` for tables, as Erlang's terms look in rabbitmqctl's tables. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return printable(`[${value.join(', ')}]`);
  }
  return typeof value === 'object' ? termText(value) : String(value);
}

function termText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(termText).join(',')}]`;
  if (!isView(value)) return typeof value === 'string' ? printableJson(value, 0) : String(value);
  const fields = Object.entries(value).map(
    ([name, field]) => `{${printableJson(name, 0)},${termText(field)}}`,
  );
  return `[${fields.join(',')}]`;
}

/** Tables are lists of [name, type, value]. */
function jsonValue(value: unknown): unknown {
  if (!isView(value)) return value ?? '';
  return Object.entries(value).map(([name, field]) => [name, typeOf(field), jsonValue(field)]);
}

function typeOf(value: unknown): string {
  if (typeof value === 'string') return 'longstr';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  return Array.isArray(value) ? 'array' : 'table';
}
