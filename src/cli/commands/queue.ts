// `warren queue`: list, info, declare, delete, purge; its messages are in queue-messages.ts.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { forEachName } from '../each-name.ts';
import { addListOptions, fetchList, type ListFlags } from '../list-query.ts';
import { keyValue, wholeNumber } from '../option-values.ts';
import { amount } from '../output/cell.ts';
import { chooseColumns } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { countAt, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';
import { bindingColumns } from './binding.ts';
import { addQueueMessageCommands } from './queue-messages.ts';
import { addQueueWatchCommand } from './queue-watch.ts';

export const queueColumns = [
  column('vhost', 'vhost'),
  column('name', 'name'),
  column('type', 'type'),
  column('state', 'state'),
  column('ready', 'messages_ready', 'count'),
  column('unacked', 'messages_unacknowledged', 'count'),
  column('consumers', 'consumers', 'count'),
  column('in', 'message_stats.publish_details.rate', 'rate'),
  column('out', 'message_stats.deliver_get_details.rate', 'rate'),
];

const queueFields = [
  column('name', 'name'),
  column('vhost', 'vhost'),
  column('type', 'type'),
  column('state', 'state'),
  column('durable', 'durable', 'flag'),
  column('auto-delete', 'auto_delete', 'flag'),
  column('exclusive', 'exclusive', 'flag'),
  column('arguments', 'arguments'),
  column('policy', 'policy'),
  column('operator policy', 'operator_policy'),
  column('effective policy', 'effective_policy_definition'),
  column('ready', 'messages_ready', 'count'),
  column('unacked', 'messages_unacknowledged', 'count'),
  column('bytes', 'message_bytes', 'bytes'),
  column('consumers', 'consumers', 'count'),
  column('consumer utilisation', 'consumer_utilisation', 'count'),
  column('in', 'message_stats.publish_details.rate', 'rate'),
  column('out', 'message_stats.deliver_get_details.rate', 'rate'),
  column('acked', 'message_stats.ack_details.rate', 'rate'),
  column('memory', 'memory', 'bytes'),
  column('idle since', 'idle_since'),
];

interface VhostFlags {
  readonly vhost: string;
}

interface DeclareFlags extends VhostFlags {
  readonly type?: string;
  readonly transient?: boolean;
  readonly autoDelete?: boolean;
  readonly messageTtl?: number;
  readonly expires?: number;
  readonly maxLength?: number;
  readonly maxBytes?: number;
  readonly overflow?: string;
  readonly deadLetterExchange?: string;
  readonly deadLetterRoutingKey?: string;
  readonly maxPriority?: number;
  readonly deliveryLimit?: number;
  readonly singleActiveConsumer?: boolean;
  readonly argument?: View;
}

export function addQueueCommand(program: Command, context: CommandContext): void {
  const queue = addSharedOptions(program.command('queue').description('queues and their messages'));
  addList(queue, context);
  addInfo(queue, context);
  addDeclare(queue, context);
  addDelete(queue, context);
  addPurge(queue, context);
  addQueueMessageCommands(queue, context);
  addQueueWatchCommand(queue, context);
}

function addList(queue: Command, context: CommandContext): void {
  const list = addListOptions(queue.command('list').description('queues with depth and rates'))
    .option('-p, --vhost <name>', 'only of this vhost')
    .option('--non-empty', 'only those with messages')
    .option('--no-consumers', 'only those that nobody consumes');
  list.addHelpText(
    'after',
    '\nExamples:\n  warren queue list --non-empty --sort ready:desc --limit 20\n  warren queue list --match "\\.dlq$" --columns name,messages',
  );
  administer<ListFlags & { vhost?: string; nonEmpty?: boolean; consumers: boolean }>(
    list,
    context,
    async ({ api, output }, _, flags) => {
      const path =
        flags.vhost === undefined ? apiPath`/api/queues` : apiPath`/api/queues/${flags.vhost}`;
      const rows = await fetchList(api, path, flags, queueColumns);
      const shown = rows.filter(
        (row) =>
          (flags.nonEmpty !== true || countAt(row, 'messages') > 0) &&
          (flags.consumers || countAt(row, 'consumers') === 0),
      );
      output.list(shown, chooseColumns(queueColumns, flags.columns), 'name');
    },
  );
}

function addInfo(queue: Command, context: CommandContext): void {
  const info = queue
    .command('info <queue>')
    .description('everything about one queue')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags>(info, context, async ({ api, output }, [name = ''], { vhost }) => {
    const view = await api.get<View>(apiPath`/api/queues/${vhost}/${name}`);
    const bindings = await api.get<View[]>(apiPath`/api/queues/${vhost}/${name}/bindings`);
    if (output.isJson) {
      output.json({ ...view, bindings });
      return;
    }
    output.details(view, queueFields);
    const named = bindings.filter(({ source }) => source !== '');
    if (named.length === 0) return;
    output.heading(amount(named.length, 'binding'));
    output.table(
      named,
      bindingColumns.filter(({ title }) => /^(?:source|key|arguments)$/.test(title)),
    );
  });
}

function addDeclare(queue: Command, context: CommandContext): void {
  const declare = queue
    .command('declare <queue>')
    .description('make a queue, or make sure it is there')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--type <type>', 'classic, quorum, … (default: the one of the vhost)')
    .option('--transient', 'not durable')
    .option('--auto-delete', 'deleted with its last consumer')
    .option('--message-ttl <ms>', 'x-message-ttl', wholeNumber(0))
    .option('--expires <ms>', 'x-expires', wholeNumber(1))
    .option('--max-length <count>', 'x-max-length', wholeNumber(0))
    .option('--max-bytes <bytes>', 'x-max-length-bytes', wholeNumber(0))
    .option('--overflow <behaviour>', 'drop-head, reject-publish, reject-publish-dlx')
    .option('--dead-letter-exchange <exchange>', 'x-dead-letter-exchange')
    .option('--dead-letter-routing-key <key>', 'x-dead-letter-routing-key')
    .option('--max-priority <level>', 'x-max-priority', wholeNumber(1, 255))
    .option('--delivery-limit <count>', 'x-delivery-limit', wholeNumber(0))
    .option('--single-active-consumer', 'x-single-active-consumer')
    .option('--argument <key=value>', 'any other; JSON values keep their type (repeat)', keyValue);
  administer<DeclareFlags>(declare, context, async ({ api, output }, [name = ''], flags) => {
    const created = await api.put(apiPath`/api/queues/${flags.vhost}/${name}`, {
      durable: flags.transient !== true,
      auto_delete: flags.autoDelete === true,
      arguments: queueArguments(flags),
    });
    const what = created ? 'Declared' : 'There already, as asked for:';
    output.done(`${what} queue '${printable(name)}'`, { name, vhost: flags.vhost, created });
  });
}

function queueArguments(flags: DeclareFlags): View {
  const named: View = {
    'x-queue-type': flags.type,
    'x-message-ttl': flags.messageTtl,
    'x-expires': flags.expires,
    'x-max-length': flags.maxLength,
    'x-max-length-bytes': flags.maxBytes,
    'x-overflow': flags.overflow,
    'x-dead-letter-exchange': flags.deadLetterExchange,
    'x-dead-letter-routing-key': flags.deadLetterRoutingKey,
    'x-max-priority': flags.maxPriority,
    'x-delivery-limit': flags.deliveryLimit,
    'x-single-active-consumer': flags.singleActiveConsumer,
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...flags.argument };
}

interface DeleteFlags extends VhostFlags {
  readonly ifEmpty?: boolean;
  readonly ifUnused?: boolean;
}

function addDelete(queue: Command, context: CommandContext): void {
  const remove = queue
    .command('delete <queue...>')
    .description('delete queues and their messages')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--if-empty', 'only without messages (the broker checks)')
    .option('--if-unused', 'only without consumers (the broker checks)');
  administer<DeleteFlags>(addConfirmationOptions(remove), context, (session, names, flags) =>
    forEachName(session, names, async (name) => {
      const { vhost, ifEmpty, ifUnused } = flags;
      const path = apiPath`/api/queues/${vhost}/${name}`;
      const view = await session.api.get<View>(path);
      const loss = { verb: 'delete', subject: path.subject, name, items: contents(view) };
      if (!(await session.confirm(loss))) return;
      await session.api.delete(path, {
        query: { ...(ifEmpty && { 'if-empty': true }), ...(ifUnused && { 'if-unused': true }) },
      });
      session.output.done(`Deleted ${path.subject}`, { name, vhost, deleted: true });
    }),
  );
}

function addPurge(queue: Command, context: CommandContext): void {
  const purge = queue
    .command('purge <queue...>')
    .description('drop all ready messages of queues')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags>(addConfirmationOptions(purge), context, (session, names, { vhost }) =>
    forEachName(session, names, async (name) => {
      const path = apiPath`/api/queues/${vhost}/${name}`;
      const ready = countAt(await session.api.get<View>(path), 'messages_ready');
      const items = [amount(ready, 'ready message')];
      if (!(await session.confirm({ verb: 'purge', subject: path.subject, name, items }))) return;
      await session.api.delete(apiPath`/api/queues/${vhost}/${name}/contents`);
      session.output.done(`Purged ${path.subject} (${items})`, { name, vhost, purged: ready });
    }),
  );
}

/** What goes with a queue. */
function contents(view: View): string[] {
  const ready = countAt(view, 'messages_ready');
  const unacked = countAt(view, 'messages_unacknowledged');
  return [
    ...(ready + unacked > 0
      ? [`${amount(ready + unacked, 'message')} (${ready} ready, ${unacked} unacked)`]
      : ['no messages']),
    ...(countAt(view, 'consumers') > 0 ? [amount(countAt(view, 'consumers'), 'consumer')] : []),
  ];
}
