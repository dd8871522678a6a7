// One picture of `warren top`: from what was chosen and what the broker said to the lines of the screen.

import { bytesText, cellText, durationText, groupedText, isNumeric } from '../output/cell.ts';
import { printable } from '../output/printable.ts';
import type { Style } from '../output/style.ts';
import { fitCells } from '../output/table.ts';
import { at, countAt, textAt, type View } from '../output/view.ts';
import { type TopState, topColumns } from './top-state.ts';

export interface TopSnapshot {
  readonly overview: View;
  readonly node: View;
  readonly rows: readonly View[];
  /** Rows there are, before paging. */
  readonly total: number;
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Lines above and below the rows. */
const HEAD_LINES = 5;
const FOOT_LINES = 1;
/** In a narrow terminal, and from the width on that has room for more. */
const NARROW = { number: 9, text: 7 };
const WIDE = { number: 11, text: 14 };
const WIDE_COLUMNS = 110;
const NAME_CELLS_MIN = 10;

export function rowsOfScreen({ rows }: ScreenSize): number {
  return Math.max(rows - HEAD_LINES - FOOT_LINES, 1);
}

/** Exactly as many lines as the screen has, none wider than it. */
export function topFrame(
  state: TopState,
  snapshot: TopSnapshot | undefined,
  problem: string | undefined,
  size: ScreenSize,
  style: Style,
): string[] {
  const whole = (text: string) => fitCells(text, size.columns).trimEnd();
  const widths = columnCells(state, size.columns);
  const rows = (snapshot?.rows ?? []).slice(0, rowsOfScreen(size));
  const head = snapshot === undefined ? ['', '', ''] : headLines(snapshot);
  const lines = [
    style.heading(whole(head[0] ?? '')),
    ...head.slice(1).map(whole),
    '',
    style.inverse(headingLine(state, widths, size.columns)),
    ...rows.map((row) => whole(rowLine(state, row, widths))),
  ];
  const blank = Math.max(size.rows - FOOT_LINES - lines.length, 0);
  const foot = problem === undefined ? footText(state, snapshot) : printable(problem);
  const shownFoot = problem === undefined ? style.faint(whole(foot)) : style.bad(whole(foot));
  return [...lines, ...Array.from({ length: blank }, () => ''), shownFoot].slice(0, size.rows);
}

function headLines({ overview, node }: TopSnapshot): string[] {
  const product = textAt(overview, 'product_name') || 'RabbitMQ';
  const version = textAt(overview, 'product_version') || textAt(overview, 'rabbitmq_version');
  const count = (title: string, path: string) => `${title} ${groupedText(countAt(overview, path))}`;
  const rate = (title: string, path: string) =>
    `${title} ${groupedText(countAt(overview, path), 1)}/s`;
  const alarms = [
    ...(node['mem_alarm'] === true ? ['MEMORY ALARM'] : []),
    ...(node['disk_free_alarm'] === true ? ['DISK ALARM'] : []),
  ];
  const name = printable(textAt(overview, 'node') || textAt(overview, 'cluster_name'));
  const uptime = countAt(node, 'uptime');
  const memory = `memory ${bytesText(countAt(node, 'mem_used'))} of ${bytesText(countAt(node, 'mem_limit'))}`;
  return [
    [
      printable(`${product} ${version}`),
      name,
      ...(uptime > 0 ? [`up ${durationText(uptime)}`] : []),
      ...(Object.keys(node).length > 0
        ? [memory, `disk free ${bytesText(countAt(node, 'disk_free'))}`]
        : []),
      ...alarms,
    ].join('  '),
    [
      count('connections', 'object_totals.connections'),
      count('channels', 'object_totals.channels'),
      count('consumers', 'object_totals.consumers'),
      count('queues', 'object_totals.queues'),
      count('exchanges', 'object_totals.exchanges'),
    ].join('   '),
    [
      count('ready', 'queue_totals.messages_ready'),
      count('unacked', 'queue_totals.messages_unacknowledged'),
      rate('in', 'message_stats.publish_details.rate'),
      rate('out', 'message_stats.deliver_get_details.rate'),
      rate('acked', 'message_stats.ack_details.rate'),
    ].join('   '),
  ];
}

/** The name takes what the others leave. */
function columnCells({ view }: TopState, columns: number): number[] {
  const cells = columns < WIDE_COLUMNS ? NARROW : WIDE;
  const [, ...others] = topColumns[view].map(({ kind }) =>
    isNumeric(kind) ? cells.number : cells.text,
  );
  const taken = others.reduce((sum, cells) => sum + cells + 1, 0);
  return [Math.max(columns - taken, NAME_CELLS_MIN), ...others];
}

function headingLine(state: TopState, widths: readonly number[], columns: number): string {
  const titles = topColumns[state.view].map(({ title, kind }, index) => {
    const mark = index === state.sortIndex ? (state.isDescending ? '▼' : '▲') : '';
    return fitCells(title + mark, widths[index] ?? 0, isNumeric(kind));
  });
  return fitCells(titles.join(' '), columns);
}

function rowLine({ view }: TopState, row: View, widths: readonly number[]): string {
  return topColumns[view]
    .map(({ path, kind }, index) =>
      fitCells(cellText(at(row, path), kind, true), widths[index] ?? 0, isNumeric(kind)),
    )
    .join(' ');
}

function footText(state: TopState, snapshot: TopSnapshot | undefined): string {
  if (state.isTyping) return `filter: ${printable(state.filter)}▏  Enter keeps it, Esc clears it`;
  const filter = state.filter === '' ? '' : `  filter "${printable(state.filter)}"`;
  const paused = state.isPaused ? '  PAUSED' : '';
  const total = snapshot === undefined ? '' : `${groupedText(snapshot.total)} ${state.view}`;
  return `${total}${filter}${paused}  q quit  ←→ sort  r reverse  ↑↓ scroll  / filter  tab view  space pause`;
}
