// Passwords of users that are made or changed: asked for twice, read from standard input, or generated. As an argument
// a password would be seen by everyone who lists processes, so it has to be asked for by name.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { Option } from 'commander';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import type { View } from './output/view.ts';
import { askLine, readInput } from './prompt.ts';
import type { Session } from './session.ts';

export interface PasswordFlags {
  readonly newPassword?: string;
  readonly passwordStdin?: boolean;
  readonly generate?: boolean;
  readonly passwordHash?: string;
  /** False: `--no-login-password`. */
  readonly loginPassword?: boolean;
}

const GENERATED_BYTES = 18;

export function addPasswordOptions(command: Command): Command {
  const others = ['passwordStdin', 'generate', 'passwordHash'];
  return command
    .addOption(
      new Option('--new-password <text>', 'the password; others may see it').conflicts(others),
    )
    .addOption(
      new Option('--password-stdin', 'read the password from standard input').conflicts(
        others.slice(1),
      ),
    )
    .addOption(new Option('--generate', 'make a password and print it').conflicts(others.slice(2)))
    .option('--password-hash <hash>', "a hash in RabbitMQ's format")
    .option('--no-login-password', 'no password: no login with one');
}

export interface NewPassword {
  /** The fields of the API's request. */
  readonly fields: View;
  readonly generated: string | undefined;
}

export async function newPassword(session: Session, flags: PasswordFlags): Promise<NewPassword> {
  if (flags.loginPassword === false) return { fields: { password_hash: '' }, generated: undefined };
  if (flags.passwordHash !== undefined) {
    return { fields: { password_hash: flags.passwordHash }, generated: undefined };
  }
  if (flags.generate === true) {
    const generated = randomBytes(GENERATED_BYTES).toString('base64url');
    return { fields: { password: generated }, generated };
  }
  const password = flags.newPassword ?? (await readPassword(session, flags.passwordStdin === true));
  if (password === '') throw new CommandError(adminExitCodes.usage, 'the password is empty');
  return { fields: { password }, generated: undefined };
}

async function readPassword({ terminal }: Session, isFromInput: boolean): Promise<string> {
  if (isFromInput) return (await readInput(terminal)).toString('utf8').replace(/\r?\n$/, '');
  if (!terminal.isInputTerminal) {
    throw new CommandError(
      adminExitCodes.usage,
      'a password is needed',
      'Without a terminal it takes --password-stdin, --generate or --password-hash.',
    );
  }
  const first = await askLine(terminal, 'New password: ', true);
  const second = await askLine(terminal, 'Again: ', true);
  if (first === second) return first;
  throw new CommandError(adminExitCodes.failed, 'the two differ: nothing was done');
}
