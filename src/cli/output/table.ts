// Tables: aligned and cut to the width of the terminal for people, tab separated for programs.

import measure from 'fast-string-truncated-width';
import { type CellKind, cellText, isNumeric } from './cell.ts';
import type { Style } from './style.ts';
import { at, type View } from './view.ts';

export interface Column {
  readonly title: string;
  /** Dotted, as in the API's `columns`. */
  readonly path: string;
  readonly kind: CellKind;
}

export function column(title: string, path: string, kind: CellKind = 'text'): Column {
  return { title, path, kind };
}

const GAP = '  ';
/** No column gets narrower than this to make a table fit. */
const NARROWEST = 8;

export function tabbedTable(
  columns: readonly Column[],
  rows: readonly View[],
  hasHeaders: boolean,
): string {
  const lines = rows.map((row) =>
    columns.map(({ path, kind }) => cellText(at(row, path), kind, false)).join('\t'),
  );
  if (hasHeaders) lines.unshift(columns.map(({ title }) => title).join('\t'));
  return lines.map((line) => `${line}\n`).join('');
}

export function alignedTable(
  columns: readonly Column[],
  rows: readonly View[],
  hasHeaders: boolean,
  style: Style,
  widthMax: number,
): string {
  const cells = rows.map((row) =>
    columns.map(({ path, kind }) => cellText(at(row, path), kind, true)),
  );
  const titles = hasHeaders ? [columns.map(({ title }) => title)] : [];
  const widths = columns.map((_, index) =>
    [...titles, ...cells].reduce((most, row) => Math.max(most, width(row[index] ?? '')), 0),
  );
  shrink(widths, columns, widthMax);
  const line = (row: readonly string[]) =>
    columns
      .map(({ kind }, index) => fitCells(row[index] ?? '', widths[index] ?? 0, isNumeric(kind)))
      .join(GAP)
      .trimEnd();
  const lines = cells.map(line);
  return [...titles.map((row) => style.heading(line(row))), ...lines]
    .map((text) => `${text}\n`)
    .join('');
}

export function width(text: string): number {
  return measure(text).width;
}

/** Takes from the widest columns of text until the line fits, as far as that goes. */
function shrink(widths: number[], columns: readonly Column[], widthMax: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
  while (total() > widthMax) {
    let widest = -1;
    columns.forEach(({ kind }, index) => {
      const candidate = widths[index] ?? 0;
      if (kind === 'text' && candidate > NARROWEST && candidate > (widths[widest] ?? 0)) {
        widest = index;
      }
    });
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** Exactly `target` cells of the terminal. */
export function fitCells(text: string, target: number, isRight = false): string {
  const shown = width(text) <= target ? text : `${beginning(text, target - 1)}…`;
  const padding = ' '.repeat(Math.max(target - width(shown), 0));
  return isRight ? padding + shown : shown + padding;
}

function beginning(text: string, cells: number): string {
  let end = 0;
  let taken = 0;
  for (const character of text) {
    taken += width(character);
    if (taken > cells) break;
    end += character.length;
  }
  return text.slice(0, end);
}
