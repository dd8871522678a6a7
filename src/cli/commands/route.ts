// `warren route test`: which queues would get a message; nothing is published.

import type { Command } from 'commander';
import { apiPath, exchangeSegment } from '../api-path.ts';
import { keyValue } from '../option-values.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { type View, viewsAt } from '../output/view.ts';
import { addSharedOptions, administer, type CommandContext } from '../session.ts';

const routeColumns = [column('queue', 'name'), column('vhost', 'vhost')];

interface RouteFlags {
  readonly vhost: string;
  readonly header?: View;
}

export function addRouteCommand(program: Command, context: CommandContext): void {
  const route = addSharedOptions(program.command('route').description('where messages would go'));
  const test = route
    .command('test <exchange> [routing-key]')
    .description('the queues that a message with this key and these headers would reach')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--header <key=value>', 'header; JSON values keep their type (repeat)', keyValue);
  administer<RouteFlags>(test, context, async ({ api, output }, [name = '', key = ''], flags) => {
    const path = apiPath`/api/x/exchanges/${flags.vhost}/${exchangeSegment(name)}/route`;
    const answer = await api.post<View>(path, {
      routing_key: key,
      ...(flags.header && { headers: flags.header }),
    });
    const queues = viewsAt(answer, 'queues');
    if (output.isJson) {
      output.json(answer);
      return;
    }
    for (const { name: holder } of viewsAt(answer, 'held_by')) {
      output.note(`'${printable(String(holder))}' may hold it back, or drop it as a duplicate.`);
    }
    if (queues.length === 0) output.note('No queue would get it.');
    output.list(queues, routeColumns, 'name');
  });
}
