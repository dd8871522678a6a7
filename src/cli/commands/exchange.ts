// `warren exchange`: list, info, declare, delete, publish.

import type { Command } from 'commander';
import { apiPath, exchangeSegment } from '../api-path.ts';
import { forEachName } from '../each-name.ts';
import { addListOptions, fetchList, type ListFlags } from '../list-query.ts';
import { addPublishOptions, type PublishFlags, publishBody } from '../messages.ts';
import { keyValue } from '../option-values.ts';
import { amount } from '../output/cell.ts';
import { chooseColumns } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import type { View } from '../output/view.ts';
import { publishTimes } from '../publishing.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';
import { bindingColumns } from './binding.ts';

const exchangeColumns = [
  column('vhost', 'vhost'),
  column('name', 'name'),
  column('type', 'type'),
  column('durable', 'durable', 'flag'),
  column('internal', 'internal', 'flag'),
  column('policy', 'policy'),
  column('in', 'message_stats.publish_in_details.rate', 'rate'),
  column('out', 'message_stats.publish_out_details.rate', 'rate'),
];

const exchangeFields = [
  column('name', 'name'),
  column('vhost', 'vhost'),
  column('type', 'type'),
  column('durable', 'durable', 'flag'),
  column('auto-delete', 'auto_delete', 'flag'),
  column('internal', 'internal', 'flag'),
  column('arguments', 'arguments'),
  column('policy', 'policy'),
  column('in', 'message_stats.publish_in_details.rate', 'rate'),
  column('out', 'message_stats.publish_out_details.rate', 'rate'),
];

interface VhostFlags {
  readonly vhost: string;
}

export function addExchangeCommand(program: Command, context: CommandContext): void {
  const exchange = addSharedOptions(program.command('exchange').description('exchanges'));
  addList(exchange, context);
  addInfo(exchange, context);
  addDeclare(exchange, context);
  addDelete(exchange, context);
  addPublish(exchange, context);
}

function addList(exchange: Command, context: CommandContext): void {
  const list = addListOptions(exchange.command('list').description('exchanges with rates')).option(
    '-p, --vhost <name>',
    'only of this vhost',
  );
  administer<ListFlags & { vhost?: string }>(list, context, async ({ api, output }, _, flags) => {
    const path =
      flags.vhost === undefined ? apiPath`/api/exchanges` : apiPath`/api/exchanges/${flags.vhost}`;
    const rows = await fetchList(api, path, flags, exchangeColumns);
    output.list(rows, chooseColumns(exchangeColumns, flags.columns), 'name');
  });
}

function addInfo(exchange: Command, context: CommandContext): void {
  const info = exchange
    .command('info <exchange>')
    .description('everything about one exchange')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags>(info, context, async ({ api, output }, [name = ''], { vhost }) => {
    const segment = exchangeSegment(name);
    const view = await api.get<View>(apiPath`/api/exchanges/${vhost}/${segment}`);
    const bindings = await api.get<View[]>(
      apiPath`/api/exchanges/${vhost}/${segment}/bindings/source`,
    );
    if (output.isJson) {
      output.json({ ...view, bindings });
      return;
    }
    output.details(view, exchangeFields);
    if (bindings.length === 0) return;
    output.heading(amount(bindings.length, 'binding'));
    output.table(
      bindings,
      bindingColumns.filter(({ title }) => title !== 'vhost' && title !== 'source'),
    );
  });
}

interface DeclareFlags extends VhostFlags {
  readonly type: string;
  readonly transient?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly alternateExchange?: string;
  readonly argument?: View;
}

function addDeclare(exchange: Command, context: CommandContext): void {
  const declare = exchange
    .command('declare <exchange>')
    .description('make an exchange, or make sure it is there')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--type <type>', 'direct, fanout, topic, headers, …', 'direct')
    .option('--transient', 'not durable')
    .option('--auto-delete', 'deleted with its last binding')
    .option('--internal', 'clients may not publish to it')
    .option('--alternate-exchange <exchange>', 'where unroutable messages go')
    .option('--argument <key=value>', 'argument; JSON values keep their type (repeat)', keyValue);
  administer<DeclareFlags>(declare, context, async ({ api, output }, [name = ''], flags) => {
    const { vhost, alternateExchange } = flags;
    const created = await api.put(apiPath`/api/exchanges/${vhost}/${name}`, {
      type: flags.type,
      durable: flags.transient !== true,
      auto_delete: flags.autoDelete === true,
      internal: flags.internal === true,
      arguments: {
        ...(alternateExchange !== undefined && { 'alternate-exchange': alternateExchange }),
        ...flags.argument,
      },
    });
    const what = created ? 'Declared' : 'There already, as asked for:';
    output.done(`${what} exchange '${printable(name)}'`, { name, vhost, created });
  });
}

function addDelete(exchange: Command, context: CommandContext): void {
  const remove = exchange
    .command('delete <exchange...>')
    .description('delete exchanges and their bindings')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('--if-unused', 'only without bindings (the broker checks)');
  administer<VhostFlags & { ifUnused?: boolean }>(
    addConfirmationOptions(remove),
    context,
    (session, names, { vhost, ifUnused }) =>
      forEachName(session, names, async (name) => {
        const path = apiPath`/api/exchanges/${vhost}/${exchangeSegment(name)}`;
        await session.api.get<View>(path);
        const bindings = await session.api.get<View[]>(
          apiPath`/api/exchanges/${vhost}/${exchangeSegment(name)}/bindings/source`,
        );
        const items = [amount(bindings.length, 'binding')];
        if (!(await session.confirm({ verb: 'delete', subject: path.subject, name, items })))
          return;
        await session.api.delete(path, { query: { ...(ifUnused && { 'if-unused': true }) } });
        session.output.done(`Deleted ${path.subject}`, { name, vhost, deleted: true });
      }),
  );
}

function addPublish(exchange: Command, context: CommandContext): void {
  const publish = exchange
    .command('publish <exchange> [payload]')
    .description('publish a message')
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('-k, --key <key>', 'routing key', '');
  administer<VhostFlags & PublishFlags & { key: string }>(
    addPublishOptions(publish),
    context,
    async (session, [name = '', payload], flags) => {
      const { vhost, key, count = 1 } = flags;
      const body = await publishBody(session.terminal, key, payload, flags);
      const path = apiPath`/api/exchanges/${vhost}/${exchangeSegment(name)}/publish`;
      const routed = await publishTimes(session, path, body, count);
      const lost = count - routed;
      if (lost > 0) session.output.warning(`${amount(lost, 'message')} reached no queue`);
      session.output.done(`Published ${amount(count, 'message')}`, { published: count, routed });
    },
  );
}
