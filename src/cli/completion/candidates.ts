// What may stand next on a command line: commands, options, and names that the broker knows.

import type { Argument, Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiPath, apiPath } from '../api-path.ts';
import { findApi } from '../api-target.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { isView, textAt, type View } from '../output/view.ts';
import type { Terminal } from '../terminal.ts';

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** Nobody waits longer for a suggestion. */
const TIMEOUT_SECONDS = '2';
const NAMES_MAX = 200;

interface Place {
  readonly command: Command;
  /** How many operands stand before. */
  readonly operands: number;
  /** The option whose value is being written. */
  readonly option: string | undefined;
  readonly values: Readonly<Record<string, string>>;
}

/** `words`: what stands before, `current`: the beginning of the word that is being written. */
export async function completionCandidates(
  program: Command,
  terminal: Terminal,
  words: readonly string[],
  current: string,
): Promise<Candidate[]> {
  const place = findPlace(program, words);
  const found = await candidatesAt(place, terminal, current);
  return found.filter(({ word }) => word.startsWith(current));
}

function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let option: string | undefined;
  const values: Record<string, string> = {};
  for (const word of words) {
    if (option !== undefined) {
      values[option] = word;
      option = undefined;
    } else if (word.startsWith('-')) {
      const found = optionsOf(command).find((each) => each.short === word || each.long === word);
      if (found?.required === true) option = found.attributeName();
    } else {
      const child = command.commands.find((each) => each.name() === word);
      if (child === undefined) operands += 1;
      else command = child;
    }
  }
  return { command, operands, option, values };
}

/** Its own and those of the commands above. */
function optionsOf(command: Command): Command['options'] {
  return command.parent === null
    ? command.options
    : [...command.options, ...optionsOf(command.parent)];
}

async function candidatesAt(
  { command, operands, option, values }: Place,
  terminal: Terminal,
  current: string,
): Promise<Candidate[]> {
  if (option !== undefined) return names(option, values, terminal);
  if (current.startsWith('-')) {
    return optionsOf(command)
      .filter(({ hidden, long }) => !hidden && long != null)
      .map(({ long, description }) => ({ word: long ?? '', description }));
  }
  if (command.commands.length > 0) {
    return command
      .createHelp()
      .visibleCommands(command)
      .map((child) => ({
        word: child.name(),
        description: child.description(),
      }));
  }
  const argument = argumentAt(command.registeredArguments, operands);
  return argument === undefined ? [] : names(argument.name(), values, terminal);
}

function argumentAt(all: readonly Argument[], index: number): Argument | undefined {
  const last = all.at(-1);
  return all[index] ?? (last?.variadic === true ? last : undefined);
}

/** Names of the broker's, for an argument or option that is called after what it names. */
async function names(
  what: string,
  values: Readonly<Record<string, string>>,
  terminal: Terminal,
): Promise<Candidate[]> {
  const vhost = values['vhost'] ?? '/';
  const paths: Readonly<Record<string, () => ApiPath>> = {
    queue: () => apiPath`/api/queues/${vhost}`,
    source: () => apiPath`/api/exchanges/${vhost}`,
    destination: () => apiPath`/api/queues/${vhost}`,
    exchange: () => apiPath`/api/exchanges/${vhost}`,
    policy: () => apiPath`/api/policies/${vhost}`,
    user: () => apiPath`/api/users`,
    ofUser: () => apiPath`/api/users`,
    vhost: () => apiPath`/api/vhosts`,
    toVhost: () => apiPath`/api/vhosts`,
    connection: () => apiPath`/api/connections`,
  };
  const path = Object.hasOwn(paths, what) ? paths[what]?.() : undefined;
  if (path === undefined) return [];
  try {
    const target = await findApi({ ...values, timeout: TIMEOUT_SECONDS }, terminal, () =>
      Promise.reject(new CommandError(adminExitCodes.usage, 'a password would be needed')),
    );
    const rows = await new ApiClient(target, terminal.interrupted).get<View[]>(path, {
      columns: 'name',
    });
    return rows
      .filter(isView)
      .map((row) => ({ word: textAt(row, 'name'), description: '' }))
      .filter(({ word }) => isPlain(word))
      .slice(0, NAMES_MAX);
  } catch {
    // A suggestion that cannot be had is no suggestion: the line that is being written stays as it is.
    return [];
  }
}

/** Others would need quotes, which each shell has its own rules for, or are several words to bash. */
function isPlain(name: string): boolean {
  return /^[\w.%+,/][\w.%+,/-]*$/.test(name);
}
