// Arguments and headers as rows of a form, and back. A type is chosen, never guessed: the text 5 and the number 5 are
// two different arguments.

export type ArgumentType = 'string' | 'number' | 'boolean' | 'json';

export interface ArgumentRow {
  readonly key: string;
  readonly type: ArgumentType;
  readonly text: string;
}

export type ArgumentTable = Record<string, unknown>;

export class ArgumentError extends Error {}

export function tableOf(rows: readonly ArgumentRow[]): ArgumentTable {
  const filled = rows.filter(({ key, text }) => key !== '' || text !== '');
  const table: ArgumentTable = Object.create(null) as ArgumentTable;
  for (const row of filled) {
    if (row.key === '') throw new ArgumentError(`The value "${row.text}" has no name.`);
    if (row.key in table) throw new ArgumentError(`"${row.key}" is there twice.`);
    table[row.key] = typedValue(row);
  }
  return table;
}

export function rowsOf(table: Readonly<ArgumentTable>): ArgumentRow[] {
  return Object.entries(table).map(([key, value]) => ({
    key,
    type: typeOf(value),
    text: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}

function typeOf(value: unknown): ArgumentType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'json';
}

function typedValue({ key, type, text }: ArgumentRow): unknown {
  if (type === 'string') return text;
  if (type === 'number') return numberOf(key, text);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new ArgumentError(`"${key}" is true or false, not "${text}".`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgumentError(`"${key}" is no valid JSON: ${text}`);
  }
}

/** Beyond 2^53 JavaScript would send another number than the one that was typed. */
function numberOf(key: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) {
    throw new ArgumentError(`"${key}" is no number: "${text}".`);
  }
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new ArgumentError(`"${key}" is larger than this page can send exactly.`);
  }
  return number;
}
