// `warren binding`: list, add, delete.

import { type Command, Option } from 'commander';
import { type ApiPath, apiPath, exchangeSegment } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { keyValue } from '../option-values.ts';
import { printable } from '../output/printable.ts';
import { column } from '../output/table.ts';
import { isView, type View } from '../output/view.ts';
import {
  addConfirmationOptions,
  addSharedOptions,
  administer,
  type CommandContext,
} from '../session.ts';

export const bindingColumns = [
  column('vhost', 'vhost'),
  column('source', 'source'),
  column('type', 'destination_type'),
  column('destination', 'destination'),
  column('key', 'routing_key'),
  column('arguments', 'arguments'),
];

interface BindingFlags {
  readonly vhost: string;
  readonly key: string;
  readonly toExchange?: boolean;
  readonly argument?: View;
}

export function addBindingCommand(program: Command, context: CommandContext): void {
  const binding = addSharedOptions(
    program.command('binding').description('from exchanges to queues and exchanges'),
  );
  addList(binding, context);
  addAdd(binding, context);
  addDelete(binding, context);
}

function addList(binding: Command, context: CommandContext): void {
  const list = binding
    .command('list')
    .description('bindings')
    .option('-p, --vhost <name>', 'only of this vhost')
    .option('--source <exchange>', 'only from this exchange')
    .option('--destination <name>', 'only to this queue or exchange')
    .option('--all', 'also those of the default exchange');
  interface Flags {
    readonly vhost?: string;
    readonly source?: string;
    readonly destination?: string;
    readonly all?: boolean;
  }
  administer<Flags>(list, context, async ({ api, output }, _, flags) => {
    const path =
      flags.vhost === undefined ? apiPath`/api/bindings` : apiPath`/api/bindings/${flags.vhost}`;
    const rows = (await api.get<View[]>(path)).filter(
      ({ source, destination }) =>
        (flags.all === true || source !== '' || flags.source === '') &&
        (flags.source === undefined || source === flags.source) &&
        (flags.destination === undefined || destination === flags.destination),
    );
    output.list(rows, bindingColumns, 'destination');
  });
}

function bindingOptions(command: Command): Command {
  return command
    .option('-p, --vhost <name>', 'vhost', '/')
    .option('-k, --key <key>', 'routing key', '')
    .option('--to-exchange', 'the destination is an exchange')
    .addOption(new Option('--argument <key=value>', 'argument (repeat)').argParser(keyValue));
}

function pairPath(vhost: string, source: string, flags: BindingFlags, to: string): ApiPath {
  const from = exchangeSegment(source);
  return flags.toExchange === true
    ? apiPath`/api/bindings/${vhost}/e/${from}/e/${to}`
    : apiPath`/api/bindings/${vhost}/e/${from}/q/${to}`;
}

function addAdd(binding: Command, context: CommandContext): void {
  const add = binding.command('add <source> <destination>').description('bind');
  administer<BindingFlags>(
    bindingOptions(add),
    context,
    async ({ api, output }, [source = '', destination = ''], flags) => {
      const { vhost, key } = flags;
      await api.post(pairPath(vhost, source, flags, destination), {
        routing_key: key,
        arguments: flags.argument ?? {},
      });
      const names = `'${printable(source)}' to '${printable(destination)}'`;
      const result = { source, destination, vhost, routing_key: key };
      output.done(`Bound ${names} with key '${printable(key)}'`, result);
    },
  );
}

function addDelete(binding: Command, context: CommandContext): void {
  const remove = binding.command('delete <source> <destination>').description('unbind');
  administer<BindingFlags>(
    addConfirmationOptions(bindingOptions(remove)),
    context,
    async (session, [source = '', destination = ''], flags) => {
      const pair = pairPath(flags.vhost, source, flags, destination);
      const propertiesKey = findBinding(await session.api.get<View[]>(pair), flags);
      if (propertiesKey === undefined) {
        const text = `there is no ${pair.subject} with key '${printable(flags.key)}'`;
        const hint = '`warren binding list` shows those that exist.';
        throw new CommandError(adminExitCodes.notFound, text, hint);
      }
      const items = [`no more messages with key '${printable(flags.key)}' on this way`];
      const loss = { verb: 'delete', subject: pair.subject, name: destination, items };
      if (!(await session.confirm(loss))) return;
      const from = exchangeSegment(source);
      await session.api.delete(
        flags.toExchange === true
          ? apiPath`/api/bindings/${flags.vhost}/e/${from}/e/${destination}/${propertiesKey}`
          : apiPath`/api/bindings/${flags.vhost}/e/${from}/q/${destination}/${propertiesKey}`,
      );
      session.output.done(`Deleted the ${pair.subject}`, { deleted: true });
    },
  );
}

function findBinding(bindings: readonly View[], flags: BindingFlags): string | undefined {
  const wanted = canonical(flags.argument ?? {});
  const found = bindings.find(
    (each) => each['routing_key'] === flags.key && canonical(each['arguments']) === wanted,
  );
  return found === undefined ? undefined : String(found['properties_key']);
}

/** The same text for equal tables, in whatever order their fields stand. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isView(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
