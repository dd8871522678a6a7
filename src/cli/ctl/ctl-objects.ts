// rabbitmqctl's commands that act on queues, connections and definitions.

import { readFileSync, writeFileSync } from 'node:fs';
import { isStatus } from '../api-client.ts';
import { ApiError } from '../api-error.ts';
import { apiPath } from '../api-path.ts';
import { reasonHeader } from '../close-reason.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable, printableJson } from '../output/printable.ts';
import { countAt, textAt, type View } from '../output/view.ts';
import { readInput } from '../prompt.ts';
import { type CtlCall, type CtlCommand, type CtlWorld, integerOption } from './ctl-call.ts';
import { q } from './ctl-columns.ts';

/** Definitions hold the hashes of passwords. */
const FILE_MODE = 0o600;

async function deleteQueue(
  { operands: [name = ''], options, vhost }: CtlCall,
  { api }: CtlWorld,
): Promise<{ value: string; text: string }> {
  const path = apiPath`/api/queues/${vhost}/${name}`;
  const view = await api.find<View>(path);
  if (view === undefined) throw new CommandError(adminExitCodes.usage, 'Queue not found');
  try {
    await api.delete(path, {
      query: {
        ...(options['if-empty'] === true && { 'if-empty': true }),
        ...(options['if-unused'] === true && { 'if-unused': true }),
      },
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    const { reason } = error;
    const word = /not empty/.test(reason) ? 'Queue is not empty' : undefined;
    throw new CommandError(
      adminExitCodes.usage,
      word ?? (/in use/.test(reason) ? 'Queue is in use' : printable(reason)),
    );
  }
  const ready = countAt(view, 'messages_ready');
  const text = `Queue was successfully deleted with ${ready} ready messages`;
  return { value: text, text };
}

function deleteQueueBanner({ operands: [name = ''], options, vhost }: CtlCall): string {
  const conditions = [
    ...(options['if-empty'] === true ? ['queue is empty'] : []),
    ...(options['if-unused'] === true ? ['queue is unused'] : []),
  ];
  const condition = conditions.length === 0 ? '' : ` if ${conditions.join(' and ')}`;
  return `Deleting queue '${printable(name)}' on vhost '${printable(vhost)}'${condition} ...`;
}

const queues: Readonly<Record<string, CtlCommand>> = {
  delete_queue: {
    usage: '[-p <vhost>] <queue> [--if-empty|-e] [--if-unused|-u]',
    operands: [1, 1],
    options: ['if-empty', 'if-unused'],
    banner: deleteQueueBanner,
    run: deleteQueue,
  },
  purge_queue: {
    usage: '[-p <vhost>] <queue>',
    operands: [1, 1],
    banner: ({ operands: [name = ''], vhost }) =>
      `Purging queue '${printable(name)}' in vhost '${printable(vhost)}' ...`,
    run: async ({ operands: [name = ''], vhost }, { api }) => {
      try {
        await api.delete(apiPath`/api/queues/${vhost}/${name}/contents`);
      } catch (error) {
        const isMissing = isStatus(error, 404);
        throw isMissing ? new CommandError(adminExitCodes.unavailable, 'not_found') : error;
      }
    },
  },
};

/** Closes what the filter lets through, at most `limit`; how many. */
async function closeAll(
  { api }: CtlWorld,
  reason: string,
  limit: number,
  isChosen: (connection: View) => boolean,
): Promise<number> {
  const all = await api.get<View[]>(apiPath`/api/connections`);
  const names = all.filter(isChosen).map((each) => textAt(each, 'name'));
  const chosen = limit > 0 ? names.slice(0, limit) : names;
  for (const name of chosen) {
    try {
      await api.delete(apiPath`/api/connections/${name}`, { headers: reasonHeader(reason) });
    } catch (error) {
      // It has gone by itself meanwhile.
      if (!isStatus(error, 404)) throw error;
    }
  }
  return chosen.length;
}

const connections: Readonly<Record<string, CtlCommand>> = {
  close_connection: {
    usage: '<connection> <reason>',
    operands: [2, 2],
    banner: ({ operands: [name = '', reason = ''] }) =>
      `Closing connection ${printable(name)}, reason: ${printable(reason)}...`,
    run: async ({ operands: [name = '', reason = ''] }, { api }) => {
      await api.delete(apiPath`/api/connections/${name}`, { headers: reasonHeader(reason) });
    },
  },
  close_all_connections: {
    usage: '[-p <vhost>] [--limit <n>] [--global] <reason>',
    operands: [1, 1],
    options: ['limit', 'global'],
    banner: ({ operands: [reason = ''], options: { global }, vhost }) =>
      `Closing all connections${global === true ? '' : ` in vhost ${printable(vhost)}`}, reason: ${printable(reason)}...`,
    run: async (call, world) => {
      const {
        operands: [reason = ''],
        options,
        vhost,
      } = call;
      const limit = integerOption(call, 'limit', 0);
      const closed = await closeAll(
        world,
        reason,
        limit,
        (each) => options['global'] === true || each['vhost'] === vhost,
      );
      return { value: closed, text: `Closed ${closed} connections` };
    },
  },
  close_all_user_connections: {
    usage: '<username> <reason>',
    operands: [2, 2],
    banner: ({ operands: [user = '', reason = ''] }) =>
      `Closing connections of user ${printable(user)}, reason: ${printable(reason)}...`,
    run: async ({ operands: [user, reason = ''] }, world) => {
      await closeAll(world, reason, 0, (each) => each['user'] === user);
    },
  },
};

async function readDefinitions(file: string, { terminal }: CtlWorld): Promise<Buffer> {
  if (file === '-') return readInput(terminal);
  try {
    return readFileSync(file);
  } catch {
    const text = `(argument validation): Bad argument: File ${printable(file)} does not exist`;
    throw new CommandError(adminExitCodes.badData, text);
  }
}

function refuseErlang({ options: { format } }: CtlCall): void {
  if (format === undefined || format === 'json') return;
  const text = `(argument validation): format ${String(format)} is not supported, only json`;
  throw new CommandError(adminExitCodes.usage, text);
}

const definitions: Readonly<Record<string, CtlCommand>> = {
  export_definitions: {
    usage: '<file>|- [--format json]',
    operands: [1, 1],
    options: ['format'],
    banner: ({ operands: [file] }) =>
      file === '-' ? '' : `Exporting definitions in JSON to a file at ${q(file)} ...`,
    run: async (call, { api }) => {
      refuseErlang(call);
      const [file = ''] = call.operands;
      const value = await api.get<View>(apiPath`/api/definitions`);
      if (file === '-') return { value, text: printableJson(value, 0) };
      try {
        writeFileSync(file, printableJson(value), { mode: FILE_MODE });
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code;
        const text = `${printable(file)} cannot be written (${reason})`;
        throw new CommandError(adminExitCodes.internal, text);
      }
      return undefined;
    },
  },
  import_definitions: {
    usage: '<file>|- [--format json]',
    operands: [1, 1],
    options: ['format'],
    banner: ({ operands: [file] }) =>
      file === '-'
        ? 'Importing definitions in JSON from standard input ...'
        : `Importing definitions in JSON from a file at ${q(file)} ...`,
    run: async (call, world) => {
      refuseErlang(call);
      const [file = ''] = call.operands;
      const bytes = await readDefinitions(file, world);
      await world.api.post(apiPath`/api/definitions`, bytes);
    },
  },
};

export const objectCommands: Readonly<Record<string, CtlCommand>> = {
  ...queues,
  ...connections,
  ...definitions,
};
