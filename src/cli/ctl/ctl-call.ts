// A rabbitmqctl command line as it was written, and what a command of it looks like.

import { parseArgs } from 'node:util';
import type { ApiClient } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import type { Terminal } from '../terminal.ts';

export interface CtlCall {
  readonly command: string;
  readonly operands: readonly string[];
  readonly options: CtlOptions;
  readonly vhost: string;
}

type CtlOptions = Readonly<Record<string, string | boolean | undefined>>;

export interface CtlWorld {
  readonly api: ApiClient;
  readonly terminal: Terminal;
}

export interface CtlColumn {
  readonly name: string;
  readonly read: (row: View) => unknown;
}

/** What is printed on standard output: rows, one value, or lines. */
export type CtlAnswer =
  | { readonly rows: readonly View[]; readonly columns: readonly CtlColumn[] }
  | { readonly value: unknown; readonly text: string }
  | undefined;

export interface CtlCommand {
  readonly usage: string;
  /** How many operands: at least, at most. */
  readonly operands: readonly [number, number];
  /** Of its own, by their long names. */
  readonly options?: readonly string[];
  /** The line that says what is being done. */
  readonly banner?: (call: CtlCall) => string;
  readonly run: (call: CtlCall, world: CtlWorld) => Promise<CtlAnswer> | Promise<void>;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** Every option of every command. `node` is understood and does nothing: the URL says which broker. */
const optionTypes = {
  node: { ...text, short: 'n' },
  timeout: { ...text, short: 't' },
  vhost: { ...text, short: 'p' },
  formatter: text,
  quiet: { ...flag, short: 'q' },
  silent: { ...flag, short: 's' },
  longnames: { ...flag, short: 'l' },
  'no-table-headers': flag,
  url: text,
  profile: text,
  'data-dir': text,
  config: text,
  priority: text,
  'apply-to': text,
  description: text,
  tags: text,
  'default-queue-type': text,
  limit: text,
  format: text,
  unit: text,
  within: text,
  user: text,
  global: flag,
  online: flag,
  offline: flag,
  local: flag,
  'if-empty': { ...flag, short: 'e' },
  'if-unused': { ...flag, short: 'u' },
} as const;

/** These are understood with every command. */
const SHARED = 'node timeout vhost formatter quiet silent longnames no-table-headers'.split(' ');
const CONNECTION_OPTIONS = ['url', 'profile', 'data-dir', 'config'];

export function readCtlCall(words: readonly string[]): CtlCall {
  try {
    const { values, positionals } = parseArgs({
      args: withNegativeNumbers(words),
      options: optionTypes,
      allowPositionals: true,
    });
    const [command = '', ...operands] = positionals;
    const { vhost } = values;
    return { command, operands, options: values, vhost: vhost ?? '/' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(adminExitCodes.usage, `(argument validation): ${reason}`);
  }
}

/** The value of an option that takes a whole number. */
export function integerOption({ options }: CtlCall, name: string, standard: number): number {
  const given = options[name];
  if (given === undefined) return standard;
  if (/^-?\d{1,9}$/.test(String(given))) return Number(given);
  const text = `(argument validation): Invalid options for this command: --${name} : ${given}`;
  throw new CommandError(adminExitCodes.usage, text);
}

/** `--priority -1` is one option to rabbitmqctl; to parseArgs it is two. */
function withNegativeNumbers(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const option = joined.at(-1);
    const isValue = /^-\d+$/.test(word) && option?.startsWith('--') && !option.includes('=');
    if (isValue) joined.splice(-1, 1, `${option}=${word}`);
    else joined.push(word);
  }
  return joined;
}

/** Throws what rabbitmqctl says of a command line that does not fit the command. */
export function checkCtlCall(call: CtlCall, command: CtlCommand): void {
  const [least, most] = command.operands;
  const usage = `\nUsage\n\nwarren ctl ${call.command} ${command.usage}`;
  const refuse = (reason: string): never => {
    throw new CommandError(adminExitCodes.usage, `(argument validation): ${reason}${usage}`);
  };
  if (call.operands.length < least) refuse('not enough arguments.');
  if (call.operands.length > most) refuse('too many arguments.');
  const known = [...SHARED, ...CONNECTION_OPTIONS, ...(command.options ?? [])];
  const wrong = Object.keys(call.options).filter((name) => !known.includes(name));
  if (wrong.length > 0) {
    refuse(`Invalid options for this command: ${wrong.map((name) => `--${name}`).join(', ')}`);
  }
}
