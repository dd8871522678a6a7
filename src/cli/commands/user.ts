// `warren user`: list, add, delete, password, tags.

import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { forEachName } from '../each-name.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { addPasswordOptions, newPassword, type PasswordFlags } from '../new-password.ts';
import { repeated } from '../option-values.ts';
import { amount } from '../output/cell.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { at, textAt, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
  type Session,
} from '../session.ts';

const userColumns = [
  column('name', 'name'),
  column('tags', 'tags'),
  column('hash', 'hashing_algorithm'),
  column('limits', 'limits'),
];

export function addUserCommand(program: Command, context: CommandContext): void {
  const user = addSharedOptions(program.command('user').description('users'));
  const list = user.command('list').description('users and their tags');
  administer(list, context, async ({ api, output }) => {
    output.list(await api.get<View[]>(apiPath`/api/users`), userColumns, 'name');
  });
  addAdd(user, context);
  addDelete(user, context);
  addPassword(user, context);
  addTags(user, context);
}

function addAdd(user: Command, context: CommandContext): void {
  const add = user
    .command('add <user>')
    .description('add a user; asks for the password')
    .option('--tag <tag>', 'administrator, monitoring, policymaker, management (repeat)', repeated);
  administer<PasswordFlags & { tag?: readonly string[] }>(
    addPasswordOptions(add),
    context,
    async (session, [name = ''], flags) => {
      const path = apiPath`/api/users/${name}`;
      // The API would change the user who is there.
      if ((await session.api.find(path)) !== undefined) {
        const text = `there is a user '${printable(name)}' already`;
        const hint = '`warren user password` and `warren user tags` change users.';
        throw new CommandError(adminExitCodes.exists, text, hint);
      }
      const { fields, generated } = await newPassword(session, flags);
      await session.api.put(path, { ...fields, tags: (flags.tag ?? []).join(',') });
      showDone(session, `Added user '${printable(name)}'`, name, generated);
    },
  );
}

/** A generated password is data: it goes to standard output. */
function showDone(session: Session, sentence: string, name: string, generated?: string): void {
  const result = { name, ...(generated !== undefined && { password: generated }) };
  session.output.done(sentence, result);
  if (generated !== undefined && !session.output.isJson) session.output.text(`${generated}\n`);
}

function addDelete(user: Command, context: CommandContext): void {
  const remove = user.command('delete <user...>').description('delete users');
  administer(addConfirmationOptions(remove), context, (session, names) =>
    forEachName(session, names, async (name) => {
      const path = apiPath`/api/users/${name}`;
      const [view, permissions, connections] = [
        await session.api.get<View>(path),
        await session.api.get<View[]>(apiPath`/api/users/${name}/permissions`),
        await session.api.get<View[]>(apiPath`/api/connections`, { columns: 'user' }),
      ];
      const open = connections.filter((connection) => connection['user'] === name).length;
      const tags = Array.isArray(view['tags']) ? view['tags'].join(', ') : textAt(view, 'tags');
      const items = [
        ...(tags === '' ? [] : [`tags ${printable(tags)}`]),
        `permissions in ${amount(permissions.length, 'vhost')}`,
        ...(open > 0 ? [amount(open, 'open connection')] : []),
      ];
      if (!(await session.confirm({ verb: 'delete', subject: path.subject, name, items }))) return;
      await session.api.delete(path);
      session.output.done(`Deleted ${path.subject}`, { name, deleted: true });
    }),
  );
}

function addPassword(user: Command, context: CommandContext): void {
  const change = user.command('password <user>').description('change the password; asks for it');
  administer<PasswordFlags>(
    addPasswordOptions(change),
    context,
    async (session, [name = ''], flags) => {
      const path = apiPath`/api/users/${name}`;
      const tags = at(await session.api.get<View>(path), 'tags');
      const { fields, generated } = await newPassword(session, flags);
      await session.api.put(path, { ...fields, tags: tagText(tags) });
      showDone(session, `Changed the password of ${path.subject}`, name, generated);
    },
  );
}

function addTags(user: Command, context: CommandContext): void {
  const change = user.command('tags <user> [tag...]').description('replace the tags of a user');
  administer(change, context, async ({ api, output }, [name = '', ...tags]) => {
    const path = apiPath`/api/users/${name}`;
    const view = await api.get<View>(path);
    // A request without them would leave the user without a password.
    const { password_hash, hashing_algorithm } = view;
    await api.put(path, { password_hash, hashing_algorithm, tags: tags.join(',') });
    const shown = tags.length === 0 ? 'none' : printable(tags.join(', '));
    output.done(`Tags of ${path.subject}: ${shown}`, { name, tags });
  });
}

function tagText(tags: unknown): string {
  return Array.isArray(tags) ? tags.join(',') : String(tags ?? '');
}
