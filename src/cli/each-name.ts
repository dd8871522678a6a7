// One action for several names: a failure of one does not keep the others from being done.

import { CommandError } from './command-error.ts';
import { type AdminExitCode, adminExitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

export async function forEachName(
  session: Session,
  names: readonly string[],
  act: (name: string) => Promise<void>,
): Promise<AdminExitCode> {
  const errors: CommandError[] = [];
  for (const name of names) {
    try {
      await act(name);
    } catch (error) {
      const isLast = names.length === 1;
      if (isLast || !(error instanceof CommandError)) throw error;
      if (error.exitCode === adminExitCodes.interrupted) throw error;
      errors.push(error);
      session.output.warning(error.message);
    }
  }
  if (errors.length === 0) return adminExitCodes.done;
  return errors.length < names.length
    ? adminExitCodes.partly
    : (errors[0]?.exitCode ?? adminExitCodes.failed);
}
