// THE list of commands, and how one is run: only its own file is loaded, so that a command starts quickly.

import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { CommandError } from './command-error.ts';
import { adminExitCodeMeanings, adminExitCodes } from './exit-codes.ts';
import { Style } from './output/style.ts';
import type { CommandContext } from './session.ts';
import type { Terminal } from './terminal.ts';

interface CommandRow {
  readonly name: string;
  readonly description: string;
  readonly group: string;
  /** For other programs, not for people. */
  readonly isHidden?: boolean;
  /** Adds the command to the program. */
  readonly load: () => Promise<(program: Command, context: CommandContext) => void>;
}

const BROKER = 'Broker:';
const OBJECTS = 'Administration:';
const VIEWS = 'State:';
const OTHER = 'Other:';

export const commandRows: readonly CommandRow[] = [
  {
    name: 'start',
    description: 'run a broker',
    group: BROKER,
    load: async () => (await import('./commands/start.ts')).addStartCommand,
  },
  {
    name: 'perf',
    description: 'measure a broker: publish, consume, open connections, declare queues',
    group: BROKER,
    load: async () => (await import('./commands/perf.ts')).addPerfCommand,
  },
  {
    name: 'queue',
    description: 'queues and their messages',
    group: OBJECTS,
    load: async () => (await import('./commands/queue.ts')).addQueueCommand,
  },
  {
    name: 'exchange',
    description: 'exchanges',
    group: OBJECTS,
    load: async () => (await import('./commands/exchange.ts')).addExchangeCommand,
  },
  {
    name: 'binding',
    description: 'from exchanges to queues and exchanges',
    group: OBJECTS,
    load: async () => (await import('./commands/binding.ts')).addBindingCommand,
  },
  {
    name: 'route',
    description: 'where messages would go',
    group: OBJECTS,
    load: async () => (await import('./commands/route.ts')).addRouteCommand,
  },
  {
    name: 'connection',
    description: 'connections of clients',
    group: OBJECTS,
    load: async () => (await import('./commands/connection.ts')).addConnectionCommand,
  },
  {
    name: 'channel',
    description: 'channels of clients',
    group: OBJECTS,
    load: async () => (await import('./commands/channel.ts')).addChannelCommand,
  },
  {
    name: 'consumer',
    description: 'consumers of queues',
    group: OBJECTS,
    load: async () => (await import('./commands/consumer.ts')).addConsumerCommand,
  },
  {
    name: 'user',
    description: 'users',
    group: OBJECTS,
    load: async () => (await import('./commands/user.ts')).addUserCommand,
  },
  {
    name: 'permission',
    description: 'what users may do in vhosts',
    group: OBJECTS,
    load: async () => (await import('./commands/permission.ts')).addPermissionCommand,
  },
  {
    name: 'vhost',
    description: 'virtual hosts',
    group: OBJECTS,
    load: async () => (await import('./commands/vhost.ts')).addVhostCommand,
  },
  {
    name: 'policy',
    description: 'policies: settings of queues and exchanges by name',
    group: OBJECTS,
    load: async () => (await import('./commands/policy.ts')).addPolicyCommand,
  },
  {
    name: 'limit',
    description: 'how much vhosts and users may have',
    group: OBJECTS,
    load: async () => (await import('./commands/limit.ts')).addLimitCommand,
  },
  {
    name: 'definitions',
    description: 'everything declared, as one file',
    group: OBJECTS,
    load: async () => (await import('./commands/definitions.ts')).addDefinitionsCommand,
  },
  {
    name: 'status',
    description: 'the broker at a glance',
    group: VIEWS,
    load: async () => (await import('./commands/status.ts')).addStatusCommand,
  },
  {
    name: 'health',
    description: 'is the broker fit to serve? Ends with 0 or 69, for probes',
    group: VIEWS,
    load: async () => (await import('./commands/health.ts')).addHealthCommand,
  },
  {
    name: 'top',
    description: 'live view of queues and connections',
    group: VIEWS,
    load: async () => (await import('./commands/top.ts')).addTopCommand,
  },
  {
    name: 'completion',
    description: 'print the completion of a shell: bash, zsh, fish',
    group: OTHER,
    load: async () => (await import('./commands/completion.ts')).addCompletionCommand,
  },
  {
    name: 'complete',
    description: 'what a shell asks to complete a line',
    group: OTHER,
    isHidden: true,
    load: async () => (await import('./commands/completion.ts')).addCompleteCommand,
  },
  {
    name: 'ctl',
    description: "rabbitmqctl's commands, for scripts that have them",
    group: OTHER,
    load: async () => (await import('./commands/ctl.ts')).addCtlCommand,
  },
];

export const programNames: readonly string[] = [
  'rabbitmqctl',
  'rabbitmq-diagnostics',
  'rabbitmq-queues',
];

/** Runs what `words` ask for; the exit code, or undefined when the command sees to it itself. */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const context: CommandContext = {
    terminal,
    exitCode: adminExitCodes.done,
    wholeProgram: () => wholeProgram(context),
  };
  const program = createProgram(terminal);
  try {
    await addCommands(program, context, chosenCommand(words));
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    return reportError(error, terminal);
  }
  return terminal.interrupted.aborted ? adminExitCodes.interrupted : context.exitCode;
}

async function wholeProgram(context: CommandContext): Promise<Command> {
  const program = createProgram(context.terminal);
  for (const row of commandRows) (await row.load())(program, context);
  return program;
}

function createProgram(terminal: Terminal): Command {
  return (
    new Command('warren')
      .description('WarrenMQ, an AMQP 0-9-1 message broker')
      .version(version)
      .configureOutput({
        writeOut: (text) => terminal.write(text),
        writeErr: (text) => terminal.writeError(text),
      })
      // Errors come here as exceptions, so that what was written can leave before the process does.
      .exitOverride()
      .addHelpText('after', exitCodeHelp())
  );
}

async function addCommands(
  program: Command,
  context: CommandContext,
  chosen: string | undefined,
): Promise<void> {
  for (const { name, description, group, isHidden = false, load } of commandRows) {
    program.commandsGroup(group);
    if (name === chosen) (await load())(program, context);
    else program.command(name, { hidden: isHidden }).description(description);
  }
}

function chosenCommand(words: readonly string[]): string | undefined {
  return words[0] === 'help' ? words[1] : words[0];
}

function exitCodeHelp(): string {
  const lines = Object.entries(adminExitCodes).map(
    ([name, code]) =>
      `  ${String(code).padEnd(5)}${adminExitCodeMeanings[name as keyof typeof adminExitCodes]}`,
  );
  return `\nExit codes (those of start: README):\n${lines.join('\n')}`;
}

function reportError(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    // Commander has said it already; its own errors are all wrong usage, and --help and --version are none.
    return error.exitCode === 0 ? adminExitCodes.done : adminExitCodes.usage;
  }
  const isColoured = terminal.isErrorTerminal && !terminal.environment['NO_COLOR'];
  const label = new Style(isColoured).bad('error:');
  if (!(error instanceof CommandError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.writeError(`${label} ${text}\n`);
    return adminExitCodes.internal;
  }
  // Control-C at a prompt or a progress bar leaves the cursor behind what stands there.
  if (error.exitCode === adminExitCodes.interrupted) terminal.writeError('\n');
  terminal.writeError(`${label} ${error.message}\n`);
  if (error.hint !== undefined) terminal.writeError(`${error.hint}\n`);
  return error.exitCode;
}
