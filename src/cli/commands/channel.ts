// `warren channel list`.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { addListOptions, fetchList, type ListFlags } from '../list-query.ts';
import { chooseColumns } from '../output/output.ts';
import { column } from '../output/table.ts';
import { addSharedOptions, administer, type CommandContext } from '../session.ts';

const channelColumns = [
  column('name', 'name'),
  column('user', 'user'),
  column('vhost', 'vhost'),
  column('state', 'state'),
  column('consumers', 'consumer_count', 'count'),
  column('prefetch', 'prefetch_count', 'count'),
  column('unacked', 'messages_unacknowledged', 'count'),
  column('unconfirmed', 'messages_unconfirmed', 'count'),
  column('confirms', 'confirm', 'flag'),
  column('in', 'message_stats.publish_details.rate', 'rate'),
  column('out', 'message_stats.deliver_get_details.rate', 'rate'),
];

export function addChannelCommand(program: Command, context: CommandContext): void {
  const channel = addSharedOptions(program.command('channel').description('channels of clients'));
  const list = addListOptions(channel.command('list').description('channels')).option(
    '-p, --vhost <name>',
    'only of this vhost',
  );
  administer<ListFlags & { vhost?: string }>(list, context, async ({ api, output }, _, flags) => {
    const path =
      flags.vhost === undefined
        ? apiPath`/api/channels`
        : apiPath`/api/vhosts/${flags.vhost}/channels`;
    const rows = await fetchList(api, path, flags, channelColumns);
    output.list(rows, chooseColumns(channelColumns, flags.columns), 'name');
  });
}
