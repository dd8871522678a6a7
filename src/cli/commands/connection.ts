// `warren connection`: list, info, close.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { reasonHeader } from '../close-reason.ts';
import { CommandError } from '../command-error.ts';
import { forEachName } from '../each-name.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { addListOptions, fetchList, type ListFlags } from '../list-query.ts';
import { amount } from '../output/cell.ts';
import { chooseColumns } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { countAt, textAt, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
  type Session,
} from '../session.ts';

const connectionColumns = [
  column('name', 'name'),
  column('user', 'user'),
  column('vhost', 'vhost'),
  column('state', 'state'),
  column('channels', 'channels', 'count'),
  column('client', 'user_provided_name'),
  column('from', 'recv_oct_details.rate', 'rate'),
  column('to', 'send_oct_details.rate', 'rate'),
];

const connectionFields = [
  column('name', 'name'),
  column('user', 'user'),
  column('vhost', 'vhost'),
  column('state', 'state'),
  column('protocol', 'protocol'),
  column('TLS', 'ssl', 'flag'),
  column('connected', 'connected_at', 'time'),
  column('channels', 'channels', 'count'),
  column('channel max', 'channel_max', 'count'),
  column('frame max', 'frame_max', 'bytes'),
  column('heartbeat seconds', 'timeout', 'count'),
  column('received', 'recv_oct', 'bytes'),
  column('sent', 'send_oct', 'bytes'),
  column('product', 'client_properties.product'),
  column('version', 'client_properties.version'),
  column('platform', 'client_properties.platform'),
  column('client', 'user_provided_name'),
];

export function addConnectionCommand(program: Command, context: CommandContext): void {
  const connection = addSharedOptions(
    program.command('connection').description('connections of clients'),
  );
  addList(connection, context);
  addInfo(connection, context);
  addClose(connection, context);
}

function addList(connection: Command, context: CommandContext): void {
  const list = addListOptions(connection.command('list').description('connections')).option(
    '-p, --vhost <name>',
    'only of this vhost',
  );
  administer<ListFlags & { vhost?: string }>(list, context, async ({ api, output }, _, flags) => {
    const path =
      flags.vhost === undefined
        ? apiPath`/api/connections`
        : apiPath`/api/vhosts/${flags.vhost}/connections`;
    const rows = await fetchList(api, path, flags, connectionColumns);
    output.list(rows, chooseColumns(connectionColumns, flags.columns), 'name');
  });
}

function addInfo(connection: Command, context: CommandContext): void {
  const info = connection.command('info <connection>').description('everything about one');
  administer(info, context, async ({ api, output }, [name = '']) => {
    output.details(await api.get<View>(apiPath`/api/connections/${name}`), connectionFields);
  });
}

interface CloseFlags {
  readonly ofUser?: string;
  readonly ofVhost?: string;
  readonly reason?: string;
}

function addClose(connection: Command, context: CommandContext): void {
  const close = connection
    .command('close [connection...]')
    .description('close connections, by name or by what they belong to')
    .option('--of-user <name>', 'all of this user')
    .option('--of-vhost <name>', 'all of this vhost')
    .option('--reason <text>', 'what the clients are told');
  administer<CloseFlags>(addConfirmationOptions(close), context, async (session, names, flags) => {
    if (names.length > 0 === (flags.ofUser !== undefined || flags.ofVhost !== undefined)) {
      close.error('error: name connections, or give --of-user or --of-vhost');
    }
    if (names.length > 0) {
      return forEachName(session, names, (name) => closeOne(session, name, flags.reason));
    }
    return closeMatching(session, flags);
  });
}

async function closeOne(session: Session, name: string, reason?: string): Promise<void> {
  const path = apiPath`/api/connections/${name}`;
  const view = await session.api.get<View>(path);
  const items = [
    `user '${printable(textAt(view, 'user'))}'`,
    amount(countAt(view, 'channels'), 'channel'),
  ];
  if (!(await session.confirm({ verb: 'close', subject: path.subject, name, items }))) return;
  await session.api.delete(path, { headers: reasonHeader(reason) });
  session.output.done(`Closed ${path.subject}`, { name, closed: true });
}

async function closeMatching(session: Session, flags: CloseFlags) {
  const { ofUser, ofVhost } = flags;
  const all = await session.api.get<View[]>(apiPath`/api/connections`);
  const names = all
    .filter(({ user, vhost }) => (ofUser ?? user) === user && (ofVhost ?? vhost) === vhost)
    .map((view) => textAt(view, 'name'));
  const owner = [
    ...(ofUser === undefined ? [] : [`user '${printable(ofUser)}'`]),
    ...(ofVhost === undefined ? [] : [`vhost '${printable(ofVhost)}'`]),
  ].join(' and ');
  const count = amount(names.length, 'connection');
  const loss = { verb: 'close', subject: `all of ${owner}`, name: ofUser ?? ofVhost ?? '' };
  if (!(await session.confirm({ ...loss, items: [count] }))) return adminExitCodes.done;
  for (const name of names) {
    try {
      await session.api.delete(apiPath`/api/connections/${name}`, {
        headers: reasonHeader(flags.reason),
      });
    } catch (error) {
      // It has gone by itself meanwhile.
      const isGone = error instanceof CommandError && error.exitCode === adminExitCodes.notFound;
      if (!isGone) throw error;
    }
  }
  session.output.done(`Closed ${count} of ${owner}`, { closed: names.length });
  return adminExitCodes.done;
}
