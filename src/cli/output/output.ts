// What commands print. Data goes to standard output, everything else to standard error. For people it is aligned
// and coloured; into a pipe it is tab separated; --json prints the API's own fields; --quiet names only.

import type { Terminal } from '../terminal.ts';
import { type CellKind, cellText } from './cell.ts';
import { printable, printableJson } from './printable.ts';
import { ProgressBar } from './progress-bar.ts';
import { Style } from './style.ts';
import { alignedTable, type Column, column, tabbedTable, width } from './table.ts';
import { at, type View } from './view.ts';

export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly headers?: boolean;
  readonly color?: boolean;
}

export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly isForPeople: boolean;
  readonly style: Style;
  readonly #terminal: Terminal;
  readonly #hasHeaders: boolean;
  readonly #errorStyle: Style;

  constructor(terminal: Terminal, flags: OutputFlags) {
    this.#terminal = terminal;
    this.isJson = flags.json === true;
    this.isQuiet = flags.quiet === true;
    this.isForPeople = terminal.isOutputTerminal && !this.isJson;
    this.#hasHeaders = flags.headers !== false;
    const wantsColour = flags.color !== false && !terminal.environment['NO_COLOR'];
    this.style = new Style(wantsColour && this.isForPeople);
    this.#errorStyle = new Style(wantsColour && terminal.isErrorTerminal);
  }

  /** `name` is the path of what --quiet prints. `columns` replaces the standard ones when the user chose some. */
  list(rows: readonly View[], columns: readonly Column[], name: string): void {
    if (this.isJson) this.json(rows);
    else if (this.isQuiet) {
      const names = [column(name, name)];
      this.#terminal.write(tabbedTable(names, rows, false));
    } else this.table(rows, columns);
  }

  table(rows: readonly View[], columns: readonly Column[]): void {
    const text = this.isForPeople
      ? alignedTable(columns, rows, this.#hasHeaders, this.style, this.#terminal.size.columns)
      : tabbedTable(columns, rows, this.#hasHeaders);
    this.#terminal.write(text);
  }

  /** Rows that follow others, for programs. */
  tabbed(rows: readonly View[], columns: readonly Column[], isFirst: boolean): void {
    this.#terminal.write(tabbedTable(columns, rows, isFirst && this.#hasHeaders));
  }

  /** One object: a line per field. */
  details(view: View, fields: readonly Column[]): void {
    if (this.isJson) {
      this.json(view);
      return;
    }
    const titleWidth = Math.max(...fields.map(({ title }) => width(title)));
    for (const { title, path, kind } of fields) {
      const text = cellText(at(view, path), kind, this.isForPeople);
      this.#terminal.write(
        this.isForPeople
          ? `${this.style.faint(title.padEnd(titleWidth))}  ${text}\n`
          : `${title}\t${text}\n`,
      );
    }
  }

  heading(text: string): void {
    if (!this.isJson) this.#terminal.write(`\n${this.style.heading(text)}\n`);
  }

  json(value: unknown): void {
    this.#terminal.write(`${printableJson(value)}\n`);
  }

  /** Text that is the data itself; harmless already. */
  text(text: string): void {
    this.#terminal.write(text);
  }

  /** A payload as it is: whoever asks for it wants every byte. */
  bytes(bytes: Buffer): void {
    this.#terminal.write(bytes);
  }

  /** What was done: for people a sentence on standard error, for programs the result as JSON. */
  done(sentence: string, result: View): void {
    if (this.isJson) this.json(result);
    else if (!this.isQuiet) this.#terminal.writeError(`${sentence}\n`);
  }

  note(text: string): void {
    if (!this.isQuiet) this.#terminal.writeError(`${text}\n`);
  }

  warning(text: string): void {
    this.#terminal.writeError(`${this.#errorStyle.warning('warning:')} ${text}\n`);
  }

  progress(title: string, total: number): ProgressBar {
    const isShown = this.#terminal.isErrorTerminal && !this.isQuiet;
    return new ProgressBar(this.#terminal, isShown, title, total);
  }
}

/** The columns that a user asked for, by path; the standard ones keep their title and kind. */
export function chooseColumns(
  standard: readonly Column[],
  paths: string | undefined,
): readonly Column[] {
  const chosen = (paths ?? '').split(',').filter((part) => part.trim() !== '');
  if (chosen.length === 0) return standard;
  return chosen.map((part) => {
    const path = part.trim();
    const known = standard.find((each) => each.path === path || each.title === path);
    return known ?? column(printable(path), path, guessKind(path));
  });
}

function guessKind(path: string): CellKind {
  if (/(?:^|\.)rate$/.test(path)) return 'rate';
  if (/bytes|memory|_oct$/.test(path)) return 'bytes';
  return /^(?:messages|consumers|channels)/.test(path) ? 'count' : 'text';
}
