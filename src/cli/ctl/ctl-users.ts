// rabbitmqctl's commands about users, their permissions and limits.

import { ApiClient, isStatus } from '../api-client.ts';
import { apiPath } from '../api-path.ts';
import { asUser } from '../api-target.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { at, isView, type View } from '../output/view.ts';
import { readInput } from '../prompt.ts';
import type { CtlCommand, CtlWorld } from './ctl-call.ts';
import { limitsText, plainColumns, q } from './ctl-columns.ts';
import { deleteOr, noSuchUser, readJson, requireUser, requireVhost } from './ctl-errors.ts';

/** As the last operand, or from standard input. */
async function passwordOf(given: string | undefined, { terminal }: CtlWorld): Promise<string> {
  if (given !== undefined) return given;
  if (!terminal.isInputTerminal) {
    return (await readInput(terminal)).toString('utf8').replace(/\r?\n$/, '');
  }
  const text = '(argument validation): password is missing: give it, or pass it on standard input';
  throw new CommandError(adminExitCodes.usage, text);
}

const tagsOf = (user: View): unknown => at(user, 'tags') ?? '';
const tagText = (tags: unknown): string => (Array.isArray(tags) ? tags.join(',') : String(tags));

const users: Readonly<Record<string, CtlCommand>> = {
  list_users: {
    usage: '',
    operands: [0, 0],
    banner: () => 'Listing users ...',
    run: async (_, { api }) => {
      const rows = await api.get<View[]>(apiPath`/api/users`);
      return {
        rows,
        columns: [
          { name: 'user', read: (row) => row['name'] },
          { name: 'tags', read: (row) => tagText(tagsOf(row)).split(',').filter(Boolean) },
        ],
      };
    },
  },
  add_user: {
    usage: '<username> [<password>]',
    operands: [1, 2],
    banner: ({ operands: [user] }) => `Adding user ${q(user)} ...`,
    run: async ({ operands: [user = '', given] }, world) => {
      if ((await world.api.find(apiPath`/api/users/${user}`)) !== undefined) {
        throw new CommandError(adminExitCodes.internal, `User ${q(user)} already exists`);
      }
      const password = await passwordOf(given, world);
      await world.api.put(apiPath`/api/users/${user}`, { password, tags: '' });
    },
  },
  delete_user: {
    usage: '<username>',
    operands: [1, 1],
    banner: ({ operands: [user] }) => `Deleting user ${q(user)} ...`,
    run: ({ operands: [user = ''] }, world) => {
      const { exitCode, message } = noSuchUser(user);
      return deleteOr(world, apiPath`/api/users/${user}`, exitCode, message);
    },
  },
  change_password: {
    usage: '<username> [<password>]',
    operands: [1, 2],
    banner: ({ operands: [user] }) => `Changing password for user ${q(user)} ...`,
    run: async ({ operands: [user = '', given] }, world) => {
      const tags = tagText(tagsOf(await requireUser(world, user)));
      const password = await passwordOf(given, world);
      await world.api.put(apiPath`/api/users/${user}`, { password, tags });
    },
  },
  clear_password: {
    usage: '<username>',
    operands: [1, 1],
    banner: ({ operands: [user] }) => `Clearing password for user ${q(user)} ...`,
    run: async ({ operands: [user = ''] }, world) => {
      const tags = tagText(tagsOf(await requireUser(world, user)));
      await world.api.put(apiPath`/api/users/${user}`, { password_hash: '', tags });
    },
  },
  authenticate_user: {
    usage: '<username> [<password>]',
    operands: [1, 2],
    banner: ({ operands: [user] }) => `Authenticating user ${q(user)} ...`,
    run: async ({ operands: [user = '', given] }, world) => {
      const target = asUser(world.api.target, user, await passwordOf(given, world));
      const api = new ApiClient(target, world.terminal.interrupted);
      const { status, text } = await api.send('GET', apiPath`/api/whoami`, {});
      // A right password of a user without a tag is refused for another reason.
      const isRight = status < 300 || /Not management user/.test(text);
      if (isRight) return { value: 'Success', text: 'Success' };
      const reason = `user '${printable(user)}' - invalid credentials`;
      const refusal = `Error: failed to authenticate user ${q(user)}\n${reason}`;
      throw new CommandError(adminExitCodes.badData, refusal);
    },
  },
  set_user_tags: {
    usage: '<username> [<tag> ...]',
    operands: [1, Number.POSITIVE_INFINITY],
    banner: ({ operands: [user, ...tags] }) =>
      `Setting tags for user ${q(user)} to [${printable(tags.join(', '))}] ...`,
    run: async ({ operands: [user = '', ...tags] }, world) => {
      const { password_hash, hashing_algorithm } = await requireUser(world, user);
      const body = { password_hash, hashing_algorithm, tags: tags.join(',') };
      await world.api.put(apiPath`/api/users/${user}`, body);
    },
  },
};

