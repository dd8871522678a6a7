// `warren vhost`: list, add, delete.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { forEachName } from '../each-name.ts';
import { repeated } from '../option-values.ts';
import { amount } from '../output/cell.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { countAt, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';

const vhostColumns = [
  column('name', 'name'),
  column('description', 'description'),
  column('tags', 'tags'),
  column('queue type', 'default_queue_type'),
  column('ready', 'messages_ready', 'count'),
  column('unacked', 'messages_unacknowledged', 'count'),
  column('tracing', 'tracing', 'flag'),
];

interface AddFlags {
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly defaultQueueType?: string;
}

export function addVhostCommand(program: Command, context: CommandContext): void {
  const vhost = addSharedOptions(program.command('vhost').description('virtual hosts'));
  const list = vhost.command('list').description('virtual hosts');
  administer(list, context, async ({ api, output }) => {
    output.list(await api.get<View[]>(apiPath`/api/vhosts`), vhostColumns, 'name');
  });
  addAdd(vhost, context);
  addDelete(vhost, context);
}

function addAdd(vhost: Command, context: CommandContext): void {
  const add = vhost
    .command('add <vhost>')
    .description('add a virtual host')
    .option('--description <text>', 'what it is for')
    .option('--tag <tag>', 'tag (repeat)', repeated)
    .option('--default-queue-type <type>', 'type of queues that name none');
  administer<AddFlags>(add, context, async ({ api, output }, [name = ''], flags) => {
    const path = apiPath`/api/vhosts/${name}`;
    // The API would reset description and tags of one that is there.
    const isThere = (await api.find(path)) !== undefined;
    if (!isThere) {
      await api.put(path, {
        ...(flags.description !== undefined && { description: flags.description }),
        ...(flags.tag && { tags: flags.tag.join(',') }),
        ...(flags.defaultQueueType && { default_queue_type: flags.defaultQueueType }),
      });
    }
    const sentence = isThere
      ? `Vhost '${printable(name)}' is there already; nothing was changed`
      : `Added vhost '${printable(name)}'`;
    output.done(sentence, { name, created: !isThere });
  });
}

function addDelete(vhost: Command, context: CommandContext): void {
  const remove = vhost
    .command('delete <vhost...>')
    .description('delete virtual hosts with everything in them');
  administer(addConfirmationOptions(remove), context, (session, names) =>
    forEachName(session, names, async (name) => {
      const { api, output } = session;
      const path = apiPath`/api/vhosts/${name}`;
      await api.get<View>(path);
      const queues = await api.get<View[]>(apiPath`/api/queues/${name}`, {
        columns: 'messages',
      });
      const connections = await api.get<View[]>(apiPath`/api/vhosts/${name}/connections`, {
        columns: 'name',
      });
      const messages = queues.reduce((sum, queue) => sum + countAt(queue, 'messages'), 0);
      const items = [
        amount(queues.length, 'queue'),
        amount(messages, 'message'),
        ...(connections.length > 0 ? [amount(connections.length, 'open connection')] : []),
        'its exchanges, bindings, policies and permissions',
      ];
      if (!(await session.confirm({ verb: 'delete', subject: path.subject, name, items }))) return;
      await api.delete(path);
      output.done(`Deleted ${path.subject}`, { name, deleted: true });
    }),
  );
}
