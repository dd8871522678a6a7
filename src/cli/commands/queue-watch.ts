// `warren queue watch`: a line per interval with a queue's depth and rates, until interrupted.

import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { wholeNumber } from '../option-values.ts';
import { cellText } from '../output/cell.ts';
import { printableJson } from '../output/printable.ts';
import { column, fitCells } from '../output/table.ts';
import { at, type View } from '../output/view.ts';
import { administer, type CommandContext, type Session } from '../session.ts';

const watchColumns = [
  column('time', 'time'),
  column('ready', 'messages_ready', 'count'),
  column('unacked', 'messages_unacknowledged', 'count'),
  column('consumers', 'consumers', 'count'),
  column('in', 'message_stats.publish_details.rate', 'rate'),
  column('out', 'message_stats.deliver_get_details.rate', 'rate'),
  column('acked', 'message_stats.ack_details.rate', 'rate'),
];
const CELLS = 12;

interface WatchFlags {
  readonly vhost: string;
  readonly interval: number;
  readonly count?: number;
}

export function addQueueWatchCommand(queue: Command, context: CommandContext): void {
  const watch = queue
    .command('watch <queue>')
    .description('depth and rates, line by line')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--interval <seconds>', 'time between lines', wholeNumber(1, 86_400), 2)
    .option('--count <lines>', 'stop after so many', wholeNumber(1));
  administer<WatchFlags>(watch, context, async (session, [name = ''], flags) => {
    const { output, terminal } = session;
    const path = apiPath`/api/queues/${flags.vhost}/${name}`;
    for (let line = 0; line < (flags.count ?? Number.POSITIVE_INFINITY); line += 1) {
      if (line > 0) await pause(flags.interval, terminal.interrupted);
      if (terminal.interrupted.aborted) return;
      const view = await session.api.get<View>(path);
      const row = { time: new Date().toISOString(), ...view };
      if (output.isJson) output.text(`${printableJson(row, 0)}\n`);
      else printLine(session, row, line === 0);
    }
  });
}

async function pause(seconds: number, interrupted: AbortSignal): Promise<void> {
  await wait(seconds * 1000, undefined, { signal: interrupted }).catch(() => {});
}

function printLine({ output }: Session, row: View, isFirst: boolean): void {
  if (!output.isForPeople) {
    output.tabbed([row], watchColumns, isFirst);
    return;
  }
  const line = (texts: readonly string[]) =>
    `${texts.map((text, index) => fitCells(text, index === 0 ? 8 : CELLS, index > 0)).join(' ')}\n`;
  if (isFirst) output.text(output.style.heading(line(watchColumns.map(({ title }) => title))));
  const cells = watchColumns.map(({ path, kind }) => cellText(at(row, path), kind, true));
  output.text(line([new Date().toTimeString().slice(0, 8), ...cells.slice(1)]));
}