const permissionColumns = plainColumns('user configure write read');
const ofUserColumns = plainColumns('vhost configure write read');
const topicColumns = plainColumns('user exchange write read');
const topicOfUserColumns = plainColumns('vhost exchange write read');

async function setPermissions(
  world: CtlWorld,
  resource: 'permissions' | 'topic-permissions',
  vhost: string,
  user: string,
  body: View,
): Promise<void> {
  await requireUser(world, user);
  // This one command ends with 69 for a vhost.
  if ((await world.api.find(apiPath`/api/vhosts/${vhost}`)) === undefined) {
    const text = `Virtual host ${printable(vhost)} does not exist`;
    throw new CommandError(adminExitCodes.unavailable, text);
  }
  const path =
    resource === 'permissions'
      ? apiPath`/api/permissions/${vhost}/${user}`
      : apiPath`/api/topic-permissions/${vhost}/${user}`;
  await world.api.put(path, body);
}

/** What is not there is cleared. */
async function clear(world: CtlWorld, path: ReturnType<typeof apiPath>): Promise<void> {
  try {
    await world.api.delete(path);
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

const permissions: Readonly<Record<string, CtlCommand>> = {
  list_permissions: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Listing permissions for vhost ${q(vhost)} ...`,
    run: async ({ vhost }, world) => {
      await requireVhost(world, vhost);
      const rows = await world.api.get<View[]>(apiPath`/api/vhosts/${vhost}/permissions`);
      return { rows, columns: permissionColumns };
    },
  },
  list_user_permissions: {
    usage: '<username>',
    operands: [1, 1],
    banner: ({ operands: [user] }) => `Listing permissions for user ${q(user)} ...`,
    run: async ({ operands: [user = ''] }, world) => {
      await requireUser(world, user);
      const rows = await world.api.get<View[]>(apiPath`/api/users/${user}/permissions`);
      return { rows, columns: ofUserColumns };
    },
  },
  set_permissions: {
    usage: '[-p <vhost>] <username> <configure> <write> <read>',
    operands: [4, 4],
    banner: ({ operands: [user], vhost }) =>
      `Setting permissions for user ${q(user)} in vhost ${q(vhost)} ...`,
    run: ({ operands: [user = '', configure, write, read], vhost }, world) =>
      setPermissions(world, 'permissions', vhost, user, { configure, write, read }),
  },
  clear_permissions: {
    usage: '[-p <vhost>] <username>',
    operands: [1, 1],
    banner: ({ operands: [user], vhost }) =>
      `Clearing permissions for user ${q(user)} in vhost ${q(vhost)} ...`,
    run: async ({ operands: [user = ''], vhost }, world) => {
      await requireUser(world, user);
      await clear(world, apiPath`/api/permissions/${vhost}/${user}`);
    },
  },
  list_topic_permissions: {
    usage: '[-p <vhost>]',
    operands: [0, 0],
    banner: ({ vhost }) => `Listing topic permissions for vhost ${q(vhost)} ...`,
    run: async ({ vhost }, world) => {
      await requireVhost(world, vhost);
      const rows = await world.api.get<View[]>(apiPath`/api/vhosts/${vhost}/topic-permissions`);
      return { rows, columns: topicColumns };
    },
  },
  list_user_topic_permissions: {
    usage: '<username>',
    operands: [1, 1],
    banner: ({ operands: [user] }) => `Listing topic permissions for user ${q(user)} ...`,
    run: async ({ operands: [user = ''] }, world) => {
      await requireUser(world, user);
      const rows = await world.api.get<View[]>(apiPath`/api/users/${user}/topic-permissions`);
      return { rows, columns: topicOfUserColumns };
    },
  },
  set_topic_permissions: {
    usage: '[-p <vhost>] <username> <exchange> <write> <read>',
    operands: [4, 4],
    banner: ({ operands: [user, exchange], vhost }) =>
      `Setting topic permissions on ${q(exchange)} for user ${q(user)} in vhost ${q(vhost)} ...`,
    run: ({ operands: [user = '', exchange, write, read], vhost }, world) =>
      setPermissions(world, 'topic-permissions', vhost, user, { exchange, write, read }),
  },
  clear_topic_permissions: {
    usage: '[-p <vhost>] <username> [<exchange>]',
    operands: [1, 2],
    banner: ({ operands: [user], vhost }) =>
      `Clearing topic permissions for user ${q(user)} in vhost ${q(vhost)} ...`,
    run: async ({ operands: [user = '', exchange], vhost }, world) => {
      await requireUser(world, user);
      const path =
        exchange === undefined
          ? apiPath`/api/topic-permissions/${vhost}/${user}`
          : apiPath`/api/topic-permissions/${vhost}/${user}/${exchange}`;
      await clear(world, path);
    },
  },
};

const limits: Readonly<Record<string, CtlCommand>> = {
  list_user_limits: {
    usage: '[--user <username>] [--global]',
    operands: [0, 0],
    options: ['user', 'global'],
    banner: ({ options: { user, global } }) =>
      global === true
        ? 'Listing limits for all users ...'
        : `Listing limits for user ${q(String(user ?? 'guest'))} ...`,
    run: async ({ options: { user = 'guest', global } }, world) => {
      const rows = await world.api.get<View[]>(apiPath`/api/user-limits`);
      if (global === true) {
        return {
          rows,
          columns: [...plainColumns('user'), { name: 'limits', read: limitsText }],
        };
      }
      await requireUser(world, String(user));
      const value = at(
        rows.find((row) => row['user'] === user),
        'value',
      );
      return { value: value ?? {}, text: JSON.stringify(value ?? {}) };
    },
  },
  set_user_limits: {
    usage: '<username> <definition>',
    operands: [2, 2],
    banner: ({ operands: [user, definition = ''] }) =>
      `Setting user limits to "${printable(definition)}" for user ${q(user)} ...`,
    run: async ({ operands: [user = '', definition = ''] }, world) => {
      const value = readJson(definition);
      await requireUser(world, user);
      for (const [limit, most] of Object.entries(isView(value) ? value : {})) {
        await world.api.put(apiPath`/api/user-limits/${user}/${limit}`, { value: most });
      }
    },
  },
  clear_user_limits: {
    usage: '<username> <limit>|all',
    operands: [2, 2],
    banner: ({ operands: [user, limit] }) =>
      limit === 'all'
        ? `Clearing all limits for user ${q(user)} ...`
        : `Clearing ${q(limit)} limit for user ${q(user)} ...`,
    run: async ({ operands: [user = '', limit = ''] }, world) => {
      await requireUser(world, user);
      const names = limit === 'all' ? ['max-connections', 'max-channels'] : [limit];
      for (const name of names) await clear(world, apiPath`/api/user-limits/${user}/${name}`);
    },
  },
};

export const userCommands: Readonly<Record<string, CtlCommand>> = {
  ...users,
  ...permissions,
  ...limits,
};
