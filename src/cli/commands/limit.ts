// `warren limit`: list, set, clear; limits of vhosts and of users.

import type { Command } from 'commander';
import { type ApiPath, apiPath } from '../api-path.ts';
import { wholeNumber } from '../option-values.ts';
import { column } from '../output/table.ts';
import { isView, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';

const limitColumns = [
  column('of', 'of'),
  column('name', 'name'),
  column('limit', 'limit'),
  column('value', 'value', 'count'),
];

interface OwnerFlags {
  readonly vhost: string;
  readonly ofUser?: string;
}

export function addLimitCommand(program: Command, context: CommandContext): void {
  const limit = addSharedOptions(
    program.command('limit').description('how much vhosts and users may have'),
  );
  addList(limit, context);
  addSet(limit, context);
  addClear(limit, context);
}

function addList(limit: Command, context: CommandContext): void {
  const list = limit.command('list').description('limits of vhosts and users');
  administer(list, context, async ({ api, output }) => {
    const vhosts = await api.get<View[]>(apiPath`/api/vhost-limits`);
    const users = await api.get<View[]>(apiPath`/api/user-limits`);
    const rows = [...rowsOf(vhosts, 'vhost'), ...rowsOf(users, 'user')];
    output.list(rows, limitColumns, 'name');
  });
}

function rowsOf(entries: readonly View[], of: 'vhost' | 'user'): View[] {
  return entries.flatMap((entry) => {
    const limits = isView(entry['value']) ? entry['value'] : {};
    return Object.entries(limits).map(([limit, value]) => ({ of, name: entry[of], limit, value }));
  });
}

function limitPath({ vhost, ofUser }: OwnerFlags, name: string): ApiPath {
  return ofUser === undefined
    ? apiPath`/api/vhost-limits/${vhost}/${name}`
    : apiPath`/api/user-limits/${ofUser}/${name}`;
}

function addOwnerOptions(command: Command): Command {
  return command
    .option('-p, --vhost <name>', 'a vhost: max-connections, max-queues', '/')
    .option('--of-user <name>', 'a user: max-connections, max-channels');
}

function addSet(limit: Command, context: CommandContext): void {
  const set = limit
    .command('set')
    .description('set a limit; -1 is none')
    .argument('<limit>', 'max-connections, max-queues, max-channels')
    .argument('<value>', 'number', wholeNumber(-1));
  administer<OwnerFlags>(
    addOwnerOptions(set),
    context,
    async ({ api, output }, [name = '', value], flags) => {
      const path = limitPath(flags, name);
      await api.put(path, { value: Number(value) });
      output.done(`Set ${name} of ${path.subject} to ${value}`, { limit: name, value });
    },
  );
}

function addClear(limit: Command, context: CommandContext): void {
  const clear = limit
    .command('clear')
    .description('clear a limit')
    .argument('<limit>', 'max-connections, max-queues, max-channels');
  administer<OwnerFlags>(
    addConfirmationOptions(addOwnerOptions(clear)),
    context,
    async (session, [name = ''], flags) => {
      const path = limitPath(flags, name);
      const subject = `limit ${name} of ${path.subject}`;
      const items = ['the bound: as much as one asks for is allowed'];
      if (!(await session.confirm({ verb: 'clear', subject, name, items }))) return;
      await session.api.delete(path);
      session.output.done(`Cleared ${subject}`, { limit: name, cleared: true });
    },
  );
}
