// `warren consumer`: list, cancel.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { at, textAt, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';

const consumerColumns = [
  column('vhost', 'queue.vhost'),
  column('queue', 'queue.name'),
  column('tag', 'consumer_tag'),
  column('channel', 'channel_details.name'),
  column('user', 'channel_details.user'),
  column('acks', 'ack_required', 'flag'),
  column('exclusive', 'exclusive', 'flag'),
  column('prefetch', 'prefetch_count', 'count'),
  column('status', 'activity_status'),
];

export function addConsumerCommand(program: Command, context: CommandContext): void {
  const consumer = addSharedOptions(program.command('consumer').description('consumers of queues'));
  addList(consumer, context);
  addCancel(consumer, context);
}

function addList(consumer: Command, context: CommandContext): void {
  const list = consumer
    .command('list')
    .description('consumers')
    .option('-p, --vhost <name>', 'only of this vhost')
    .option('--queue <queue>', 'only of this queue');
  interface Flags {
    readonly vhost?: string;
    readonly queue?: string;
  }
  administer<Flags>(list, context, async ({ api, output }, _, { vhost, queue }) => {
    const path = vhost === undefined ? apiPath`/api/consumers` : apiPath`/api/consumers/${vhost}`;
    const rows = (await api.get<View[]>(path)).filter(
      (row) => queue === undefined || at(row, 'queue.name') === queue,
    );
    output.list(rows, consumerColumns, 'consumer_tag');
  });
}

interface CancelFlags {
  readonly vhost: string;
  readonly queue?: string;
}

function addCancel(consumer: Command, context: CommandContext): void {
  const cancel = consumer
    .command('cancel <tag>')
    .description('cancel a consumer; its client is told')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--queue <queue>', 'its queue, where several consumers have this tag');
  administer<CancelFlags>(
    addConfirmationOptions(cancel),
    context,
    async (session, [tag = ''], { vhost, queue }) => {
      const all = await session.api.get<View[]>(apiPath`/api/consumers/${vhost}`);
      const consumer = onlyOne(all, tag, queue);
      const channel = textAt(consumer, 'channel_details.name');
      const subject = `consumer '${printable(tag)}'`;
      const items = [
        `queue '${printable(textAt(consumer, 'queue.name'))}'`,
        `channel ${printable(channel)}`,
      ];
      if (!(await session.confirm({ verb: 'cancel', subject, name: tag, items }))) return;
      const connection = textAt(consumer, 'channel_details.connection_name');
      const number = String(at(consumer, 'channel_details.number'));
      await session.api.delete(apiPath`/api/consumers/${vhost}/${connection}/${number}/${tag}`);
      session.output.done(`Cancelled ${subject}`, { consumer_tag: tag, cancelled: true });
    },
  );
}

function onlyOne(all: readonly View[], tag: string, queue: string | undefined): View {
  const found = all.filter(
    (each) =>
      each['consumer_tag'] === tag && (queue === undefined || at(each, 'queue.name') === queue),
  );
  const [first] = found;
  const shown = printable(tag);
  if (first === undefined) {
    const hint = '`warren consumer list` shows those that exist.';
    throw new CommandError(adminExitCodes.notFound, `there is no consumer '${shown}'`, hint);
  }
  if (found.length === 1) return first;
  const queues = found.map((each) => printable(textAt(each, 'queue.name'))).join(', ');
  const text = `${found.length} consumers have the tag '${shown}' (queues ${queues})`;
  throw new CommandError(adminExitCodes.failed, text, 'Say which with --queue.');
}
