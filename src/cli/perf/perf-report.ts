// Prints results for people: an aligned table at the end, one line per second on the way.
import type { LatencySummary } from './latency-histogram.ts';
import type { LoadResult } from './load-result.ts';
import type { ConnectionsResult } from './run-connections.ts';
import type { LoadProgress } from './run-load.ts';
import type { QueuesResult } from './run-queues.ts';

const numberFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** A table with the first column aligned left and the others right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

export function loadReport(result: LoadResult): string {
  const rows: string[][] = [['', 'messages', 'messages/s']];
  rows.push(['published', number(result.published), number(result.publish_rate)]);
  if (result.confirm_us !== undefined) {
    rows.push(['confirmed', number(result.confirmed), number(result.confirm_rate)]);
  }
  rows.push(['consumed', number(result.consumed), number(result.consume_rate)]);
  for (const [name, count] of [
    ['rejected by the broker (nack)', result.nacks],
    ['redelivered', result.redelivered],
    ['returned', result.returned],
    ['times blocked', result.blocked],
  ] as const) {
    if (count > 0) rows.push([name, number(count)]);
  }
  let text = alignedTable(rows);
  const latencies = [
    ...latencyRow('end to end', result.latency_us),
    ...latencyRow('confirm', result.confirm_us),
  ];
  if (latencies.length > 0) {
    const heading = ['latency, µs', 'p50', 'p90', 'p99', 'p99.9', 'max'];
    text += `\n${alignedTable([heading, ...latencies])}`;
  }
  if (result.lost !== undefined) text += `\n${verifyLine(result)}\n`;
  text += `\n${number(result.wall_s)} s; generator ${result.gen_cpu_pct} % of a core`;
  const { broker } = result;
  if (broker !== undefined) {
    text += `; broker ${broker.cpu_pct} %, ${broker.cpu_s_per_Mmsg} CPU s per million messages, `;
    text += `memory ${broker.rss0_mb} → ${broker.rss_mb} MiB (peak ${broker.peak_rss_mb})`;
  }
  return `${text}\n${result.timeout === 1 ? 'Gave up: not everything arrived in time.\n' : ''}`;
}

export function connectionsReport(result: ConnectionsResult): string {
  const rows = [
    ['connections', number(result.connections)],
    ['opened/s', number(result.open_rate)],
    ['closed/s', number(result.close_rate)],
    ['cycles', number(result.cycles)],
  ];
  const { broker } = result;
  if (broker !== undefined) {
    rows.push(['broker CPU ms each', number(broker.cpu_ms_per_conn)]);
    rows.push(['broker memory before, MiB', number(broker.rss0_mb)]);
    rows.push(['broker memory, all open, MiB', number(broker.rss_held_mb)]);
    rows.push(['broker memory each, KiB', number(broker.kb_per_conn)]);
  }
  return alignedTable(rows);
}

export function queuesReport(result: QueuesResult): string {
  const rows = [
    ['queues', number(result.queues)],
    ['declared/s', number(result.declare_rate)],
    ['deleted/s', number(result.delete_rate)],
    ['cycles', number(result.cycles)],
  ];
  const { broker } = result;
  if (broker !== undefined) {
    rows.push(['broker CPU ms each', number(broker.cpu_ms_per_queue)]);
    rows.push(['broker memory before, MiB', number(broker.rss0_mb)]);
    rows.push(['broker memory, all declared, MiB', number(broker.rss_mb)]);
    rows.push(['broker memory each, KiB', number(broker.kb_per_queue)]);
  }
  return alignedTable(rows);
}

/** One line for the terminal: rates since the previous one. */
export function progressLine(seconds: number, before: LoadProgress, now: LoadProgress): string {
  const rates = [`published ${number(now.published - before.published)}/s`];
  if (now.confirmed > 0) rates.push(`confirmed ${number(now.confirmed - before.confirmed)}/s`);
  rates.push(`consumed ${number(now.consumed - before.consumed)}/s`);
  return `${seconds} s: ${rates.join(', ')}; consumed in all ${number(now.consumed)}`;
}

function number(value: number): string {
  return numberFormat.format(value);
}

function latencyRow(name: string, summary: LatencySummary | undefined): string[][] {
  if (summary === undefined) return [];
  const { p50, p90, p99, p999, max } = summary;
  return [[name, ...[p50, p90, p99, p999, max].map(number)]];
}

function verifyLine({ lost, dups, disorder }: LoadResult): string {
  if (lost === 0 && dups === 0 && disorder === 0)
    return 'verified: none lost, doubled or disordered';
  return `NOT AS PUBLISHED: ${lost} lost, ${dups} doubled, ${disorder} out of order`;
}
