// `warren ctl`: the rabbitmqctl and rabbitmq-diagnostics commands that people have in scripts, with their
// output formats and exit codes.

import type { Command } from 'commander';
import { nearestKey } from '../../config/nearest-key.ts';
import { ApiClient } from '../api-client.ts';
import { ApiError } from '../api-error.ts';
import { findApi } from '../api-target.ts';
import { CommandError } from '../command-error.ts';
import { type CtlCall, checkCtlCall, readCtlCall } from '../ctl/ctl-call.ts';
import { ctlCommands, refusedCtlCommands } from '../ctl/ctl-commands.ts';
import { formatCtlAnswer } from '../ctl/ctl-formatters.ts';
import { type AdminExitCode, adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { askLine } from '../prompt.ts';
import type { CommandContext } from '../session.ts';
import type { Terminal } from '../terminal.ts';

const STANDARD_SECONDS = '60';

export function addCtlCommand(program: Command, context: CommandContext): void {
  program
    .enablePositionalOptions()
    .command('ctl [words...]')
    .description("rabbitmqctl's commands, for scripts that have them")
    // Its options are rabbitmqctl's, --help among them.
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(async (words: readonly string[]) => {
      context.exitCode = await runCtl(words, context.terminal);
    });
}

async function runCtl(words: readonly string[], terminal: Terminal): Promise<AdminExitCode> {
  try {
    const asksHelp = words.length === 0 || ['help', '--help', '-h'].includes(words[0] ?? '');
    if (asksHelp) terminal.write(helpText());
    else await answer(readCtlCall(words), terminal);
    return adminExitCodes.done;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.writeError(
      `Error${/^\(argument/.test(error.message) ? ' ' : ':\n'}${error.message}\n`,
    );
    return ctlExitCode(error);
  }
}

async function answer(call: CtlCall, terminal: Terminal): Promise<void> {
  const command = Object.hasOwn(ctlCommands, call.command) ? ctlCommands[call.command] : undefined;
  if (command === undefined) throw unknownCommand(call.command);
  checkCtlCall(call, command);
  const api = await openApi(call, terminal);
  const { quiet, silent, formatter = 'table' } = call.options;
  const isMachine = formatter === 'json' || formatter === 'json_stream' || formatter === 'csv';
  const banner = command.banner?.(call) ?? '';
  if (banner !== '' && quiet !== true && silent !== true && !isMachine) {
    terminal.write(`${banner}\n`);
  }
  const hasHeader = silent !== true && call.options['no-table-headers'] !== true;
  const result = await command.run(call, { api, terminal });
  terminal.write(formatCtlAnswer(result ?? undefined, String(formatter), hasHeader));
}

async function openApi({ options, command }: CtlCall, terminal: Terminal): Promise<ApiClient> {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const given = { url: text('url'), profile: text('profile'), config: text('config') };
  const flags = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  const dataDir = text('data-dir');
  // While it waits for a broker, its timeout is for all attempts together.
  const isWaiting = command === 'await_startup' || command === 'wait';
  const timeout = isWaiting ? STANDARD_SECONDS : (text('timeout') ?? STANDARD_SECONDS);
  const target = await findApi(
    { ...flags, ...(dataDir !== undefined && { dataDir }), timeout },
    terminal,
    (user) => askLine(terminal, `Password of ${printable(user)}: `, true),
  );
  return new ApiClient(target, terminal.interrupted);
}

function unknownCommand(name: string): CommandError {
  const instead = Object.hasOwn(refusedCtlCommands, name) ? refusedCtlCommands[name] : undefined;
  if (instead !== undefined) {
    return new CommandError(adminExitCodes.usage, `${name} is not for this broker: ${instead}`);
  }
  const nearest = nearestKey(name, Object.keys(ctlCommands));
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
  const text = `Command '${printable(name)}' not found.${hint}\n\`warren ctl help\` lists them.`;
  return new CommandError(adminExitCodes.usage, text);
}

/** rabbitmqctl has one number for most of what a broker refuses. */
function ctlExitCode(error: CommandError): AdminExitCode {
  const isRefusal = error instanceof ApiError && error.status !== 401;
  return isRefusal ? adminExitCodes.unavailable : error.exitCode;
}

function helpText(): string {
  const lines = Object.entries(ctlCommands).map(([name, { usage }]) =>
    `  ${name} ${usage}`.trimEnd(),
  );
  return `Usage: warren ctl [-q] [-s] [-p <vhost>] [--formatter table|json|json_stream|csv] <command> …

Where the broker is: --url, --profile, --data-dir, or WARREN_URL, WARREN_USER and WARREN_PASSWORD.
-n/--node and -l are understood and do nothing.

Commands:
${lines.join('\n')}
`;
}
