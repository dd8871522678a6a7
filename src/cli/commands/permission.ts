// `warren permission`: list, set, clear; the same for topics.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { printable } from '../output/printable.ts';
import { type Column, column } from '../output/table.ts';
import type { View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';

const permissionColumns = [
  column('user', 'user'),
  column('vhost', 'vhost'),
  column('configure', 'configure'),
  column('write', 'write'),
  column('read', 'read'),
];
const topicColumns = [
  column('user', 'user'),
  column('vhost', 'vhost'),
  column('exchange', 'exchange'),
  column('write', 'write'),
  column('read', 'read'),
];

interface VhostFlags {
  readonly vhost: string;
}

export function addPermissionCommand(program: Command, context: CommandContext): void {
  const permission = addSharedOptions(
    program.command('permission').description('what users may do in vhosts'),
  );
  addList(permission, context, 'permissions', permissionColumns);
  addSet(permission, context);
  addClear(permission, context);
  const topic = permission
    .command('topic')
    .description('patterns of routing keys, per topic exchange')
    .configureHelp({ showGlobalOptions: true });
  addList(topic, context, 'topic-permissions', topicColumns);
  addTopicSet(topic, context);
  addTopicClear(topic, context);
}

function addList(
  parent: Command,
  context: CommandContext,
  resource: 'permissions' | 'topic-permissions',
  columns: readonly Column[],
): void {
  const list = parent
    .command('list')
    .description(resource.replace('-', ' '))
    .option('-p, --vhost <name>', 'only of this vhost')
    .option('--of-user <name>', 'only of this user');
  administer<{ vhost?: string; ofUser?: string }>(list, context, async (session, _, flags) => {
    const path =
      resource === 'permissions' ? apiPath`/api/permissions` : apiPath`/api/topic-permissions`;
    const rows = (await session.api.get<View[]>(path)).filter(
      ({ user, vhost }) => (flags.vhost ?? vhost) === vhost && (flags.ofUser ?? user) === user,
    );
    session.output.list(rows, columns, 'user');
  });
}

function addSet(permission: Command, context: CommandContext): void {
  const set = permission
    .command('set <user> <configure> <write> <read>')
    .description('patterns of the names that the user may declare, publish to, consume from')
    .option('-p, --vhost <name>', 'vhost', '/')
    .addHelpText('after', `\nExample:\n  warren permission set app '^app\\.' '^app\\.' '.*'`);
  administer<VhostFlags>(
    set,
    context,
    async ({ api, output }, [user = '', configure, write, read], { vhost }) => {
      const path = apiPath`/api/permissions/${vhost}/${user}`;
      await api.put(path, { configure, write, read });
      output.done(`Set ${path.subject}`, { user, vhost, configure, write, read });
    },
  );
}

function addClear(permission: Command, context: CommandContext): void {
  const clear = permission
    .command('clear <user>')
    .description('take all permissions in a vhost away')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags>(
    addConfirmationOptions(clear),
    context,
    async (session, [user = ''], { vhost }) => {
      const path = apiPath`/api/permissions/${vhost}/${user}`;
      const { configure, write, read } = await session.api.get<View>(path);
      const patterns = [configure, write, read].map((each) => `'${printable(String(each))}'`);
      const items = [`access to the vhost (${patterns.join(' ')})`];
      const loss = { verb: 'clear', subject: path.subject, name: user, items };
      if (!(await session.confirm(loss))) return;
      await session.api.delete(path);
      session.output.done(`Cleared ${path.subject}`, { user, vhost, cleared: true });
    },
  );
}

function addTopicSet(topic: Command, context: CommandContext): void {
  const set = topic
    .command('set <user> <exchange> <write> <read>')
    .description('patterns of the routing keys that the user may publish with, bind with')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags>(
    set,
    context,
    async ({ api, output }, [user = '', exchange, write, read], { vhost }) => {
      const path = apiPath`/api/topic-permissions/${vhost}/${user}`;
      await api.put(path, { exchange, write, read });
      output.done(`Set topic ${path.subject}`, { user, vhost, exchange, write, read });
    },
  );
}

function addTopicClear(topic: Command, context: CommandContext): void {
  const clear = topic
    .command('clear <user> [exchange]')
    .description('take restrictions of topics away, of one exchange or of all')
    .option('-p, --vhost <name>', 'vhost', '/');
  administer<VhostFlags>(
    addConfirmationOptions(clear),
    context,
    async (session, [user = '', exchange], { vhost }) => {
      const path =
        exchange === undefined
          ? apiPath`/api/topic-permissions/${vhost}/${user}`
          : apiPath`/api/topic-permissions/${vhost}/${user}/${exchange}`;
      const subject = `topic ${path.subject}`;
      const where = exchange === undefined ? 'any exchange' : `exchange '${printable(exchange)}'`;
      const items = [`with it every routing key of ${where} is allowed`];
      if (!(await session.confirm({ verb: 'clear', subject, name: user, items }))) return;
      await session.api.delete(path);
      session.output.done(`Cleared ${subject}`, { user, vhost, cleared: true });
    },
  );
}
