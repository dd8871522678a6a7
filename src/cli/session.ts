// What every command that administers a broker shares: its options, its connection, its output, its errors.

import type { Command } from 'commander';
import { ApiClient } from './api-client.ts';
import { type ConnectionFlags, findApi } from './api-target.ts';
import { CommandError } from './command-error.ts';
import { type ConfirmationFlags, confirmLoss, type Loss } from './confirmation.ts';
import { type AdminExitCode, adminExitCodes } from './exit-codes.ts';
import { Output, type OutputFlags } from './output/output.ts';
import { printable } from './output/printable.ts';
import { askLine } from './prompt.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /** What the process will end with. */
  exitCode: AdminExitCode;
  /** The program with every command loaded, for those who look at all of them. */
  readonly wholeProgram: () => Promise<Command>;
}

export type SharedFlags = ConnectionFlags & OutputFlags & ConfirmationFlags;

export class Session {
  readonly api: ApiClient;
  readonly output: Output;
  readonly terminal: Terminal;
  readonly #flags: SharedFlags;

  constructor(api: ApiClient, output: Output, terminal: Terminal, flags: SharedFlags) {
    this.api = api;
    this.output = output;
    this.terminal = terminal;
    this.#flags = flags;
  }

  confirm(loss: Loss): Promise<boolean> {
    return confirmLoss(this.terminal, this.output, this.#flags, loss);
  }
}

/** On the command of a noun; its verbs take them, too. */
export function addSharedOptions(command: Command): Command {
  return command
    .configureHelp({ showGlobalOptions: true })
    .optionsGroup('Broker:')
    .option('--url <url>', 'management API (default: the local socket, or http://127.0.0.1:15672)')
    .option('--user <name>', 'user (default: guest)')
    .option('--password <text>', 'password (better: WARREN_PASSWORD, a profile, or the prompt)')
    .option('--profile <name>', 'profile in ~/.config/warren/profiles.conf (default: default)')
    .option('--data-dir <directory>', "the broker's data directory, for its local socket")
    .option('--config <file>', "the broker's configuration file, which names that directory")
    .option('--timeout <seconds>', 'how long to wait for an answer (default: 60)')
    .optionsGroup('Output:')
    .option('--json', "print JSON with the API's fields")
    .option('-q, --quiet', 'print names only; no messages')
    .option('--no-headers', 'tables without their first line')
    .option('--no-color', 'no colours (also: NO_COLOR)')
    .optionsGroup('Options:');
}

/** For a verb that destroys something. */
export function addConfirmationOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say what would be lost, and do nothing');
}

export type Run<Flags> = (
  session: Session,
  words: readonly string[],
  flags: Flags & SharedFlags,
) => Promise<AdminExitCode | undefined> | Promise<void>;

/** Gives the command its action. `words` are its arguments in order, those of `<name...>` one by one. */
export function administer<Flags>(
  command: Command,
  context: CommandContext,
  run: Run<Flags>,
): Command {
  return command.action(async () => {
    const flags: Flags & SharedFlags = command.optsWithGlobals();
    const session = await openSession(context.terminal, flags);
    context.exitCode = (await run(session, command.args, flags)) ?? context.exitCode;
  });
}

async function openSession(terminal: Terminal, flags: SharedFlags): Promise<Session> {
  const target = await findApi(flags, terminal, (user) => askPassword(terminal, user));
  const api = new ApiClient(target, terminal.interrupted);
  return new Session(api, new Output(terminal, flags), terminal, flags);
}

function askPassword(terminal: Terminal, user: string): Promise<string> {
  if (!terminal.isInputTerminal) {
    throw new CommandError(
      adminExitCodes.usage,
      `user '${printable(user)}' needs a password`,
      'Set WARREN_PASSWORD, or keep it in a profile.',
    );
  }
  return askLine(terminal, `Password of ${printable(user)}: `, true);
}
